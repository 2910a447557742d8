"""DOC204."""

from __future__ import annotations

from limen.before.doctor.check import Check, Severity
from limen.before.doctor.patient import TRL_MAX_LENGTH, Patient
from limen.before.doctor.registry import check
from limen.core import Finding


@check("DOC204", "truncation", severity=Severity.WARNING, needs_data=True)
def truncation(patient: Patient, own: Check) -> Finding:
    """Rows longer than the length at which the trainer cuts them, or than the model's context.

    Without --max-length the cut is where TRL makes it, at 1,024 tokens, or at the model's context if that is shorter.

    Why: A cut row loses the end of its answer and its end token: the model learns to stop nowhere, or in the middle.

    Example: Long documents with `SFTConfig()` as it comes.
    """
    cut_at = patient.cut_at
    long = sorted((r for r in patient.encoded if len(r.input_ids) > cut_at), key=lambda r: -len(r.input_ids))
    total = len(patient.encoded)
    longest = max((len(r.input_ids) for r in patient.encoded), default=0)
    if patient.context == cut_at:
        why = "the model's context"
    else:
        why = "--max-length" if patient.max_length else f"TRL's own max_length of {TRL_MAX_LENGTH:,}"
    evidence = {"cut_at": cut_at, "count": len(long), "total": total, "longest": longest, "context": patient.context}
    if not long:
        return own.clear(
            f"The longest of {total:,} rows has {longest:,} tokens; the cut is at {cut_at:,} ({why}).",
            evidence=evidence,
        )
    lost = sum(int(r.trained[cut_at:].sum()) for r in long)
    trained = sum(int(r.trained.sum()) for r in patient.encoded)
    remedy = (
        f"Split or leave out long rows: the model reads no more than {cut_at:,} tokens."
        if patient.context == cut_at
        else f"Set max_length to {min(longest, patient.context or longest):,} or more, or split these rows."
    )
    return own.found(
        f"{len(long):,} of {total:,} rows are longer than {cut_at:,} tokens ({why}) and lose their end: "
        f"{lost / max(1, trained):.1%} of all trained tokens.",
        remedy,
        rows=long,
        notes=[f"{len(r.input_ids):,} tokens" for r in long],
        evidence={**evidence, "lost_trained_tokens": lost, "trained_tokens": trained},
    )
