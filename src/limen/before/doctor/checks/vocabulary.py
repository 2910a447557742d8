"""DOC106."""

from __future__ import annotations

from limen.before.doctor.check import Check, Severity
from limen.before.doctor.patient import Patient
from limen.before.doctor.registry import check
from limen.core import Finding


@check("DOC106", "vocabulary", severity=Severity.ERROR)
def vocabulary(patient: Patient, own: Check) -> Finding:
    """The tokenizer knows tokens that the model has no embedding for.

    A model with more embeddings than tokens is in order: many are padded to a round number.

    Why: Such a token stops the run with an index error, on a GPU with one that names nothing.

    Example: Tokens added with `add_tokens` without `model.resize_token_embeddings`.
    """
    tokenizer = patient.tokenizer
    size = int(patient.model.model.get_input_embeddings().weight.shape[0])
    largest = max(tokenizer.get_vocab().values(), default=-1)
    evidence = {"embeddings": size, "largest_token": int(largest), "tokens": len(tokenizer)}
    if largest >= size:
        return own.found(
            f"The tokenizer's largest token is {largest:,}, and the model has {size:,} embeddings.",
            "Take the tokenizer from the model's own folder, or call model.resize_token_embeddings(len(tokenizer)).",
            evidence=evidence,
        )
    special = {
        name: getattr(tokenizer, name)
        for name in ("bos_token_id", "eos_token_id", "pad_token_id")
        if (getattr(tokenizer, name) or 0) >= size
    }
    if special:
        listed = ", ".join(f"{k} {v:,}" for k, v in special.items())
        return own.found(
            f"Special tokens lie beyond the model's {size:,} embeddings: {listed}.",
            "Take the tokenizer from the model's own folder.",
            evidence=evidence,
        )
    return own.clear(
        f"Every one of the tokenizer's {len(tokenizer):,} tokens has one of the model's {size:,} embeddings.",
        evidence=evidence,
    )
