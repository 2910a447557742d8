"""Preference pairs that can be told by their form: what is held, what is found, and how often wrongly."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limen.before.check.paired_logit import paired_logit
from limen.before.check.rules.preference_confound import FAMILYWISE_LEVEL, weigh
from limen.stats import proportion_lower
from tests.before.check.finding import found
from tests.before.check.simulated import assert_seldom
from tests.before.check.test_judgements import feature, judged, of_length, pairs


def thanked(share, seed=3):
    """400 pairs of equal lengths; in half of them one answer, the chosen one in a share, thanks at some length."""
    random = np.random.default_rng(seed)
    thanks = "Thank you very much for asking, please let me know. "
    made = []
    for i in range(400):
        answers = [of_length(random, 20, 60), of_length(random, 20, 60)]
        if i < 200:
            at = int(random.random() >= share)
            answers[at] = thanks + answers[at]
        made.append(judged(f"question {i}", *answers))
    return made


@pytest.mark.parametrize("share", [1.0, 0.99, 0.8])
def test_a_feature_that_only_chosen_answers_have_is_held_while_others_are_weighed(share):
    finding = found(thanked(share), "LIM601")
    length, polite = feature(finding, "length"), feature(finding, "politeness")
    assert length["share_p"] < 1e-6
    assert length["coefficient_low"] < 0 < length["coefficient_high"]
    assert length["p_adjusted"] > 0.1
    assert 0 < polite["coefficient_low"] < polite["coefficient"] < polite["coefficient_high"] < np.inf
    assert "politeness +" in finding.title
    assert "length" not in finding.title


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [
        (0, 1, "position -0.{} in log-odds (below zero: the answer shown second is chosen in 7"),
        (1, 2, "position -0.{} in log-odds (below zero: the answer shown second is chosen in 7"),
        ("B", "A", "position +0.{} in log-odds (above zero: the answer shown first is chosen in 7"),
        ("1", "0", "position +0.{} in log-odds (above zero: the answer shown first is chosen in 7"),
    ],
)
def test_which_position_is_chosen_is_said_in_words(first, second, says):
    random = np.random.default_rng(6)
    rows = [{**row, "chosen_position": second if random.random() < 0.77 else first} for row in pairs(300, 0.5)]
    finding = found(rows, "LIM601")
    before, after = says.split("{}")
    assert before in finding.title
    assert after in finding.title
    assert "has more" not in finding.title
    assert [row[0] for row in finding.evidence["table"]["rows"]] == ["length", "position (shown first)"]


def test_a_column_of_nothing_but_ones_tells_no_position():
    finding = found([{**row, "position": 1} for row in pairs(100, 0.5)], "LIM601")
    assert finding.evidence["with_position"] == 0
    assert "position" not in [f["feature"] for f in finding.evidence["features"]]


def test_the_fit_is_that_of_statsmodels():
    sm = pytest.importorskip("statsmodels.api")
    random = np.random.default_rng(3)
    d = random.normal(size=(300, 3)) * [1, 5, 0.2]
    keep = random.random(300) < 1 / (1 + np.exp(-(d @ [0.5, -0.1, 2.0])))
    d = np.where(keep[:, None], d, -d)
    groups = random.integers(0, 120, 300)
    # Half of the pairs turned round, as statsmodels wants both outcomes
    turned = np.arange(300) % 2 == 0
    endog, exog = (~turned).astype(float), np.where(turned[:, None], -d, d)
    theirs = sm.Logit(endog, exog).fit(
        disp=0, cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False}, tol=1e-12
    )
    # What Firth's penalty adds, and the floor of the error, are lost among many copies; the sandwich is not
    ours = paired_logit(np.tile(d, (400, 1)), np.tile(groups, 400))
    g = len(np.unique(groups))
    assert ours.coefficient == pytest.approx(theirs.params, rel=1e-3)
    width = (ours.high - ours.low) / 2
    from scipy import stats

    expected = theirs.bse * np.sqrt(g / (g - 3)) * stats.t.ppf(0.975, g - 3)
    assert width == pytest.approx(expected, rel=1e-3)
    # Without copies the error may be larger, and hardly is
    alone = paired_logit(d, groups)
    assert (alone.high - alone.low) / 2 == pytest.approx(expected, rel=0.25)


def penalised(d, beta):
    """Firth's penalised likelihood, written plainly."""
    p = 1 / (1 + np.exp(-(d @ beta)))
    return np.log(p).sum() + np.linalg.slogdet(np.einsum("i,ij,ik->jk", p * (1 - p), d, d))[1] / 2


def separated(n=60, seed=0):
    """Two features; where the second differs, the chosen answer has more of it."""
    random = np.random.default_rng(seed)
    return np.column_stack([random.normal(size=n), random.random(n) < 0.4]).astype(float)


def test_the_coefficients_are_where_the_penalised_likelihood_is_highest():
    from scipy import optimize

    d = separated()
    best = optimize.minimize(lambda beta: -penalised(d, beta), np.zeros(2), method="Nelder-Mead", tol=1e-10).x
    assert paired_logit(d, np.arange(60)).coefficient == pytest.approx(best, abs=1e-4)


