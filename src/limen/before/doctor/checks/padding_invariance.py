"""DOC101."""

from __future__ import annotations

from typing import Any

import numpy as np

from limen.before.doctor.check import Check, Severity
from limen.before.doctor.patient import Patient
from limen.before.doctor.registry import check
from limen.core import Finding, ModelError
from limen.data import EncodedRow
from limen.models.batches import model_device
from limen.models.logprobs import inference, label_logprobs, logits_at, query_of

TOLERANCE = 1e-4
"""Largest difference of a log-probability in float32, nats."""
HALF_TOLERANCE = 2e-2
"""Largest mean difference in half precision, nats: padding reorders sums that round at the third digit."""


@check("DOC101", "padding-invariance", severity=Severity.ERROR)
def padding_invariance(patient: Patient, own: Check) -> Finding:
    """A row's log-probabilities change with the other rows of its batch.

    Rows are scored one at a time, then together: padded on the right without a mask (as Limen scores), on the right
    with a mask (as trainers do), and on the left with a mask and positions (as generation does). In float32 no
    log-probability may differ by more than 1e-4.

    Why: Where it does, scores depend on the batch size, and a loss computed in training is not the one that is
    measured.

    Example: A model whose own code builds its attention mask wrongly, or counts padding as positions.
    """
    rows = patient.samples()
    if len({len(r.input_ids) for r in rows}) < 2:
        return own.not_measured(
            "Whether padding changes what the model says was not measured.",
            "it needs rows of at least two lengths.",
            "Give more rows.",
        )
    single = score_rows(patient.model.model, rows, "alone")
    half = patient.model.model.dtype.itemsize < 4
    deviations = {}
    for way in ("right", "right with mask", "left with mask"):
        together = score_rows(patient.model.model, rows, way)
        gaps = np.abs(np.concatenate(together) - np.concatenate(single))
        deviations[way] = float(gaps.mean() if half else gaps.max()) if np.isfinite(gaps).all() else float("inf")
    limit = HALF_TOLERANCE if half else TOLERANCE
    evidence = {
        "deviation": {k: v if np.isfinite(v) else None for k, v in deviations.items()},
        "tolerance": limit,
        "rows": len(rows),
    }
    bad = {k: v for k, v in deviations.items() if not v <= limit}
    if not bad:
        worst = max(deviations.values())
        return own.clear(
            f"Padding changes no log-probability by more than {worst:.1e} nats (tolerance {limit:g}).",
            evidence=evidence,
        )
    listed = ", ".join(f"{k}: {v:.2g} nats" for k, v in bad.items())
    if "right" in bad:
        remedy = "Score and train with a batch of one row, or update the model's code; report it to the model's maker."
        return own.found(f"Padding changes what the model says ({listed}).", remedy, evidence=evidence)
    side = "left" if "left with mask" in bad else "right"
    return own.found(
        f"Padding on the {side} changes what the model says ({listed}); padding as Limen does it does not.",
        "Train with padding on the right, and generate from prompts of equal length.",
        evidence=evidence,
        severity=Severity.WARNING,
    )


def score_rows(model: Any, rows: list[EncodedRow], way: str) -> list[np.ndarray]:
    """Log-probabilities of the trained tokens of rows, batched in one of four ways.

    Args:
        model: A causal language model.
        rows: Each with a trained token.
        way: `alone`, `right`, `right with mask` or `left with mask`.

    Returns:
        float32, (trained tokens,) each.
    """
    if way == "alone":
        return [found for row in rows for found in score_rows(model, [row], "right")]
    import torch

    queries = [query_of(r.input_ids, r.trained, r.row_id) for r in rows]
    width = max(len(q.ids) for q in queries)
    ids = np.zeros((len(rows), width), dtype=np.int64)
    mask = np.zeros((len(rows), width), dtype=np.int64)
    flat, labels = [], []
    for k, query in enumerate(queries):
        shift = width - len(query.ids) if way.startswith("left") else 0
        ids[k, :] = query.ids[-1]
        ids[k, shift : shift + len(query.ids)] = query.ids
        mask[k, shift : shift + len(query.ids)] = 1
        flat.append(k * width + shift + query.positions)
        labels.append(query.labels)
    device = model_device(model)
    inputs: dict[str, Any] = {}
    if way.endswith("mask"):
        seen = torch.from_numpy(mask).to(device)
        inputs = {"attention_mask": seen, "position_ids": (seen.cumsum(1) - 1).clamp(min=0)}
    wanted = np.concatenate(flat)
    position_of = np.arange(len(wanted))
    with inference(model):
        try:
            logits = logits_at(model, torch.from_numpy(ids).to(device), torch.from_numpy(wanted).to(device), **inputs)
        except TypeError as error:
            raise ModelError(
                f"this model does not take an attention mask with positions: {str(error)[:200]}",
                remedy="Use a model that transformers itself implements.",
            ) from error
        found = label_logprobs(
            logits, torch.from_numpy(np.concatenate(labels).astype(np.int64)), torch.from_numpy(position_of)
        )
    return list(np.split(found.cpu().numpy(), np.cumsum([len(q.labels) for q in queries])[:-1]))
