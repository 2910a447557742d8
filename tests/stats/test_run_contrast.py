from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from limen.stats import BorrowedVariance, run_contrast

DRAWS = 2_000


def false_claims(runs: tuple[int, int], spread: tuple[float, float], method: str, level: float, df: int = 0) -> int:
    rng = np.random.default_rng(sum(runs) + df)
    errors = 0
    for _ in range(DRAWS):
        borrowed = BorrowedVariance(float(rng.chisquare(df) / df), df) if df else None
        result = run_contrast(
            rng.normal(0, spread[0], runs[0]), rng.normal(0, spread[1], runs[1]), borrowed=borrowed, method=method
        )
        assert result.p is not None
        errors += result.p <= level
    return errors


@pytest.mark.parametrize("level", [0.05, 0.02])
@pytest.mark.parametrize("runs", [(3, 3), (2, 5), (5, 3)])
def test_type_one_error_pooled(runs, level, holds_level):
    holds_level(false_claims(runs, (1, 1), "pooled", level), DRAWS, level)


@pytest.mark.parametrize("runs", [(3, 3), (5, 5)])
@pytest.mark.parametrize("spread", [(1, 1), (1, 3)])
def test_type_one_error_welch(runs, spread, holds_level):
    # Welch is an approximation: at three runs an arm and spreads of 1 to 3, 5% may be 6%.
    holds_level(false_claims(runs, spread, "welch", 0.05), DRAWS, 0.06)


@pytest.mark.parametrize("runs", [(1, 1), (1, 3), (2, 2)])
def test_type_one_error_with_a_borrowed_variance(runs, holds_level):
    for level in (0.05, 0.02):
        holds_level(false_claims(runs, (1, 1), "welch", level, df=7), DRAWS, level)


def test_agrees_with_scipy():
    rng = np.random.default_rng(0)
    d, c = rng.normal(size=5), rng.normal(size=4)
    for method, equal in (("welch", False), ("pooled", True)):
        oracle = stats.ttest_ind(d, c, equal_var=equal)
        ours = run_contrast(d, c, method=method)
        interval = oracle.confidence_interval(0.95)
        assert (ours.p, ours.df, ours.low, ours.high) == pytest.approx(
            (oracle.pvalue, oracle.df, interval.low, interval.high)
        )
        assert ours.p_greater == pytest.approx(stats.ttest_ind(d, c, equal_var=equal, alternative="greater").pvalue)
        assert ours.method == method


def test_one_run_each_claims_nothing():
    result = run_contrast([0.3], [0.1])
    assert result.estimate == pytest.approx(0.2)
    assert result.p is result.se is result.low is None
    assert "one run" in result.reason


def test_one_data_run_is_judged_by_the_spread_of_the_controls():
    result = run_contrast([0.9], [0.1, 0.12, 0.11, 0.09])
    assert result.method == "pooled"
    assert result.df == 3
    assert result.p is not None
    assert result.p < 0.001


def test_runs_that_are_copies_claim_nothing():
    result = run_contrast([0.3, 0.3], [0.1, 0.1])
    assert result.p is None
    assert "same seed" in result.reason


@pytest.mark.parametrize(
    ("d", "c", "borrowed", "match"),
    [
        ([], [1.0], None, "at least one run"),
        ([np.inf], [1.0], None, "not finite"),
        ([1.0], [1.0], BorrowedVariance(0.0, 3), "above zero"),
    ],
)
def test_unfit_runs_are_refused(d, c, borrowed, match):
    with pytest.raises(ValueError, match=match):
        run_contrast(d, c, borrowed=borrowed)
