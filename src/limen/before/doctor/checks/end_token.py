"""DOC202."""

from __future__ import annotations

from limen.before.doctor.check import Check, Severity
from limen.before.doctor.patient import Patient
from limen.before.doctor.registry import check
from limen.before.token_ends import NEAR_END, ends_twice, is_blank, never_ends
from limen.core import Finding
from limen.models.sampling import end_ids


@check("DOC202", "end-token", severity=Severity.WARNING, needs_data=True)
def end_token(patient: Patient, own: Check) -> Finding:
    """Trained answers that do not end in a token that stops generation, or end in it twice.

    Why: A model that never sees the end of an answer does not learn to stop; one that sees it twice learns a turn
    that does not exist.

    Example: A template that ends a turn with `<|im_end|>` where generation stops at `<|endoftext|>` alone; or answers
    that spell out `</s>` and a line break, after which the trainer adds the end token again.
    """
    ends = end_ids(patient.model.model, patient.tokenizer)
    rows = [r for r in patient.encoded if r.trained[1:].any()]
    if not ends:
        return own.found(
            "Neither the tokenizer nor the generation config names an end token.",
            "Set tokenizer.eos_token to the token that ends an answer, and save the tokenizer.",
        )
    names = ", ".join(repr(patient.tokenizer.convert_ids_to_tokens(i)) for i in ends)
    if not rows:
        return own.clear("No row has trained tokens that could lack an end.")
    open_ended = [r for r in rows if never_ends(r, ends)]
    doubled = [r for r in rows if ends_twice(r, ends, lambda token: is_blank(patient.tokenizer, token))]
    evidence = {"without_end": len(open_ended), "twice": len(doubled), "total": len(rows), "ends": ends}
    if open_ended:
        tail = patient.tokenizer.decode(open_ended[0].input_ids[-NEAR_END:])
        return own.found(
            f"{len(open_ended):,} of {len(rows):,} rows do not end in a trained token that stops generation ({names}); "
            f"the first ends in {tail!r}.",
            "Let the template end the assistant's turn with the model's end token, or name the token that it does end "
            "with in the generation config's eos_token_id.",
            rows=open_ended,
            evidence=evidence,
        )
    if doubled:
        return own.found(
            f"{len(doubled):,} of {len(rows):,} rows end in the end token twice.",
            f"Take {names} out of the rows' text: the trainer or the template adds it.",
            rows=doubled,
            evidence=evidence,
        )
    return own.clear(
        f"Each of {len(rows):,} rows ends once in a trained token that stops generation.", evidence=evidence
    )
