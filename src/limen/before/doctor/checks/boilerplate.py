"""DOC203."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from limen.before.doctor.check import Check, Severity
from limen.before.doctor.patient import Patient
from limen.before.doctor.registry import check
from limen.core import Finding
from limen.data import visible

FEWEST_ROWS = 8
FEWEST_TOKENS = 4
"""Shorter than this it is how people begin and end answers, not boilerplate."""
SHARE = 0.5
"""Share of rows that must have it in common."""


@check("DOC203", "boilerplate", severity=Severity.WARNING, needs_data=True)
def boilerplate(patient: Patient, own: Check) -> Finding:
    """Trained tokens that are the same at the beginning or the end of most rows.

    The longest run of at least four trained tokens that half the rows begin with, and the longest that half end with;
    special tokens do not count towards the four.

    Why: They are learned first and by heart, take up the loss, and hide what differs between rows.

    Example: Training on whole conversations, so that the same system prompt is trained on in every row.
    """
    rows = [r for r in patient.encoded if r.trained[1:].any()]
    if len(rows) < FEWEST_ROWS:
        return own.clear(f"{len(rows)} rows are too few to have boilerplate in common.")
    trained = [r.input_ids[r.trained] for r in rows]
    special = set(patient.tokenizer.all_special_ids)
    start, start_rows = _shared(trained, special)
    end, end_rows = _shared([t[::-1] for t in trained], special)
    end = end[::-1]
    tokens = sum(len(t) for t in trained)
    spent = len(start) * len(start_rows) + len(end) * len(end_rows)
    evidence = {
        "start_tokens": len(start),
        "end_tokens": len(end),
        "start_rows": len(start_rows),
        "end_rows": len(end_rows),
        "total": len(rows),
        "share_of_trained_tokens": spent / tokens,
    }
    if not spent:
        return own.clear(
            f"No run of {FEWEST_TOKENS} trained tokens begins or ends half of {len(rows):,} rows.", evidence=evidence
        )
    parts = [
        f"{len(hit):,} of {len(rows):,} rows {verb} with the same {len(run)} trained tokens, {_quote(patient, run)}"
        for run, hit, verb in ((start, start_rows, "begin"), (end, end_rows, "end"))
        if len(run)
    ]
    return own.found(
        f"{'; '.join(parts)}: {spent / tokens:.0%} of all trained tokens.",
        "Train on the answers alone (rows of prompt and completion, or --loss assistant), or take the shared text out.",
        rows=[rows[i] for i in (start_rows or end_rows)],
        evidence=evidence,
    )


def _shared(sequences: Sequence[np.ndarray], special: set[int]) -> tuple[np.ndarray, list[int]]:
    """The longest beginning that at least half the sequences share, and which; empty if it is too short."""
    alive = list(range(len(sequences)))
    needed = max(FEWEST_ROWS // 2, SHARE * len(sequences))
    run: list[int] = []
    while True:
        at = len(run)
        heads = Counter(int(sequences[i][at]) for i in alive if len(sequences[i]) > at)
        token, count = heads.most_common(1)[0] if heads else (0, 0)
        if count < needed:
            break
        run.append(token)
        alive = [i for i in alive if len(sequences[i]) > at and int(sequences[i][at]) == token]
    if sum(t not in special for t in run) < FEWEST_TOKENS:
        return np.zeros(0, dtype=np.int32), []
    return np.asarray(run, dtype=np.int32), alive


def _quote(patient: Patient, run: np.ndarray) -> str:
    text = visible(patient.tokenizer.decode(run))
    return f"“{text if len(text) <= 60 else text[:57] + '…'}”"
