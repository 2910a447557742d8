from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar as statsmodels_mcnemar

from limen.stats import mcnemar, mcnemar_p


@given(st.integers(0, 300), st.integers(0, 300))
def test_agrees_with_statsmodels(b, c):
    oracle = statsmodels_mcnemar([[5, b], [c, 5]], exact=True).pvalue if b + c else 1.0
    assert mcnemar_p(b, c) == pytest.approx(min(1.0, oracle), rel=1e-9)


def test_a_known_table():
    # Agresti, Categorical Data Analysis, table 11.1 has b = 150, c = 86.
    assert mcnemar_p(150, 86) == pytest.approx(stats.binomtest(86, 236).pvalue, rel=1e-9)


def test_counts_pairs():
    result = mcnemar([0, 0, 1, 1, 0], [1, 1, 0, 1, 0])
    assert (result.gained, result.lost, result.pairs) == (2, 1, 5)
    assert result.difference == pytest.approx(0.2)
    assert result.p == 1.0
    assert result.p_reachable == pytest.approx(0.25)


@pytest.mark.parametrize("level", [0.02, 0.05])
def test_type_one_error(level, holds_level):
    rng = np.random.default_rng(1)
    before, after = rng.integers(0, 2, (2, 3_000, 40))
    gained, lost = ((before == 0) & (after == 1)).sum(1), ((before == 1) & (after == 0)).sum(1)
    p = np.minimum(1, 2 * stats.binom.cdf(np.minimum(gained, lost), gained + lost, 0.5))
    assert p[0] == pytest.approx(mcnemar(before[0], after[0]).p)
    holds_level(int((p <= level).sum()), 3_000, level)


def test_what_is_not_yes_or_no_is_refused():
    with pytest.raises(ValueError, match="0 or 1"):
        mcnemar([0.5], [1])
    with pytest.raises(ValueError, match="paired"):
        mcnemar([0, 1], [1])
    with pytest.raises(ValueError, match="negative"):
        mcnemar_p(-1, 2)