def test_the_profiled_interval_is_where_the_likelihood_ratio_is_that_of_student_s_t():
    from scipy import optimize, stats

    d = separated()
    fit = paired_logit(d, np.arange(60), profiled=np.array([False, True]))
    top, allowed = penalised(d, fit.coefficient), stats.t.ppf(0.975, 58) ** 2

    def ratio(value):
        return 2 * (top + optimize.minimize_scalar(lambda b: -penalised(d, np.array([b, value]))).fun)

    assert [ratio(fit.low[1]), ratio(fit.high[1])] == pytest.approx([allowed] * 2, rel=1e-3)
    assert fit.p[1] == pytest.approx(2 * stats.t.sf(np.sqrt(ratio(0.0)), 58), rel=1e-4)
    # Three pairs a prompt that all say the same are one
    thrice = paired_logit(np.repeat(d, 3, axis=0), np.arange(60).repeat(3), profiled=np.array([False, True]))
    assert thrice.p[1] == pytest.approx(fit.p[1], abs=0.01)


@given(st.integers(0, 40), st.integers(0, 40))
def test_one_binary_feature_is_weighed_in_closed_form(more, less):
    """Jeffreys's prior on a share adds half a success and half a failure."""
    if more + less < 2:
        return
    d = np.repeat([1.0, -1.0], [more, less])[:, None]
    fit = paired_logit(d, np.arange(more + less), profiled=np.array([True]))
    assert fit.coefficient[0] == pytest.approx(np.log((more + 0.5) / (less + 0.5)), abs=1e-5)
    assert fit.low[0] < fit.coefficient[0] < fit.high[0]


def test_features_that_tell_each_other_have_no_coefficient_and_are_held_together():
    random = np.random.default_rng(0)
    d = np.column_stack([random.normal(size=(200, 2)), np.zeros(200)])
    d[:, 2] = -2 * d[:, 1]
    fit, alone = paired_logit(d, np.arange(200)), paired_logit(d[:, :2], np.arange(200))
    assert np.isnan(fit.coefficient).tolist() == np.isnan(fit.p).tolist() == [False, True, True]
    assert fit.coefficient[0] == pytest.approx(alone.coefficient[0])
    assert paired_logit(random.normal(size=(3, 4)), np.arange(3)) is None


@pytest.mark.slow
@pytest.mark.parametrize("clusters", [60, 150])
def test_the_familywise_error_of_the_regression_holds(clusters):
    """2,000 files without any preference, several pairs a prompt that are turned together: at most 2% are found."""
    random = np.random.default_rng(clusters)
    prompts = np.repeat(np.arange(clusters), 2)
    wrong = 0
    for _ in range(2000):
        shared = random.normal(size=(clusters, 5)).repeat(2, axis=0)
        d = shared + random.normal(size=(2 * clusters, 5))
        d[:, 2:] = np.sign(d[:, 2:]) * (np.abs(d[:, 2:]) > 1)
        d *= np.where(random.random(clusters) < 0.5, 1, -1).repeat(2)[:, None]
        told = weigh(d, prompts, tuple("abcde"))
        wrong += any(f["p_adjusted"] <= FAMILYWISE_LEVEL for f in told)
    assert_seldom("LIM601", wrong)


@pytest.mark.slow
@pytest.mark.parametrize("pairs_a_file", [60, 200])
def test_an_innocent_feature_beside_one_that_only_chosen_answers_have_is_seldom_accused(pairs_a_file):
    """2,000 files in which only chosen answers are polite, and politer ones longer: at most 2% find another feature."""
    random = np.random.default_rng(pairs_a_file)
    wrong = 0
    for _ in range(2000):
        d = np.zeros((pairs_a_file, 3))
        d[:, 0] = random.normal(size=pairs_a_file)
        d[:, 1] = np.sign(random.normal(size=pairs_a_file)) * (random.random(pairs_a_file) < 0.3)
        d[:, 2] = random.random(pairs_a_file) < 0.5
        d[:, 0] += 1.5 * d[:, 2]
        length, lists, _ = weigh(d, np.arange(pairs_a_file), tuple("abc"))
        wrong += min(length["p_adjusted"], lists["p_adjusted"]) <= FAMILYWISE_LEVEL
    assert proportion_lower(wrong, 2000, level=0.99) <= FAMILYWISE_LEVEL


@pytest.mark.slow
def test_the_familywise_error_of_rare_features_holds():
    """2,000 files whose features differ in few pairs, two a prompt that are turned together: at most 2% are found."""
    random = np.random.default_rng(9)
    wrong = 0
    for _ in range(2000):
        d = np.column_stack([random.normal(size=160), np.sign(random.normal(size=(160, 3)))])
        d[:, 1:] *= (random.random((80, 3)) < [0.03, 0.08, 0.12]).repeat(2, axis=0)
        d[:, 1:] = np.abs(d[:, 1:])
        d *= np.where(random.random(80) < 0.5, 1, -1).repeat(2)[:, None]
        told = weigh(d, np.repeat(np.arange(80), 2), tuple("abcd"))
        wrong += any(f["p_adjusted"] <= FAMILYWISE_LEVEL for f in told)
    assert proportion_lower(wrong, 2000, level=0.99) <= FAMILYWISE_LEVEL
