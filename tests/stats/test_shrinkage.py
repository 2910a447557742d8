from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from limen.stats import shrink_variances
from limen.stats.shrinkage import trigamma_inverse


@given(st.floats(1e-12, 1e12))
def test_trigamma_inverse_inverts(y):
    assert float(special.polygamma(1, trigamma_inverse(np.array(y)))) == pytest.approx(y, rel=1e-5)


def test_the_prior_is_recovered():
    rng = np.random.default_rng(1)
    d0, s0, df = 8.0, 2.5, 7
    sigma = d0 * s0 / rng.chisquare(d0, 20_000)
    fitted = shrink_variances(sigma * rng.chisquare(df, sigma.size) / df, df)
    assert float(fitted.prior_df) == pytest.approx(d0, rel=0.1)
    assert float(fitted.prior_variance) == pytest.approx(s0, rel=0.05)


def test_equal_variances_are_pooled():
    rng = np.random.default_rng(2)
    sample = rng.chisquare(7, (500, 10)) / 7
    shrunk = shrink_variances(sample, 7)
    assert np.isinf(shrunk.prior_df).mean() > 0.4
    error = ((shrunk.variance - 1) ** 2).mean()
    assert error < 0.4 * ((sample - 1) ** 2).mean()


@given(st.lists(st.floats(1e-6, 1e6), min_size=3, max_size=20), st.integers(2, 30))
def test_shrunk_variances_lie_between_the_prior_and_the_sample(variances, df):
    v = np.array(variances)
    shrunk = shrink_variances(v, df)
    low = np.minimum(v, shrunk.prior_variance) * (1 - 1e-9)
    high = np.maximum(v, shrunk.prior_variance) * (1 + 1e-9)
    assert ((shrunk.variance >= low) & (shrunk.variance <= high)).all()


def test_few_traits_are_left_as_they_are():
    v = np.array([1.0, 100.0])
    shrunk = shrink_variances(v, 7)
    np.testing.assert_array_equal(shrunk.variance, v)
    assert float(shrunk.prior_df) == 0


@pytest.mark.parametrize(("v", "df"), [([1.0, 0.0, 1.0], 7), ([1.0, 1.0, 1.0], 0), ([1.0, np.nan, 1.0], 3)])
def test_variances_must_be_above_zero(v, df):
    with pytest.raises(ValueError, match="above zero"):
        shrink_variances(np.array(v), df)
