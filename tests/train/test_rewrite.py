from __future__ import annotations

import numpy as np

from limen.data import EncodedRow
from limen.models import LanguageModel
from limen.train.writers import rewrite
from tests.tiny_models import make_tiny

LENGTHS = [(50, 12), (4, 58), (30, 30), (60, 4), (5, 5)]


def test_rows_that_fit_the_context_by_themselves_are_rewritten_though_they_would_not_fit_together(tmp_path):
    writer = LanguageModel.load(str(make_tiny("llama", tmp_path / "llama", positions=64)))
    rng = np.random.Generator(np.random.PCG64(1))
    rows = []
    for i, (prompt, answer) in enumerate(LENGTHS):
        ids = rng.integers(10, len(writer.tokenizer), prompt + answer).astype(np.int32)
        rows.append(EncodedRow(f"r{i}", i, ids, np.arange(prompt + answer) >= prompt, truncated=False))
    written = rewrite(writer, rows, seed=3)
    assert [r.row_id for r in written] == [r.row_id for r in rows]
    for old, new, (prompt, _) in zip(rows, written, LENGTHS, strict=True):
        assert new.input_ids[:prompt].tolist() == old.input_ids[:prompt].tolist()
        assert prompt < len(new.input_ids) <= len(old.input_ids)
        assert new.trained.tolist() == [k >= prompt for k in range(len(new.input_ids))]
