"""Which share of a shift is gone: known values, and an interval that holds its level."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from limen.before.blame import share_removed
from limen.stats import proportion_lower


def test_half_of_the_shift_is_half():
    share = share_removed([0.31, 0.29, 0.30], [0.10, 0.11, 0.09], [0.20, 0.21, 0.19])
    assert share.estimate == pytest.approx(0.5)
    assert 0.4 < share.low < 0.5 < share.high < 0.6
    assert share.bounded


def test_the_bounds_are_where_the_t_test_turns():
    whole, control, reduced = [0.30, 0.34, 0.31, 0.29], [0.12, 0.10, 0.09], [0.18, 0.22]
    share = share_removed(whole, control, reduced)
    squares = sum(float(((np.array(a) - np.mean(a)) ** 2).sum()) for a in (whole, control, reduced))
    w, c, d = np.mean(whole), np.mean(control), np.mean(reduced)
    for bound in (share.low, share.high):
        se = math.sqrt(squares / 6 * ((1 - bound) ** 2 / 4 + bound**2 / 3 + 1 / 2))
        t = ((1 - bound) * w + bound * c - d) / se
        assert abs(t) == pytest.approx(float(stats.t.isf(0.025, 6)))


def test_what_overshoots_is_more_than_all_of_it():
    assert share_removed([0.30, 0.31], [0.10, 0.11], [0.05, 0.06]).estimate > 1


def test_a_shift_that_is_not_there_has_no_share():
    share = share_removed([0.10, 0.14], [0.11, 0.12], [0.13, 0.09])
    assert not share.bounded
    assert share.low == -math.inf
    assert math.isnan(share_removed([0.1, 0.1], [0.1, 0.1], [0.2, 0.1]).estimate)


def test_one_run_of_each_arm_gives_no_interval():
    assert not share_removed([0.3], [0.1], [0.2]).bounded
    with pytest.raises(ValueError, match="at least one run"):
        share_removed([], [0.1], [0.2])


@pytest.mark.parametrize("shift", [0.02, 0.2])
def test_the_interval_holds_the_true_share_as_often_as_it_says(shift):
    rng, draws, true = np.random.Generator(np.random.PCG64(11)), 2000, 0.4
    missed = 0
    for _ in range(draws):
        whole, control, reduced = (rng.normal(m, 0.02, 5) for m in (shift, 0.0, shift * (1 - true)))
        share = share_removed(whole, control, reduced, level=0.9)
        missed += not share.low <= true <= share.high
    assert proportion_lower(missed, draws, level=0.99) <= 0.1
