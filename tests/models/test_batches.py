from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from limen.core import ModelError
from limen.models.batches import Budget, pad_right, plan, run

rows = st.lists(st.tuples(st.integers(1, 200), st.integers(0, 50)), max_size=60)


@given(rows=rows, tokens=st.integers(1, 1000), logits=st.integers(1, 500))
def test_every_row_is_in_one_batch_and_no_batch_of_two_is_over_budget(
    rows: list[tuple[int, int]], tokens: int, logits: int
) -> None:
    lengths, wanted = [r[0] for r in rows], [r[1] for r in rows]
    batches = plan(lengths, wanted, Budget(tokens, logits))
    assert sorted(i for b in batches for i in b) == list(range(len(rows)))
    for batch in batches:
        if len(batch) > 1:
            assert len(batch) * max(lengths[i] for i in batch) <= tokens
            assert sum(wanted[i] for i in batch) <= logits


def test_rows_of_like_length_share_a_batch() -> None:
    batches = plan([5, 50, 6, 51], [1] * 4, Budget(110, 100))
    assert [sorted(b.tolist()) for b in batches] == [[1, 3], [0, 2]]


def test_where_memory_runs_out_the_budget_is_halved_and_every_row_still_done() -> None:
    done: list[int] = []
    tries: list[int] = []

    def work(batch: np.ndarray) -> None:
        tries.append(len(batch))
        if len(batch) > 3:
            raise torch.OutOfMemoryError("CUDA out of memory")
        done.extend(batch.tolist())

    run([10] * 16, [1] * 16, Budget(160, 100), work)
    assert sorted(done) == list(range(16))
    assert tries[:3] == [16, 8, 4]
    assert max(tries[3:]) <= 2


def test_other_errors_are_not_taken_for_a_lack_of_memory() -> None:
    def work(batch: np.ndarray) -> None:
        raise RuntimeError("shape mismatch")

    with pytest.raises(RuntimeError, match="shape mismatch"):
        run([1], [1], Budget(10, 10), work)


def test_a_single_row_that_does_not_fit_is_named() -> None:
    def work(batch: np.ndarray) -> None:
        raise MemoryError

    with pytest.raises(ModelError, match="a single row of 40 tokens"):
        run([40, 3], [1, 1], Budget(100, 10), work)


def test_padding_repeats_the_last_token() -> None:
    assert pad_right([np.array([1, 2]), np.array([3])]).tolist() == [[1, 2], [3, 3]]
