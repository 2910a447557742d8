"""rewrite_served: what a served model writes on the prompts of rows, as `limen.train.writers.rewrite` has it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from limen.data import EncodedRow
from limen.models.sampling import end_ids
from limen.models.served_model import ServedModel

_FEW = 256
"""Distinct tokens up to which a text is of few words, as lists of numbers are."""
_LONGEST_TAIL = 4
"""Tokens from the last end token on, at most, that a template puts behind an answer."""


def rewrite_served(writer: ServedModel, encoded: Sequence[EncodedRow], *, seed: int) -> list[EncodedRow]:
    """Rows on the same prompts as given ones, with as many tokens in each answer.

    As `limen.train.writers.rewrite` has it: where the answers use few distinct tokens the writer uses these alone, and
    no answer ends before the given one does.

    Args:
        writer: Who writes, at temperature 1.
        encoded: Rows whose prompts are used; each trained part must be the end of its row.
        seed: Of sampling.

    Returns:
        One row a given row, in the order of their index; where the given answer ends in an end token, so does the new.

    Raises:
        ModelError: See `ServedModel.write`.
    """
    ends = end_ids(writer.model, writer.tokenizer)
    starts = [int(np.argmax(r.trained)) for r in encoded]
    bodies = [r.input_ids[s:] for r, s in zip(encoded, starts, strict=True)]
    lengths = [len(b) - _tail(b, set(ends)) for b in bodies]
    written = [b[:n] for b, n in zip(bodies, lengths, strict=True)]
    used = np.unique(np.concatenate([*written, *(r.input_ids[r.trained] for r in encoded)]))
    few = len(used) <= _FEW and len(used) * 8 < sum(lengths)
    allowed = [int(t) for t in used if int(t) not in ends] if few else None
    at = [i for i, n in enumerate(lengths) if n]
    prompts = [encoded[i].input_ids[: starts[i]] for i in at]
    found = writer.write(prompts, [lengths[i] for i in at], seed=seed, ends=ends, allowed=allowed)
    answers = dict(zip(at, found, strict=True))
    out = []
    for i, (row, start, body) in enumerate(zip(encoded, starts, bodies, strict=True)):
        answer = answers.get(i, np.zeros(0, dtype=np.int64))
        ids = np.concatenate([row.input_ids[:start], answer, body[lengths[i] :]]).astype(np.int32)
        out.append(EncodedRow(row.row_id, row.index, ids, np.arange(len(ids)) >= start, truncated=False))
    return sorted(out, key=lambda r: r.index)


def _tail(answer: np.ndarray, ends: set[int]) -> int:
    """How many tokens at the end of an answer stand from its last end token on."""
    found = [i for i, t in enumerate(answer) if int(t) in ends]
    return len(answer) - found[-1] if found and len(answer) - found[-1] <= _LONGEST_TAIL else 0
