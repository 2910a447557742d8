from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from limen.stats import benjamini_hochberg, holm

batteries = st.lists(st.floats(0, 1), min_size=1, max_size=30)


@settings(max_examples=40)
@given(batteries)
def test_holm_agrees_with_statsmodels(p):
    np.testing.assert_allclose(holm(p), multipletests(p, method="holm")[1], rtol=1e-12, atol=1e-300)


@settings(max_examples=40)
@given(batteries)
def test_benjamini_hochberg_agrees_with_statsmodels(p):
    np.testing.assert_allclose(benjamini_hochberg(p), multipletests(p, method="fdr_bh")[1], rtol=1e-12, atol=1e-300)


def test_many_batteries_at_once():
    p = np.random.default_rng(0).uniform(size=(3, 4, 7))
    for adjust in (holm, benjamini_hochberg):
        each = np.array([[adjust(row) for row in block] for block in p])
        np.testing.assert_array_equal(adjust(p), each)


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.95])
def test_holm_holds_the_familywise_error(correlation, holds_level):
    rng = np.random.default_rng(7)
    z = np.sqrt(1 - correlation) * rng.normal(size=(5_000, 12)) + np.sqrt(correlation) * rng.normal(size=(5_000, 1))
    z[:, :3] += 4  # true effects beside the nulls
    adjusted = holm(stats.norm.sf(z))
    holds_level(int((adjusted[:, 3:] <= 0.02).any(axis=1).sum()), 5_000, 0.02)


def test_benjamini_hochberg_holds_the_false_discovery_rate():
    rng = np.random.default_rng(8)
    z = rng.normal(size=(4_000, 20))
    z[:, :8] += 3
    claimed = benjamini_hochberg(stats.norm.sf(z)) <= 0.1
    share = claimed[:, 8:].sum(axis=1) / np.maximum(claimed.sum(axis=1), 1)
    assert share.mean() - 2.58 * share.std() / np.sqrt(len(share)) <= 0.1


@pytest.mark.parametrize("p", [[-0.1], [1.1], [float("nan")]])
def test_what_is_no_p_value_is_refused(p):
    with pytest.raises(ValueError, match="between 0 and 1"):
        holm(p)
