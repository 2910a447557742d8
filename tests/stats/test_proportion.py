from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from limen.stats import proportion_interval, proportion_lower, proportion_upper


@given(st.integers(0, 200), st.integers(1, 200), st.sampled_from([0.9, 0.95, 0.99]))
def test_agrees_with_statsmodels(k, n, level):
    k = min(k, n)
    for ours, theirs in (("wilson", "wilson"), ("exact", "beta")):
        oracle = np.nan_to_num(proportion_confint(k, n, 1 - level, theirs), nan=0.0 if k == 0 else 1.0)
        np.testing.assert_allclose(proportion_interval(k, n, level=level, method=ours), oracle, atol=1e-9)


@pytest.mark.parametrize("truth", [0.001, 0.02, 0.3, 0.97])
def test_one_sided_bounds_cover(truth, holds_level):
    k = np.random.default_rng(3).binomial(150, truth, 4_000)
    lower = np.array([proportion_lower(i, 150) for i in range(151)])
    upper = np.array([proportion_upper(i, 150) for i in range(151)])
    holds_level(int((lower[k] > truth).sum()), 4_000, 0.01)
    holds_level(int((upper[k] < truth).sum()), 4_000, 0.01)


def test_ends():
    assert proportion_lower(0, 10) == 0
    assert proportion_upper(10, 10) == 1
    assert proportion_upper(0, 100, level=0.95) == pytest.approx(1 - 0.05 ** (1 / 100))


@pytest.mark.parametrize(("k", "n"), [(1, 0), (-1, 5), (6, 5)])
def test_what_is_no_proportion_is_refused(k, n):
    for bound in (proportion_interval, proportion_lower, proportion_upper):
        with pytest.raises(ValueError, match="no proportion"):
            bound(k, n)
