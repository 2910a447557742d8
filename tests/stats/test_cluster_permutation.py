from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limen.stats import cluster_permutation, sign_flip_reachable
from limen.stats.cluster_permutation import sign_flip_p

DRAWS = 2_000


def test_exact_against_enumeration():
    d, g = [3.0, 1.0, -1.0, 2.0, 0.5], ["a", "a", "b", "c", "d"]
    sums = np.array([4.0, -1.0, 2.0, 0.5])
    patterns = np.array(list(itertools.product([1, -1], repeat=4)))
    oracle = np.mean(np.abs(patterns @ sums) >= abs(sums.sum()))
    result = cluster_permutation(d, g)
    assert result.exact
    assert result.p == oracle
    assert result.difference == pytest.approx(5.5 / 5)
    assert cluster_permutation(d, g, alternative="greater").p == np.mean(patterns @ sums >= sums.sum())
    assert cluster_permutation(d, g, alternative="less").p == np.mean(patterns @ sums <= sums.sum())


@pytest.mark.parametrize("families", [6, 12, 30])
@pytest.mark.parametrize("alternative", ["two-sided", "greater"])
def test_type_one_error(families, alternative, holds_level):
    rng = np.random.default_rng(families)
    # Families of unlike sizes and spreads, heavy tails: all that is assumed is that the arms can be exchanged.
    sums = rng.standard_t(2, (DRAWS, families)) * np.exp(rng.normal(size=families))
    p = sign_flip_p(sums, alternative=alternative, draws=1_999, seed=9)
    for level in (0.05, 0.02):
        holds_level(int((p <= level).sum()), DRAWS, level)


def test_type_one_error_of_outcomes(holds_level):
    rng = np.random.default_rng(2)
    sums = rng.choice([-1.0, 0, 0, 0, 1.0], (DRAWS, 25))
    holds_level(int((sign_flip_p(sums, draws=1_999) <= 0.05).sum()), DRAWS, 0.05)


def test_power():
    sums = np.random.default_rng(3).normal(1.0, 1.0, (500, 15))
    assert (sign_flip_p(sums, draws=999) <= 0.05).mean() > 0.9


@pytest.mark.parametrize("families", range(1, 15))
def test_smallest_reachable_p_is_reached(families):
    result = cluster_permutation(np.ones(families), range(families))
    assert result.p_reachable == sign_flip_reachable(families)
    if families <= 12:
        assert result.p == result.p_reachable
    else:
        assert result.p <= result.p_reachable * 5  # random patterns hit the observed one again now and then


@settings(max_examples=40)
@given(st.lists(st.floats(-1, 1), min_size=1, max_size=12), st.integers(0, 5))
def test_p_is_valid_and_sign_does_not_matter(d, shift):
    g = [(i + shift) % 5 for i in range(len(d))]
    one, two = cluster_permutation(d, g), cluster_permutation([-x for x in d], g)
    assert 0 < one.p <= 1
    assert one.p == two.p


def test_seeded():
    d = np.random.default_rng(4).normal(size=60)
    g = np.arange(60) // 3
    assert cluster_permutation(d, g, seed=1) == cluster_permutation(d, g, seed=1)


def test_unknown_alternative_is_refused():
    with pytest.raises(ValueError, match="two-sided"):
        cluster_permutation([1.0], ["a"], alternative="both")  # type: ignore[arg-type]
