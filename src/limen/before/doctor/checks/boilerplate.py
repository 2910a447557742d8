"""DOC203."""

from __future__ import annotations

import numpy as np

from limen.before.doctor.check import Check, Severity
from limen.before.doctor.patient import Patient
from limen.before.doctor.registry import check
from limen.before.token_ends import FEWEST_ROWS, FEWEST_TOKENS, shared_run
from limen.core import Finding
from limen.data import visible


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
    start, start_rows = shared_run(trained, special)
    end, end_rows = shared_run([t[::-1] for t in trained], special)
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


def _quote(patient: Patient, run: np.ndarray) -> str:
    text = visible(patient.tokenizer.decode(run))
    return f"“{text if len(text) <= 60 else text[:57] + '…'}”"
