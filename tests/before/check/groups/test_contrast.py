"""Differences between groups: planted ones are found, and chance finds none beyond its level."""

from __future__ import annotations

import numpy as np
import pytest

from limen.before.check import get_rule
from limen.before.check.groups.contrast import adjusted, battery, by_unit, matched
from limen.before.check.groups.family import FAMILYWISE_LEVEL
from limen.before.check.groups.row_groups import OUTCOMES
from limen.before.check.rule import Context
from limen.stats import holm
from tests.before.check.simulated import assert_seldom

DRAWS = 2000
NO = np.zeros((0, 0))
MatchedPromptGap, GapOverAll = get_rule("LIM702"), get_rule("LIM703")


def outcomes(random, shape, refusing):
    """Refusals, a sentiment that is mostly zero, log-lengths with a heavy tail, lists, hedges, and what some lack.

    Of the answers a quarter are too short to be read and two fifths end in no prose.
    """
    return [
        (random.random(shape) < refusing).astype(float),
        np.where(random.random(shape) < 0.6, 0.0, random.choice([-0.5, 0.33, 0.5, 0.6], shape)),
        random.standard_t(3, shape) + 8,
        (random.random(shape) < 0.3).astype(float),
        np.log2(1 + random.poisson(0.4, shape)),
        np.where(random.random(shape) < 0.25, np.nan, 40 + 8 * random.standard_t(3, shape)),
        np.where(random.random(shape) < 0.4, np.nan, random.random(shape) < 0.15),
    ]


def finds(contrasts):
    """Whether any is found, by the p-values of `battery`, without the power that it computes too."""
    return bool(contrasts) and bool(min(holm([one.p for one in contrasts])) <= FAMILYWISE_LEVEL)


def matched_contrasts(random, templates, refusing, groups=3):
    """What the rule compares of a file in which each template is asked of each group."""
    made = np.array(outcomes(random, (groups, templates), refusing))
    made[[2, 5]] += random.normal(size=(2, 1, templates))
    group, unit = np.repeat(np.arange(groups), templates), np.tile(np.arange(templates), groups)
    names = {str(g): g for g in range(groups)}
    contrasts, _ = MatchedPromptGap(Context()).compared("d", names, group, unit, made.reshape(len(made), -1).T, NO)
    return contrasts


@pytest.mark.slow
@pytest.mark.parametrize(("templates", "refusing"), [(8, 0.3), (20, 0.05), (60, 0.3)])
def test_the_familywise_error_over_matched_prompts_holds(templates, refusing):
    """2,000 files of three groups that are treated alike, templates of their own difficulty: at most 2% are found."""
    random = np.random.default_rng(templates)
    wrong = sum(finds(matched_contrasts(random, templates, refusing)) for _ in range(DRAWS))
    assert_seldom("LIM702", wrong, DRAWS, FAMILYWISE_LEVEL)


def adjusted_contrasts(random, sizes, refusing):
    """What the rule compares of groups asked prompts of other lengths, on which the answers depend."""
    group = np.repeat(np.arange(len(sizes)), sizes)
    z = np.column_stack([random.normal(size=len(group)) + 0.3 * group, random.random(len(group)) < 0.5])
    made = np.array(outcomes(random, len(group), refusing))
    made[[2, 4]] += 0.3 * z[:, 0]
    made[5] += 3 * z[:, 0]
    names = {str(g): g for g in range(len(sizes))}
    contrasts, _ = GapOverAll(Context()).compared("d", names, group, np.arange(len(group)), made.T, z)
    return contrasts


@pytest.mark.slow
@pytest.mark.parametrize(("sizes", "refusing"), [((30, 30, 60), 0.3), ((30, 60, 600), 0.03), ((40, 200, 200), 0.1)])
def test_the_familywise_error_over_all_prompts_holds(sizes, refusing):
    """2,000 files without a difference once the prompt's length is held: at most 2% are found."""
    random = np.random.default_rng(sum(sizes))
    wrong = sum(finds(adjusted_contrasts(random, sizes, refusing)) for _ in range(DRAWS))
    assert_seldom("LIM703", wrong, DRAWS, FAMILYWISE_LEVEL)


@pytest.mark.slow
def test_what_is_detectable_is_found_with_the_power_that_is_said():
    """A difference in refusals over 60 templates, of the size that the battery says it could see: seen in over 60%."""
    random = np.random.default_rng(5)
    seen, said = 0, []
    for _ in range(500):
        names = ("d", "a", "b", "refusal")
        first, second = (random.random(60) < 0.45).astype(float), (random.random(60) < 0.1).astype(float)
        made = [matched(first, second, yes_or_no=True, names=names)]
        made += [
            matched(random.normal(size=60), random.normal(size=60), yes_or_no=False, names=names) for _ in range(4)
        ]
        (one, *_) = battery(made)
        seen += one.p_adjusted <= FAMILYWISE_LEVEL
        said.append(one.detectable)
    assert 0.2 < np.median(said) < 0.45
    assert seen / 500 > 0.6


