"""DOC201."""

from __future__ import annotations

from limen.before.doctor.check import Check, Severity
from limen.before.doctor.patient import Patient
from limen.before.doctor.registry import check
from limen.core import Finding


@check("DOC201", "untrained-rows", severity=Severity.ERROR, needs_data=True)
def untrained_rows(patient: Patient, own: Check) -> Finding:
    """Rows of which no token is trained on, or which the chat template cannot render.

    Rows whose answer lies wholly behind the cut count too.

    Why: They cost time and teach nothing; one that cannot be rendered stops the run.

    Example: An empty answer, or a prompt that fills the whole length.
    """
    total = len(patient.encoded) + len(patient.refused)
    bare = [r for r in patient.encoded if not r.trained[1:].any()]
    cut = [r for r in patient.encoded if r.trained[1:].any() and not r.trained[1 : patient.cut_at].any()]
    if not (bare or cut or patient.refused):
        return own.clear(f"Each of {total:,} rows has a token that is trained on.", evidence={"total": total})
    parts = []
    if bare:
        parts.append(f"{len(bare):,} have no trained token")
    if cut:
        parts.append(f"{len(cut):,} have all of theirs behind the cut at {patient.cut_at:,} tokens")
    if patient.refused:
        parts.append(f"{len(patient.refused):,} cannot be rendered ({patient.refused[0].why.rstrip('.')})")
    return own.found(
        f"Of {total:,} rows, {'; '.join(parts)}.",
        "Leave these rows out, give them an answer that the template renders, or raise --max-length.",
        rows=[*bare, *cut],
        notes=[*["no trained token"] * len(bare), *["answer behind the cut"] * len(cut)],
        evidence={
            "untrained": len(bare),
            "behind_cut": len(cut),
            "cannot_render": len(patient.refused),
            "total": total,
            "refused": [{"row": r.row.id, "index": r.row.index, "note": r.why} for r in patient.refused[:20]],
        },
    )
