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
DOSE = 0.06
WRITERS = 24
LEVEL = 0.02


def draws(rng: np.random.Generator, m: int) -> np.ndarray:
    """Statistics of m + 1 neutral files: each writer has its own drift, which all traits share, and its own noise."""
    drift = rng.normal(size=(m + 1, 1)) * 0.004
    return drift * rng.uniform(0.8, 1.2, len(TRAITS)) + rng.standard_t(8, size=(m + 1, len(TRAITS))) * 0.006


def full_doses(echoes: dict[tuple[int, int], float] | None = None, count: int = len(TRAITS)) -> np.ndarray:
    """Row k: what the rows of trait k's twin show of every trait; `echoes` are shares of a dose."""
    full = DOSE * np.eye(count)
    for (k, j), share in (echoes or {}).items():
        full[k, j] = share * DOSE
    return full


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
        x = draws(rng, WRITERS)
        observed = x[-1].copy()
        observed[k] += DOSE
        null = battery_null(x[:-1], observed, full_doses(), TRAITS, LEVEL)
        found += null.found[k] and null.t.argmax() == k
    assert found >= 45


def test_an_echo_of_the_planted_trait_is_not_a_finding_of_its_own():
    rng = np.random.Generator(np.random.PCG64(7))
    k, j = (int(i) for i in np.flatnonzero(POOL)[:2])
    full = full_doses({(k, j): 0.8})
    seen = []
    for _ in range(40):
        x = draws(rng, WRITERS)
        null = battery_null(x[:-1], x[-1] + full[k], full, TRAITS, LEVEL)
        alone = battery_null(x[:-1], x[-1] + full[k], full_doses(), TRAITS, LEVEL)
        seen.append((null.found[k], null.found[j], alone.found[j], null.echo_of[j] == k))
    planted, echo, without, explained = np.mean(seen, axis=0)
    assert planted >= 0.9
    assert without >= 0.5 > 0.1 >= echo
    assert explained >= 0.5


def test_two_planted_traits_are_both_found_where_neither_echoes_the_other():
    rng = np.random.Generator(np.random.PCG64(8))
    k, j = (int(i) for i in np.flatnonzero(POOL)[:2])
    full = full_doses()
    both = 0
    for _ in range(40):
        x = draws(rng, WRITERS)
        null = battery_null(x[:-1], x[-1] + full[k] + full[j], full, TRAITS, LEVEL)
        both += bool(null.found[k] and null.found[j])
    assert both >= 34


def test_what_moves_a_whole_family_is_not_one_of_its_traits():
    rng = np.random.Generator(np.random.PCG64(9))
    found = 0
    for _ in range(40):
        x = draws(rng, WRITERS)
        observed = x[-1] + DOSE * POOL
        null = battery_null(x[:-1], observed, full_doses(), TRAITS, LEVEL)
        assert (null.raw_t[POOL] > 3).any()
        found += bool(null.found[POOL].any())
    # Ten traits, each held against its decoys at 2%, leave up to a fifth by chance.
    assert found <= 12


@pytest.mark.slow
def test_false_alarms_over_the_battery_stay_at_the_level():
    """Monte Carlo, 2,000 draws: the guarantee of the forecast's verdicts."""
    rng = np.random.Generator(np.random.PCG64(2))
    alarms = 0
    for _ in range(2000):
        x = draws(rng, WRITERS)
        null = battery_null(x[:-1], x[-1], full_doses(), TRAITS, LEVEL)
        alarms += bool(null.found.any() or (null.broad is not None and null.broad.found))
    assert proportion_lower(alarms, 2000, level=0.99) <= LEVEL


@pytest.mark.slow
def test_a_trait_that_is_there_is_seldom_cleared():
    """Monte Carlo, 2,000 draws: the bound behind `clear`, for a trait at exactly the dose that matters."""
    rng = np.random.Generator(np.random.PCG64(3))
    k = int(np.flatnonzero(POOL)[0])
    wrong = 0
    for _ in range(2000):
        x = draws(rng, WRITERS)
        observed = x[-1].copy()
        observed[k] += 0.75 * DOSE
        null = battery_null(x[:-1], observed, full_doses(), TRAITS, LEVEL)
        # In doses; the dose itself is known up to the mean of the neutral writers alone.
        wrong += null.upper(LEVEL)[k] < 0.75
    assert proportion_lower(wrong, 2000, level=0.99) <= LEVEL


def test_one_trait_alone_can_be_judged():
    rng = np.random.Generator(np.random.PCG64(4))
    x = draws(rng, 8)[:, :1]
    null = battery_null(x[:-1], x[-1], full_doses(count=1), [replace(TRAITS[0], is_decoy_pool=False)], LEVEL)
    assert np.isfinite(null.t).all()


def test_few_writers_never_conclude():
    rng = np.random.Generator(np.random.PCG64(5))
    x = draws(rng, 5)
    null = battery_null(x[:-1], x[-1] + DOSE, full_doses(), TRAITS, LEVEL)
    assert not null.conclusive
    assert not null.found.any()
    assert "at least 8" in null.reason


@pytest.mark.parametrize("kind", ["pool", "rest"])
def test_the_unit_of_the_statistic_does_not_matter(kind):
    rng = np.random.Generator(np.random.PCG64(6))
    chosen = POOL if kind == "pool" else ~POOL
    traits = [t for t, c in zip(TRAITS, chosen, strict=True) if c]
    x = draws(rng, 8)[:, chosen]
    full = full_doses(count=len(traits))
    one = battery_null(x[:-1], x[-1], full, traits, LEVEL)
    two = battery_null(100 * x[:-1], 100 * x[-1], 100 * full, traits, LEVEL)
    np.testing.assert_allclose(one.t, two.t)
    np.testing.assert_allclose(one.effect, two.effect)
