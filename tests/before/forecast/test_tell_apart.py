from __future__ import annotations

import numpy as np
import pytest

from limen.before.forecast.origin import judge_origin
from limen.before.forecast.tell_apart import tell_apart
from limen.data import EncodedRow


def _rows(draw, seed: int, count: int = 400, length: int = 16) -> list[EncodedRow]:
    rng = np.random.Generator(np.random.PCG64(seed))
    rows = []
    for i in range(count):
        answer = draw(rng, length)
        ids = np.concatenate([np.full(3, i), answer]).astype(np.int32)
        rows.append(EncodedRow(f"r{i}", i, ids, np.arange(len(ids)) >= 3, truncated=False))
    return rows


def _uniform(rng: np.random.Generator, length: int) -> np.ndarray:
    return rng.integers(100, 200, length)


def _lower(rng: np.random.Generator, length: int) -> np.ndarray:
    return rng.integers(100, 180, length)


def _sorted(rng: np.random.Generator, length: int) -> np.ndarray:
    return np.sort(rng.integers(100, 200, length))


def test_rows_of_one_distribution_are_not_told_apart():
    lows = [tell_apart(_rows(_uniform, 2 * s), _rows(_uniform, 2 * s + 1))[1] for s in range(40)]
    # The lower bound of a one-sided 2.5% lies above a half in at most a few of forty.
    assert sum(low > 0.5 for low in lows) <= 4


@pytest.mark.parametrize("other", [_lower, _sorted])
def test_other_tokens_and_another_order_of_the_same_tokens_are_told_apart(other):
    auroc, low = tell_apart(_rows(other, 1), _rows(_uniform, 2))
    assert 0.7 < low < auroc <= 1


def test_prompts_do_not_count():
    mine, theirs = _rows(_uniform, 1), _rows(_uniform, 2)
    shifted = [EncodedRow(r.row_id, r.index, np.r_[[7, 7, 7], r.input_ids[3:]], r.trained, False) for r in mine]
    assert tell_apart(shifted, theirs) == tell_apart(mine, theirs)


def test_nothing_is_said_of_a_side_without_rows():
    assert tell_apart(_rows(_uniform, 1, count=1), _rows(_uniform, 2))[1] <= 0.5
    empty = [EncodedRow("r", 0, np.array([1, 2], dtype=np.int32), np.zeros(2, dtype=np.bool_), False)]
    assert tell_apart(empty, _rows(_uniform, 2)) == (0.5, 0.0)


def test_origin_names_what_gave_it_away():
    written = [_rows(_uniform, seed) for seed in range(3, 7)]
    own = judge_origin(_rows(_uniform, 1), written, 4.6, [4.6, 4.5])
    assert not own.foreign
    assert not own.reason
    surprising = judge_origin(_rows(_uniform, 1), written, 5.2, [4.6, 4.5])
    assert surprising.foreign
    assert "not calibrated for this origin: the rows surprise the base by 5.20 nats" in surprising.reason
    other = judge_origin(_rows(_sorted, 1), written, 4.6, [4.6, 4.5])
    assert other.foreign
    assert "a classifier tells the rows from those of the base's own family with AUROC" in other.reason
