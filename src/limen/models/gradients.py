"""Gradients of log-probabilities, row by row or batch by batch, without touching the model's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from limen.core import ModelError
from limen.models.batches import Budget, budget_for, free_memory, model_device, pad_right, run, text_config
from limen.models.logprobs import check_queries, label_logprobs, logits_at, query_of

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

    weights = _weights(model, names)
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


def batch_gradients(
    model: Any,
    encoded: Sequence[EncodedRow],
    use: Callable[[dict[str, Any], float], None],
    *,
    names: Sequence[str] | None = None,
) -> None:
    """The gradients of batches of rows' log-probability, for whoever only wants their sum over rows.

    A batch costs one forward and one backward pass, whatever is then done with its gradients. Not for two threads on
    one model.

    Args:
        model: A causal language model.
        encoded: Rows as tokens; those without a trained token are left out.
        use: Given each batch's gradients by weight, up which its rows become more likely, and its log-probability.
        names: Weights to take them by, as `named_parameters` calls them; all of them if None.

    Raises:
        ModelError: The model has no weight of a name, is loaded in 4 bits, or not even one row fits memory.
        RowError: A row is longer than the context.
    """
    import torch

    weights = _weights(model, names)
    module = _Logits(model)
    queries = [q for r in encoded if len((q := query_of(r.input_ids, r.trained, r.row_id)).labels)]
    check_queries(model, queries)
    device = model_device(model)
    training = [m for m in model.modules() if m.training]

    def one_batch(batch: np.ndarray) -> None:
        chosen = [queries[int(i)] for i in batch]
        ids = pad_right([q.ids for q in chosen])
        flat = np.concatenate([q.positions + k * ids.shape[1] for k, q in enumerate(chosen)])
        labels = torch.from_numpy(np.concatenate([q.labels for q in chosen]).astype(np.int64))
        with torch.enable_grad():
            inputs = (torch.from_numpy(ids).to(device), torch.from_numpy(flat).to(device))
            logits = torch.func.functional_call(module, {f"model.{n}": w for n, w in weights.items()}, inputs)
            total = label_logprobs(logits, labels, torch.arange(len(labels))).sum()
            found = torch.autograd.grad(total, list(weights.values()), allow_unused=True)
        use({n: g for n, g in zip(weights, found, strict=True) if g is not None}, float(total.detach()))

    model.eval()
    try:
        run([len(q.ids) for q in queries], [len(q.labels) for q in queries], _backward_budget(model), one_batch)
    finally:
        for one in training:
            one.training = True


def _weights(model: Any, names: Sequence[str] | None) -> dict[str, Any]:
    """Weights by name, on the model's own memory, that a gradient can be taken by."""
    own = dict(model.named_parameters())
    chosen = list(own) if names is None else list(names)
    missing = [n for n in chosen if n not in own or not own[n].is_floating_point()]
    if missing:
        raise ModelError(
            f"the model has no weight {missing[0]!r} that a gradient can be taken by.",
            remedy="Take names from model.named_parameters(); load it without 4 bits.",
        )
    return {n: own[n].detach().requires_grad_() for n in chosen}


def _backward_budget(model: Any) -> Budget:
    """What one backward pass may hold: activations of every layer are kept, about 160 bytes a unit of width."""
    config = text_config(model)
    width = int(getattr(config, "hidden_size", 1024) or 1024)
    layers = int(getattr(config, "num_hidden_layers", 32) or 32)
    budget = budget_for(model)
    # A power of two, so that a little more or less free memory does not change how a sum is rounded.
    share = 2.0 ** np.floor(np.log2(0.25 * free_memory(model)))
    tokens = max(1, min(_BACKWARD * budget.tokens, int(share / (160 * width * layers))))
    return Budget(tokens, max(1, budget.logits // 2))


_BACKWARD = 2
"""Tokens of a backward pass to those of a forward pass: it has more work to share a batch's fixed cost."""


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
