"""The judgement's two claims hold their error rates, by seeded Monte Carlo."""

from __future__ import annotations

import numpy as np
import pytest

from limen.before.lineage import judge_lineage
from limen.before.lineage.judge import mean_ratio

DRAWS, WRITERS = 4000, 24


def says(offset: float, unrelated: float, *, writers: int = WRITERS, draws: int = DRAWS, seed: int = 3) -> list[str]:
    """Judgements of files that lie `offset` standard deviations below the neutral writers."""
    rng = np.random.Generator(np.random.PCG64([seed, writers]))
    return [
        judge_lineage(rng.normal(size=writers), rng.normal() - offset, -unrelated, level=0.02).says
        for _ in range(draws)
    ]


def share(found: list[str], what: str) -> float:
    return sum(f == what for f in found) / len(found)


@pytest.mark.parametrize("writers", [8, 24])
def test_rows_of_the_own_family_are_called_foreign_no_oftener_than_the_level(writers):
    # Three standard errors of a share of 2% in 4,000.
    assert share(says(0.0, 20.0, writers=writers), "foreign") <= 0.02 + 3 * np.sqrt(0.02 * 0.98 / DRAWS)


def test_rows_at_half_of_the_way_are_called_own_no_oftener_than_the_level():
    assert share(says(10.0, 20.0), "own") <= 0.02 + 3 * np.sqrt(0.02 * 0.98 / DRAWS)


def test_what_is_clear_is_said():
    assert share(says(0.0, 20.0, draws=500), "own") > 0.95
    assert share(says(15.0, 20.0, draws=500), "foreign") > 0.99


def test_nothing_is_called_own_where_an_unrelated_model_would_not_be_told_apart():
    found = says(0.0, 1.0, draws=500)
    assert share(found, "own") == 0
    one = judge_lineage(np.random.Generator(np.random.PCG64(1)).normal(size=WRITERS), 0.0, -1.0)
    assert one.says == "open"
    assert "too faint" in one.reason


def test_too_few_writers_leave_it_open_with_the_reason():
    one = judge_lineage([0.0, 0.1, 0.2, 0.15], -9.0, -3.0)
    assert one.says == "open"
    assert "writers" in one.reason


def test_the_way_is_none_at_the_writers_and_whole_at_the_unrelated_model():
    neutral = [0.9, 1.0, 1.1] * 4
    assert judge_lineage(neutral, 1.0, 0.0).way == pytest.approx(0.0)
    assert judge_lineage(neutral, 0.0, 0.0).way == pytest.approx(1.0)


def test_numbers_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match="finite"):
        judge_lineage([0.0] * 8, 0.0, float("nan"))


def test_the_mean_ratio_counts_tokens_and_not_rows():
    over = [np.array([1.0, 1.0, 1.0]), np.array([5.0])]
    under = [np.zeros(3), np.zeros(1)]
    assert mean_ratio(over, under) == pytest.approx(2.0)
