from __future__ import annotations

import numpy as np
import pytest

from limen.stats import cluster_bootstrap


def test_a_ratio_of_sums():
    result = cluster_bootstrap([1, 0, 1, 1], ["a", "a", "b", "c"], weights=[1, 1, 2, 1])
    assert result.estimate == pytest.approx(3 / 5)
    assert result.low <= result.estimate <= result.high
    assert result.clusters == 3


def test_families_and_not_probes_are_drawn():
    rng = np.random.default_rng(0)
    family = rng.normal(size=40)
    one = cluster_bootstrap(family, np.arange(40), seed=1)
    many = cluster_bootstrap(np.repeat(family, 25), np.repeat(np.arange(40), 25), seed=1)
    assert many.se == pytest.approx(one.se)
    assert (many.low, many.high) == pytest.approx((one.low, one.high))


def test_seeded_and_bounded():
    x = np.random.default_rng(2).integers(0, 2, 60)
    one, two = (cluster_bootstrap(x, range(60), seed=5) for _ in range(2))
    assert one == two
    assert 0 <= one.low <= one.high <= 1


def test_no_spread_falls_back():
    flat = cluster_bootstrap(np.ones(9), range(9))
    assert (flat.low, flat.high) == (1, 1)
    assert flat.method == "percentile"


def test_one_family_shows_nothing():
    one = cluster_bootstrap([1.0, 0.0], ["a", "a"])
    assert (one.low, one.high) == (-np.inf, np.inf)


def test_weights_must_count():
    with pytest.raises(ValueError, match="more than nothing"):
        cluster_bootstrap([1.0, 0.0], ["a", "b"], weights=[0, 0])


@pytest.mark.slow
@pytest.mark.parametrize("method", ["bca", "percentile"])
def test_coverage_with_forty_families(method, holds_level):
    rng = np.random.default_rng(3)
    draws, missed = 2_000, 0
    groups = np.repeat(np.arange(40), 3)
    for k in range(draws):
        y = rng.normal(size=40)[groups] + rng.normal(size=120)
        interval = cluster_bootstrap(y, groups, draws=799, seed=k, method=method, level=0.9)
        missed += not interval.low <= 0 <= interval.high
    # The bootstrap is right for many families only: a tenth more than its nominal 10% is allowed for at forty.
    holds_level(missed, draws, 0.11)
