from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limen.stats import centre_on_decoys, decoy_pools


def test_pools_are_of_one_category_without_the_trait_itself():
    pools = decoy_pools(["a", "b", "a", "a"], [True, True, False, True])
    assert pools.tolist() == [
        [False, False, False, True],
        [False, False, False, False],
        [True, False, False, True],
        [True, False, False, False],
    ]


def test_mean_and_median_of_the_others():
    z = np.array([1.0, 2.0, 3.0, 100.0])
    pools = decoy_pools(["a"] * 4)
    np.testing.assert_allclose(centre_on_decoys(z, pools, "mean"), [1 - 35, 2 - 104 / 3, 3 - 103 / 3, 98])
    np.testing.assert_allclose(centre_on_decoys(z, pools, "median"), [-2, -1, 1, 98])


@given(st.floats(-1e3, 1e3), st.sampled_from(["mean", "median"]))
def test_what_all_decoys_share_goes(shift, how):
    z = np.random.default_rng(0).normal(size=(5, 6))
    pools = decoy_pools(["a", "a", "a", "b", "b", "alone"])
    moved = centre_on_decoys(z + shift, pools, how)
    np.testing.assert_allclose(moved[:, :5], centre_on_decoys(z, pools, how)[:, :5], atol=1e-9)
    np.testing.assert_allclose(moved[:, 5], z[:, 5] + shift)


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="one of each"):
        decoy_pools(["a", "b"], [True])
    with pytest.raises(ValueError, match="median"):
        centre_on_decoys(np.zeros(2), decoy_pools(["a", "a"]), "mode")  # type: ignore[arg-type]
