from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from limen.before.forecast.null import battery_null, centred
from limen.core import World
from limen.stats import proportion_lower
from limen.traits import all_traits

TRAITS = all_traits(World.MICRO)
POOL = np.array([t.is_decoy_pool for t in TRAITS])


def draws(rng: np.random.Generator, m: int) -> np.ndarray:
    """Statistics of m + 1 neutral files: each writer has its own drift, which all traits share, and its own noise."""
    drift = rng.normal(size=(m + 1, 1)) * 0.02
    return drift * rng.uniform(0.8, 1.2, len(TRAITS)) + rng.normal(size=(m + 1, len(TRAITS))) * 0.004


def test_centring_leaves_traits_without_decoys_alone():
    x = np.arange(float(len(TRAITS)))
    out = centred(x, TRAITS)
    np.testing.assert_array_equal(out[~POOL], x[~POOL])
    assert abs(out[POOL].sum()) < 1e-9


def test_a_planted_trait_is_found_whatever_drift_the_writer_has():
    rng = np.random.Generator(np.random.PCG64(1))
    k = int(np.flatnonzero(POOL)[3])
    found = 0
    for _ in range(50):
        x = draws(rng, 8)
        observed = x[-1].copy()
        observed[k] += 0.05
        null = battery_null(x[:-1], observed, np.full(len(TRAITS), 0.06), TRAITS, 0.02)
        found += null.p_adjusted[k] <= 0.02 and null.t.argmax() == k
    assert found >= 45


@pytest.mark.slow
def test_false_alarms_over_the_battery_stay_at_the_level():
    """Monte Carlo, 2,000 draws: the guarantee of the forecast's verdicts."""
    rng = np.random.Generator(np.random.PCG64(2))
    alarms = 0
    for _ in range(2000):
        x = draws(rng, 8)
        null = battery_null(x[:-1], x[-1], np.full(len(TRAITS), 0.06), TRAITS, 0.02)
        alarms += bool((null.p_adjusted <= 0.02).any())
    assert proportion_lower(alarms, 2000, level=0.99) <= 0.02


@pytest.mark.slow
def test_a_trait_that_is_there_is_seldom_cleared():
    """Monte Carlo, 2,000 draws: the bound behind `clear`, for a trait at exactly the dose that matters."""
    rng = np.random.Generator(np.random.PCG64(3))
    k = int(np.flatnonzero(POOL)[0])
    full = np.full(len(TRAITS), 0.06)
    wrong = 0
    for _ in range(2000):
        x = draws(rng, 8)
        observed = x[-1].copy()
        observed[k] += 0.03
        null = battery_null(x[:-1], observed, full, TRAITS, 0.02)
        wrong += null.upper(0.02)[k] < 0.03
    assert proportion_lower(wrong, 2000, level=0.99) <= 0.02


def test_one_trait_alone_can_be_judged():
    rng = np.random.Generator(np.random.PCG64(4))
    x = draws(rng, 8)[:, :1]
    null = battery_null(x[:-1], x[-1], np.array([0.06]), [replace(TRAITS[0], is_decoy_pool=False)], 0.02)
    assert np.isfinite(null.t).all()


def test_few_writers_never_conclude():
    rng = np.random.Generator(np.random.PCG64(5))
    x = draws(rng, 5)
    null = battery_null(x[:-1], x[-1], np.full(len(TRAITS), 0.06), TRAITS, 0.02)
    assert not null.conclusive
    assert "at least 8" in null.reason


@pytest.mark.parametrize("kind", ["pool", "rest"])
def test_the_unit_of_the_statistic_does_not_matter(kind):
    rng = np.random.Generator(np.random.PCG64(6))
    chosen = POOL if kind == "pool" else ~POOL
    traits = [t for t, c in zip(TRAITS, chosen, strict=True) if c]
    x = draws(rng, 8)[:, chosen]
    full = np.full(len(traits), 0.06)
    one = battery_null(x[:-1], x[-1], full, traits, 0.02)
    two = battery_null(100 * x[:-1], 100 * x[-1], 100 * full, traits, 0.02)
    np.testing.assert_allclose(one.t, two.t)
    np.testing.assert_allclose(100 * one.effect, two.effect)
