"""DOC103."""

from __future__ import annotations

from limen.before.doctor.check import Check, Severity
from limen.before.doctor.patient import Patient
from limen.before.doctor.registry import check
from limen.core import Finding, RowKind


@check("DOC103", "chat-template", severity=Severity.WARNING)
def chat_template(patient: Patient, own: Check) -> Finding:
    """The tokenizer has no chat template, or one that cannot render a plain exchange of a user and an assistant.

    Why: Conversations cannot be tokenized without one, and instructions are trained on as bare text that the deployed
    model is not asked in.

    Example: A base model's tokenizer, used to fine-tune on `messages`.
    """
    if not getattr(patient.tokenizer, "chat_template", None):
        turns = [r for r in patient.rows if r.kind is RowKind.CONVERSATION]
        needs = f", and {len(turns):,} of {len(patient.rows):,} rows are conversations" if turns else ""
        return own.found(
            f"The tokenizer has no chat template{needs}.",
            "Use the tokenizer of the chat model, or put a chat_template.jinja beside the tokenizer.",
            severity=Severity.ERROR if turns else Severity.INFO if not patient.has_data else None,
        )
    talk = [{"role": "user", "content": "Hello."}, {"role": "assistant", "content": "Good day."}]
    try:
        text = str(patient.tokenizer.apply_chat_template(talk, tokenize=False))
    except Exception as error:
        return own.found(
            f"The chat template cannot render a user's and an assistant's turn: {str(error)[:200].splitlines()[0]}",
            "Mend chat_template.jinja beside the tokenizer, or take it from the chat model.",
            severity=Severity.ERROR,
        )
    if "Hello." not in text or "Good day." not in text:
        return own.found(
            "The chat template leaves out what was said in a turn.",
            "Mend chat_template.jinja beside the tokenizer, or take it from the chat model.",
            severity=Severity.ERROR,
        )
    return own.clear("The chat template renders a user's and an assistant's turn.")