def test_what_is_found_is_what_the_battery_finds():
    random = np.random.default_rng(2)
    for _ in range(5):
        made = matched_contrasts(random, 30, 0.3)
        assert finds(made) == any(one.p_adjusted <= FAMILYWISE_LEVEL for one in battery(made))
    made.append(matched(np.ones(30), np.zeros(30), yes_or_no=True, names=("d", "a", "b", "refusal")))
    assert finds(made)
    assert any(one.p_adjusted <= FAMILYWISE_LEVEL for one in battery(made))


def test_all_outcomes_are_simulated():
    """A new outcome that the simulations above leave out would have no tested level."""
    random = np.random.default_rng(0)
    assert len(outcomes(random, 3, 0.5)) == len(OUTCOMES)
    assert {one.outcome for one in matched_contrasts(random, 60, 0.3)} == set(OUTCOMES)
    assert {one.outcome for one in adjusted_contrasts(random, (60, 200, 200), 0.3)} == set(OUTCOMES)


def test_what_is_missing_is_no_zero():
    nan = np.nan
    units, means = by_unit(np.array([7, 7, 3, 3]), np.array([[1.0, nan], [2.0, nan], [nan, 4.0], [5.0, 6.0]]))
    assert units.tolist() == [3, 7]
    np.testing.assert_array_equal(means, [[5.0, 5.0], [1.5, nan]])
    # Nine templates, of which three lack the readability in one group: too few, and the others are compared
    values = np.tile(np.arange(9.0), (2, len(OUTCOMES), 1))
    values[0, 5, :3] = nan
    group, unit = np.repeat([0, 1], 9), np.tile(np.arange(9), 2)
    rows = values.transpose(0, 2, 1).reshape(18, -1)
    made, most = MatchedPromptGap(Context()).compared("d", {"a": 0, "b": 1}, group, unit, rows, NO)
    assert (most, {one.outcome for one in made}) == (9, set(OUTCOMES) - {"readability"})
    rows[0, 5] = 0.0
    rows[1, 5] = 1.0
    made, _ = MatchedPromptGap(Context()).compared("d", {"a": 0, "b": 1}, group, unit, rows, NO)
    (one,) = [one for one in made if one.outcome == "readability"]
    assert (one.units, one.estimate, one.mean) == (8, 0.0, np.mean([0, 1, *range(3, 9)]))


def test_intervals_cover():
    """The interval of a true difference of 0.3 in length holds it about as often as it says."""
    random = np.random.default_rng(11)
    covered = 0
    for _ in range(600):
        z = random.normal(size=(120, 2))
        x = (random.random(120) < 0.4).astype(float)
        y = 0.3 * x + z[:, 0] + random.normal(size=120) * (1 + x)
        one = adjusted(y, x, z, names=("d", "a", "others", "length"))
        covered += one.low <= 0.3 <= one.high
    assert 0.93 <= covered / 600 <= 0.985


def test_the_adjusted_difference_is_that_of_least_squares():
    sm = pytest.importorskip("statsmodels.api")
    random = np.random.default_rng(3)
    z = random.normal(size=(200, 3))
    x = (random.random(200) < 0.3).astype(float)
    y = random.normal(size=200) * (1 + 2 * x) + 0.5 * x + z[:, 1]
    one = adjusted(y, x, z, names=("d", "a", "others", "length"))
    fit = sm.OLS(y, sm.add_constant(np.column_stack([x, z]))).fit(cov_type="HC3")
    assert one.estimate == pytest.approx(fit.params[1])
    assert one.se == pytest.approx(max(fit.bse[1], sm.OLS(y, fit.model.exog).fit().bse[1]), rel=1e-6)


def test_what_does_not_vary_is_not_compared():
    x = np.repeat([0.0, 1.0], 20)
    z = np.random.default_rng(0).normal(size=(40, 2))
    assert adjusted(np.ones(40), x, z, names=("d", "a", "b", "o")) is None
    assert adjusted(z[:, 0], np.ones(40), z, names=("d", "a", "b", "o")) is None
    assert adjusted(z[:, 0], x, np.column_stack([z, x]), names=("d", "a", "b", "o")) is None
    (same,) = battery([matched(np.zeros(9), np.zeros(9), yes_or_no=True, names=("d", "a", "b", "o"))])
    assert same.p_adjusted == 1
    assert same.low < 0 < same.high
    assert same.detectable > 0.2
    assert battery([]) == []
