from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from limen.stats import paired_difference
from limen.stats.paired import clustered_interval

DRAWS = 4_000


def clustered_noise(sizes: np.ndarray, icc: float, seed: int, tails: str = "normal") -> np.ndarray:
    """Cluster sums [draws, G] of differences with mean zero and the given correlation within clusters."""
    rng = np.random.default_rng(seed)
    shared = rng.standard_t(5, (DRAWS, sizes.size)) if tails == "t5" else rng.normal(size=(DRAWS, sizes.size))
    own = rng.normal(size=(DRAWS, sizes.size)) * np.sqrt(sizes)
    return np.sqrt(icc) * shared * sizes + np.sqrt(1 - icc) * own


@pytest.mark.parametrize("icc", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("sizes", [[1] * 8, [4] * 10, [1] * 5 + [20] * 2, [*range(1, 16)], [3] * 30])
def test_coverage_whatever_the_families(sizes, icc, holds_level):
    sizes = np.array(sizes, dtype=float)
    _, _, _, low, high = clustered_interval(clustered_noise(sizes, icc, seed=1), sizes)
    holds_level(int(((low > 0) | (high < 0)).sum()), DRAWS, 0.05)


def test_coverage_with_heavier_tails(holds_level):
    sizes = np.full(12, 5.0)
    _, _, _, low, high = clustered_interval(clustered_noise(sizes, 0.8, seed=2, tails="t5"), sizes)
    holds_level(int(((low > 0) | (high < 0)).sum()), DRAWS, 0.05)


def test_the_naive_interval_would_not_cover(breaks_level):
    rng = np.random.default_rng(3)
    d = np.repeat(rng.normal(size=(DRAWS, 10)), 6, axis=1)
    t = d.mean(1) / (d.std(1, ddof=1) / np.sqrt(60))
    breaks_level(int((2 * stats.t.sf(np.abs(t), 59) <= 0.05).sum()), DRAWS, 0.05)


@pytest.mark.parametrize("change", [0.01, 0.05, 0.1, 0.3])
@pytest.mark.parametrize(("families", "size"), [(10, 1), (20, 4), (60, 5), (200, 3)])
@pytest.mark.parametrize("level", [0.95, 0.98])
def test_coverage_of_outcomes_that_seldom_change(change, families, size, level, holds_level):
    sums = (np.random.default_rng(4).uniform(size=(DRAWS, families)) < change) * float(size)
    _, _, _, low, high = clustered_interval(sums, np.full(families, float(size)), level=level, outcomes=True)
    holds_level(int(((high < change) | (low > change)).sum()), DRAWS, 1 - level)


def test_families_of_one_give_the_paired_t_test():
    rng = np.random.default_rng(5)
    a, b = rng.uniform(size=(2, 25))
    ours, oracle = paired_difference(a, b, range(25)), stats.ttest_rel(b, a)
    interval = oracle.confidence_interval(0.95)
    assert ours.p == pytest.approx(oracle.pvalue)
    assert (ours.low, ours.high) == pytest.approx((interval.low, interval.high))
    assert ours.df == pytest.approx(24)


def test_agrees_with_statsmodels_where_families_are_alike():
    import statsmodels.api as sm

    rng = np.random.default_rng(6)
    groups = np.repeat(np.arange(14), 5)
    d = rng.normal(size=70) + rng.normal(size=14)[groups]
    oracle = sm.OLS(d, np.ones(70)).fit(cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False})
    ours = paired_difference(np.zeros(70), d, groups.tolist())
    assert ours.estimate == pytest.approx(oracle.params[0])
    # CR2 is CR0 · G / (G − 1) for families of one size.
    assert ours.se == pytest.approx(oracle.bse[0] * np.sqrt(14 / 13))


def test_closed_form_of_the_degrees_of_freedom():
    sizes = np.array([1.0, 2, 5, 9, 3])
    n = sizes.sum()
    a = (np.diag(sizes) - np.outer(sizes, sizes) / n) / (n * np.sqrt(1 - sizes / n))[:, None]
    m = a @ a.T
    _, _, df, _, _ = clustered_interval(np.ones(5), sizes)
    assert float(df) == pytest.approx(np.trace(m) ** 2 / np.trace(m @ m))


@settings(max_examples=50)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.sampled_from("abcde")), min_size=2, max_size=40))
def test_swapping_the_arms_turns_the_sign(rows):
    a, b, g = (list(column) for column in zip(*rows, strict=True))
    one, two = paired_difference(a, b, g), paired_difference(b, a, g)
    assert one.estimate == pytest.approx(-two.estimate)
    assert one.low == pytest.approx(-two.high, rel=1e-6, abs=1e-9)
    assert one.low <= one.estimate <= one.high


def test_nothing_changed_is_not_certainty_for_outcomes():
    zero = paired_difference([0, 1, 0, 1] * 5, [0, 1, 0, 1] * 5, range(20))
    assert zero.estimate == 0
    assert zero.p == 1
    assert zero.high > 0.05
    assert not zero.clear_of(0.05)
    assert paired_difference([0.0] * 400, [0.0] * 400, range(400)).clear_of(0.05)


def test_one_family_shows_nothing():
    one = paired_difference([0.1, 0.2], [0.9, 0.9], ["a", "a"])
    assert one.clusters == 1
    assert one.p == 1
    assert not one.equivalent(0.99)
    assert not one.clear_of(0.99)


def test_families_that_agree_are_judged_by_their_signs():
    same = paired_difference([0.25] * 6, [0.75] * 6, range(6))
    assert same.p == pytest.approx(2 / 2**6)


@pytest.mark.parametrize("level", [0.05, 0.02])
def test_clear_of_errs_within_the_level(level, holds_level):
    sums = (np.random.default_rng(7).uniform(size=(DRAWS, 80)) < 0.05) * 1.0
    _, _, _, _, high = clustered_interval(sums, np.ones(80), level=1 - level, outcomes=True)
    holds_level(int((high < 0.05).sum()), DRAWS, level)


@pytest.mark.parametrize(
    ("a", "b", "g", "match"),
    [
        ([0, 1], [1], ["a", "b"], "paired"),
        ([0, 1], [1, 1], ["a"], "label"),
        ([0, np.nan], [1, 1], ["a", "b"], "finite"),
    ],
)
def test_unfit_readings_are_refused(a, b, g, match):
    with pytest.raises(ValueError, match=match):
        paired_difference(a, b, g)
