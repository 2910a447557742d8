"""DOC104."""

from __future__ import annotations

import re

from limen.before.doctor.check import Check, Severity
from limen.before.doctor.patient import Patient
from limen.before.doctor.registry import check
from limen.core import Finding

_GENERATION = re.compile(r"\{%-?\s*generation\s*-?%\}")


@check("DOC104", "generation-markers", severity=Severity.INFO)
def generation_markers(patient: Patient, own: Check) -> Finding:
    """The chat template does not mark the assistant's words with `{% generation %}`.

    Why: Without the marks `assistant_only_loss` has nothing to hold on to: transformers returns a mask of zeros with
    only a log line, and training on `messages` trains on the users' words too.

    Example: The templates of most released models.
    """
    template = getattr(patient.tokenizer, "chat_template", None)
    if isinstance(template, dict):
        template = template.get("default") or next(iter(template.values()), "")
    if not template:
        return own.clear("There is no chat template that could lack generation markers.")
    if _GENERATION.search(template):
        return own.clear("The chat template marks the assistant's words.")
    asked = patient.loss == "assistant"
    return own.found(
        "The chat template does not mark the assistant's words with {% generation %}: assistant-only loss cannot be "
        "computed from it, and TRL trains conversations on every token.",
        "Put {% generation %} ... {% endgeneration %} around the assistant's content in the template, or give rows of "
        "prompt and completion.",
        severity=Severity.ERROR if asked and patient.refused else None,
    )
