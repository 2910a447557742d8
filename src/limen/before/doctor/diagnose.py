"""Every check on one patient."""

from __future__ import annotations

from collections.abc import Iterable

from limen.before.doctor.patient import admit
from limen.before.doctor.registry import all_checks
from limen.core import Finding, Progress, Row
from limen.data import Loss
from limen.models import LanguageModel


def diagnose(
    model: LanguageModel,
    rows: Iterable[Row] | None = None,
    *,
    loss: Loss = "auto",
    max_length: int | None = None,
    progress: Progress | None = None,
) -> list[Finding]:
    """Test a model, and rows with it, for what silently spoils a fine-tune.

    Args:
        model: The model with its tokenizer.
        rows: Rows it is to be trained on; None to test the model alone.
        loss: Which tokens are trained on.
        max_length: Tokens after which rows are cut.
        progress: Told of checks done.

    Returns:
        One finding a check; checks of rows are left out where no rows were given.

    Raises:
        LimenError: The rows cannot be read at all.
    """
    patient = admit(model, rows, loss=loss, max_length=max_length)
    checks = [c for c in all_checks() if patient.has_data or not c.needs_data]
    if progress:
        progress.start("doctor", len(checks))
    findings = []
    for one in checks:
        findings.append(one.examine(patient, one))
        if progress:
            progress.advance("doctor")
    if progress:
        progress.done("doctor")
    return findings
