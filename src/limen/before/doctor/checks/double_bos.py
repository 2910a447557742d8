"""DOC102."""

from __future__ import annotations

from limen.before.doctor.check import Check, Severity
from limen.before.doctor.patient import Patient
from limen.before.doctor.registry import check
from limen.before.token_ends import starts_twice
from limen.core import Finding


@check("DOC102", "double-bos", severity=Severity.ERROR)
def double_bos(patient: Patient, own: Check) -> Finding:
    """Rows begin with two start tokens.

    The rows are looked at as the trainer tokenizes them. Without rows, or where they are in order, it is also tested
    whether rendering a chat first and tokenizing its text afterwards would double the token.

    Why: No model has seen two start tokens in pretraining; fine-tuned on them it answers worse without them.

    Example: A text column that spells out `<s>`, given to a tokenizer that adds `<s>` by itself.
    """
    start = patient.tokenizer.bos_token_id
    if start is None:
        return own.clear("The tokenizer has no start token, so none can be doubled.")
    doubled = [r for r in patient.encoded if starts_twice(r, start)]
    if doubled:
        return own.found(
            f"{len(doubled):,} of {len(patient.encoded):,} rows begin with the start token "
            f"{patient.tokenizer.bos_token!r} twice.",
            f"Take {patient.tokenizer.bos_token!r} out of the rows' text, or set add_bos_token=False on the tokenizer.",
            rows=doubled,
            evidence={"count": len(doubled), "total": len(patient.encoded)},
        )
    if _doubles_rendered_text(patient, start):
        return own.found(
            "The chat template and the tokenizer each write a start token: text that is rendered first and tokenized "
            "afterwards begins with two. Limen and TRL tokenize while rendering, and are not affected.",
            "In scripts of your own, tokenize rendered chats with add_special_tokens=False.",
            severity=Severity.INFO,
        )
    seen = f"None of {len(patient.encoded):,} rows begins" if patient.encoded else "No chat begins"
    return own.clear(f"{seen} with two start tokens.")


def _doubles_rendered_text(patient: Patient, start: int) -> bool:
    if not getattr(patient.tokenizer, "chat_template", None):
        return False
    try:
        text = patient.tokenizer.apply_chat_template([{"role": "user", "content": "Hello."}], tokenize=False)
    except Exception:  # the template's own errors are another check's
        return False
    ids = patient.tokenizer(text)["input_ids"]
    return len(ids) > 1 and ids[0] == start and ids[1] == start
