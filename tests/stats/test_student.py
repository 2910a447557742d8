from __future__ import annotations

import numpy as np
from scipy import stats

from limen.stats._student import t_above, t_quantile_above


def test_the_same_numbers_as_scipy_stats():
    t, df = np.meshgrid(np.linspace(-40, 40, 81), [0.7, 1, 2.5, 6, 30, 1e5])
    np.testing.assert_allclose(t_above(t, df), stats.t.sf(t, df), rtol=1e-7)
    p, df = np.meshgrid([1e-6, 1e-4, 0.002, 0.05, 0.3, 0.5, 0.9], [1, 2.5, 6, 30, 1e5])
    np.testing.assert_allclose(t_quantile_above(p, df), stats.t.isf(p, df), rtol=1e-6, atol=1e-9)
