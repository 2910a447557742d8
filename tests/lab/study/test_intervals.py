from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from limen.lab.study.intervals import mean_interval


def test_it_is_students_interval():
    values = [0.1, 0.4, 0.2, 0.35]
    found = mean_interval(values, 0.99)
    expected = stats.t.interval(0.99, 3, np.mean(values), stats.sem(values))
    assert (found.low, found.high) == pytest.approx(expected)
    assert found.units == 4


def test_one_unit_has_no_interval_and_none_has_no_mean():
    assert mean_interval([0.3]).low == -math.inf
    assert math.isnan(mean_interval([]).mean)


def test_it_holds_the_mean_as_often_as_it_says():
    rng = np.random.default_rng(7)
    held = [abs(f.mean) <= f.high - f.mean for f in (mean_interval(rng.normal(size=5).tolist()) for _ in range(4000))]
    lower = stats.binomtest(4000 - sum(held), 4000).proportion_ci(0.99).low
    assert lower <= 0.05
