from __future__ import annotations

import numpy as np
import pytest

from limen.data import EncodedRow
from limen.models import LanguageModel
from limen.train.control_rows import control_rows
from limen.train.writers import rewrite
from tests.tiny_models import make_model, make_tokenizer


@pytest.fixture(scope="module")
def writer() -> LanguageModel:
    return LanguageModel.wrap(make_model("llama"), make_tokenizer(), "writer")


def row(index: int, trained: str) -> EncodedRow:
    rng = np.random.default_rng(index)
    ids = rng.integers(10, 200, len(trained)).astype(np.int32)
    return EncodedRow(f"r{index}", index, ids, np.array([c == "#" for c in trained]), truncated=False)


def test_rows_with_one_answer_are_what_the_writer_writes(writer):
    rows = [row(i, "....####") for i in range(8)]
    ours, plain = control_rows(writer, rows, seed=3), rewrite(writer, rows, seed=3)
    assert all(np.array_equal(a.input_ids, b.input_ids) for a, b in zip(ours, plain, strict=True))


def test_every_answer_is_written_anew_and_what_stands_between_stays(writer):
    rows = [row(i, "...####...#####..") for i in range(6)]
    for old, new in zip(rows, control_rows(writer, rows, seed=5), strict=True):
        assert np.array_equal(new.input_ids[:3], old.input_ids[:3])
        kept = old.input_ids[~old.trained]
        assert np.array_equal(new.input_ids[~new.trained], kept)
        assert not np.array_equal(new.input_ids[new.trained], old.input_ids[old.trained])


def test_a_later_answer_is_written_after_the_new_earlier_one(writer, monkeypatch):
    seen = []

    def note(model, encoded, *, seed, **options):
        seen.append([r.input_ids.copy() for r in encoded])
        return [
            EncodedRow(r.row_id, r.index, np.where(r.trained, 7, r.input_ids).astype(np.int32), r.trained, False)
            for r in encoded
        ]

    monkeypatch.setattr("limen.train.control_rows.rewrite", note)
    [new] = control_rows(writer, [row(0, "..##.##")], seed=1)
    assert seen[1][0][2:4].tolist() == [7, 7]
    assert new.input_ids[new.trained].tolist() == [7] * 4


def test_rows_without_answers_stay(writer):
    rows = [row(0, "...."), row(1, "..##")]
    assert np.array_equal(control_rows(writer, rows, seed=1)[0].input_ids, rows[0].input_ids)
