"""Gradients row by row, without touching the model's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from limen.core import ModelError
from limen.models.batches import model_device
from limen.models.logprobs import check_queries, logits_at, query_of

if TYPE_CHECKING:
    from limen.data import EncodedRow


def row_gradients(
    model: Any, encoded: Sequence[EncodedRow], *, names: Sequence[str] | None = None
) -> Iterator[np.ndarray]:
    """The gradient of each row's log-probability by the model's weights.

    A row's log-probability is the sum over its trained tokens; up the gradient the row becomes more likely. Dropout is
    off. The weights' own `grad` and `requires_grad` are neither read nor changed.

    Args:
        model: A causal language model.
        encoded: Rows as tokens.
        names: Weights to take it by, as `named_parameters` calls them; all of them if None.

    Yields:
        For each row float32, (weights,): the gradients in the order of `names`, flattened and joined; zeros for a row
        without trained tokens.

    Raises:
        ModelError: The model has no weight of a name, or is loaded in 4 bits.
        RowError: A row is longer than the context.
    """
    import torch

    own = dict(model.named_parameters())
    chosen = list(own) if names is None else list(names)
    missing = [n for n in chosen if n not in own or not own[n].is_floating_point()]
    if missing:
        raise ModelError(
            f"the model has no weight {missing[0]!r} that a gradient can be taken by.",
            remedy="Take names from model.named_parameters(); load it without 4 bits.",
        )
    weights = {n: own[n].detach().requires_grad_() for n in chosen}
    module = _Logits(model)
    queries = [query_of(r.input_ids, r.trained, r.row_id) for r in encoded]
    check_queries(model, queries)
    device = model_device(model)
    training = [m for m in model.modules() if m.training]
    for query in queries:
        if not len(query.labels):
            yield np.zeros(sum(w.numel() for w in weights.values()), dtype=np.float32)
            continue
        ids = torch.from_numpy(query.ids.astype(np.int64))[None].to(device)
        flat = torch.from_numpy(query.positions.astype(np.int64)).to(device)
        labels = torch.from_numpy(query.labels.astype(np.int64)).to(device)
        model.eval()
        try:
            with torch.enable_grad():
                renamed = {f"model.{n}": w for n, w in weights.items()}
                logits = torch.func.functional_call(module, renamed, (ids, flat)).float()
                total = logits.log_softmax(-1).gather(1, labels.to(logits.device)[:, None]).sum()
                found = torch.autograd.grad(total, list(weights.values()), allow_unused=True)
        finally:
            for one in training:
                one.training = True
        parts = [torch.zeros_like(w) if g is None else g for w, g in zip(weights.values(), found, strict=True)]
        yield torch.cat([p.float().reshape(-1) for p in parts]).cpu().numpy()


def _Logits(model: Any) -> Any:  # noqa: N802  (a class that needs torch, made when it is used)
    """A module whose forward pass gives a model's logits at chosen positions."""
    import torch

    class Module(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, ids: Any, flat: Any) -> Any:
            return logits_at(self.model, ids, flat)

    return Module()
