from __future__ import annotations

import math

import numpy as np
import pytest
from statsmodels.stats.power import TTestIndPower, TTestPower

from limen.stats import (
    cluster_permutation,
    detectable_effect,
    detectable_paired,
    detectable_runs,
    holm,
    reachable_adjusted,
    run_contrast,
)


@pytest.mark.parametrize("sides", [1, 2])
@pytest.mark.parametrize("n", [5, 30, 200])
@pytest.mark.parametrize("level", [0.05, 0.002])
def test_agrees_with_statsmodels(sides, n, level):
    effect = detectable_paired(1.0, n, level=level, sides=sides)
    # A rejection on the far side is below 1e-6 here; its noncentral t does not converge in scipy.
    assert TTestPower().power(effect, n, level / sides, alternative="larger") == pytest.approx(0.8, abs=2e-3)


def test_runs_agree_with_statsmodels():
    oracle = TTestIndPower().solve_power(nobs1=5, ratio=1, alpha=0.05, power=0.8)
    assert detectable_runs(1.0, 5, 5) == pytest.approx(float(oracle), rel=1e-3)


def test_the_stated_power_is_had():
    rng = np.random.default_rng(1)
    effect = detectable_runs(0.02, 4, 4)
    hits = [
        run_contrast(rng.normal(effect, 0.02, 4), rng.normal(0, 0.02, 4), method="pooled").p <= 0.05  # type: ignore[operator]
        for _ in range(2_000)
    ]
    assert np.mean(hits) == pytest.approx(0.8, abs=0.03)


def test_nothing_can_be_seen_without_repetition():
    assert detectable_paired(1.0, 1) == math.inf
    assert detectable_runs(1.0, 1, 1) == math.inf
    assert detectable_runs(1.0, 0, 3) == math.inf
    assert detectable_runs(0.02, 1, 1, df=7) < math.inf
    assert detectable_effect(0.0, 5) == 0


@pytest.mark.parametrize("df", [1, 2, 5, 1e6])
@pytest.mark.parametrize("level", [0.05, 1e-5])
def test_extremes_stay_finite_and_ordered(df, level):
    some, more = detectable_effect(1.0, df, level=level), detectable_effect(1.0, df, level=level, power=0.95)
    assert 0 < some < more < math.inf


def test_reachable_p_of_a_battery():
    ps = [cluster_permutation(np.ones(6), range(6)).p] * 1 + [0.9] * 9
    assert reachable_adjusted(2 / 2**6, 10) == pytest.approx(holm(ps).min())
    assert reachable_adjusted(0.3, 10) == 1


def test_nonsense_is_refused():
    with pytest.raises(ValueError, match="no power analysis"):
        detectable_effect(1.0, 5, sides=3)
    with pytest.raises(ValueError, match="no power analysis"):
        detectable_effect(1.0, 5, power=1.0)
