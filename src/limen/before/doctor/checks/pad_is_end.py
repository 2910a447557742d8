"""DOC105."""

from __future__ import annotations

from limen.before.doctor.check import Check, Severity
from limen.before.doctor.patient import Patient
from limen.before.doctor.registry import check
from limen.core import Finding


@check("DOC105", "pad-is-end", severity=Severity.INFO)
def pad_is_end(patient: Patient, own: Check) -> Finding:
    """The padding token is the end token, or there is no padding token.

    Why: A collator that takes padding out of the labels by its id (`DataCollatorForLanguageModeling` of transformers)
    takes every end token out with it, and the model never learns to stop. TRL's own collator is not affected.

    Example: `tokenizer.pad_token = tokenizer.eos_token`, as many scripts do.
    """
    tokenizer = patient.tokenizer
    if tokenizer.pad_token_id is None:
        return own.found(
            "The tokenizer has no padding token; TRL will pad with the end token "
            f"{tokenizer.eos_token!r}, as Limen does.",
            "Set tokenizer.pad_token to a token that rows never hold, and save the tokenizer.",
        )
    if tokenizer.pad_token_id == tokenizer.eos_token_id:
        return own.found(
            f"The padding token is the end token {tokenizer.eos_token!r}: collators that mask padding by its id also "
            "mask the end of every answer.",
            "Train with TRL's collator, or set tokenizer.pad_token to another token and save the tokenizer.",
        )
    return own.clear(f"The padding token {tokenizer.pad_token!r} is not the end token {tokenizer.eos_token!r}.")
