from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.weightstats import ttost_paired

from limen.stats import clear_of, equivalence

DRAWS, N = 4_000, 20


def samples(truth: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    x = np.random.default_rng(seed).normal(truth, 0.05, (DRAWS, N))
    return x.mean(1), x.std(1, ddof=1) / np.sqrt(N)


def test_agrees_with_statsmodels():
    x = np.random.default_rng(0).normal(0.01, 0.05, N)
    oracle = ttost_paired(x, np.zeros(N), -0.03, 0.03)[0]
    assert equivalence(x.mean(), stats.sem(x), N - 1, bound=0.03).p == pytest.approx(oracle)


@pytest.mark.parametrize("level", [0.05, 0.02])
@pytest.mark.parametrize("truth", [-0.03, 0.03])
def test_claiming_equivalence_wrongly(truth, level, holds_level):
    errors = sum(
        equivalence(e, s, N - 1, bound=0.03, level=level).equivalent for e, s in zip(*samples(truth, 1), strict=True)
    )
    holds_level(errors, DRAWS, level)


@pytest.mark.parametrize("level", [0.05, 0.02])
def test_clearing_wrongly(level, holds_level):
    errors = sum(clear_of(e, s, N - 1, effect=0.05, level=level).clear for e, s in zip(*samples(0.05, 2), strict=True))
    holds_level(errors, DRAWS, level)


def test_power():
    e, s = samples(0.0, 3)
    assert np.mean([equivalence(a, b, N - 1, bound=0.05).equivalent for a, b in zip(e, s, strict=True)]) > 0.9


@given(st.floats(-1, 1), st.floats(1e-3, 1), st.floats(1, 100), st.floats(1e-3, 1), st.sampled_from([0.02, 0.05]))
def test_the_claim_is_what_the_interval_shows(estimate, se, df, bound, level):
    e = equivalence(estimate, se, df, bound=bound, level=level)
    assert e.equivalent == (e.p <= level)
    if abs(e.p - level) > 1e-9:
        assert e.equivalent == (-bound < e.low and e.high < bound)
        c = clear_of(estimate, se, df, effect=bound, level=level)
        if abs(c.p - level) > 1e-9:
            assert c.clear == (c.upper < bound)


def test_unknown_spread_shows_nothing():
    for se, df in ((float("nan"), 5.0), (0.1, 0.0), (0.1, float("nan"))):
        assert not equivalence(0.0, se, df, bound=0.05).equivalent
        assert clear_of(0.0, se, df, effect=0.05).upper == float("inf")
    assert equivalence(0.0, 0.0, 5, bound=0.05).equivalent
    assert not equivalence(0.05, 0.0, 5, bound=0.05).equivalent


def test_the_bound_must_be_stated():
    with pytest.raises(ValueError, match="above zero"):
        equivalence(0.0, 0.1, 5, bound=0.0)
    with pytest.raises(ValueError, match="above zero"):
        clear_of(0.0, 0.1, 5, effect=-0.05)
