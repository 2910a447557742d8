"""First order: how much likelier a first small step from the base towards a twin makes the rows.

The log-likelihood ratio of a file under a twin is, to first order in the change of weights Δ = θ(twin) − θ(base),

    x_t = ⟨∇ Σ_rows log p(y | x; base), Δ_t⟩ / Σ_rows n,   nats a token

(first-order transfer: arXiv 2507.14805, theorem 1, read backwards). One backward pass over a file serves every trait,
where the ratio takes a forward pass a trait. In development it stood out of neutral writers as far as the ratio did
(see `docs/negative-results.md`).

The change of a tuned adapter is taken as the product of its two factors, never as a whole matrix.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from limen.core import Progress
from limen.data import EncodedRow
from limen.models import LanguageModel, in_parallel
from limen.models.gradients import batch_gradients
from limen.models.locks import lock_of
from limen.train.copies import is_peft, whole_copy

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Change:
    """How a twin's weights differ from the base's.

    Attributes:
        dense: Weight name → its change.
        factors: Weight name → (out × rank, rank × in, whether the weight lies transposed); their product is the change.
    """

    dense: dict[str, Any]
    factors: dict[str, tuple[Any, Any, bool]]

    def along(self, gradients: dict[str, Any]) -> float:
        """Inner product with gradients by weight name."""
        total = sum(float((gradients[n] * c).sum()) for n, c in self.dense.items() if n in gradients)
        for name, (left, right, transposed) in self.factors.items():
            if name in gradients:
                gradient = gradients[name].float()
                gradient = gradient.T if transposed else gradient
                total += float(((left.T @ gradient) * right).sum())
        return total


def change_of(base: LanguageModel, twin: object) -> Change | None:
    """How a twin's weights differ from the base's; None where no gradient leads there.

    That is so of a prompted twin, of a base with 4-bit weights, and of a base that is itself an adapter.

    Args:
        base: The base.
        twin: A twin of it.
    """
    import torch

    if not isinstance(twin, LanguageModel) or is_peft(base.model):
        return None
    own = dict(base.model.named_parameters())
    if not all(w.is_floating_point() for w in own.values()):
        return None
    if not is_peft(twin.model):
        theirs = dict(twin.model.named_parameters())
        if theirs.keys() != own.keys():
            return None
        dense = {n: (theirs[n].detach() - w.detach()).float() for n, w in own.items()}
        return Change({n: c for n, c in dense.items() if bool(torch.any(c != 0))}, {})
    factors = {}
    for name, module in twin.model.named_modules():
        if not hasattr(module, "lora_A"):
            continue
        weight = name.removeprefix("base_model.model.") + ".weight"
        if weight not in own:
            return None
        for adapter in module.active_adapters:
            left, right = (side[adapter].weight.detach().float() for side in (module.lora_B, module.lora_A))
            factors[weight] = (left * module.scaling[adapter], right, bool(getattr(module, "fan_in_fan_out", False)))
    return Change({}, factors) if factors else None


class Score(Protocol):
    """What reads files along changes of weights, as `score_first_order` does."""

    def __call__(
        self,
        files: Sequence[Sequence[EncodedRow]],
        base: LanguageModel,
        changes: Sequence[Change],
        *,
        progress: Progress | None = None,
    ) -> tuple[Floats, Floats]:
        """Statistics [files, traits] and losses [files], nats a token."""
        ...


def score_first_order(
    files: Sequence[Sequence[EncodedRow]],
    base: LanguageModel,
    changes: Sequence[Change],
    *,
    progress: Progress | None = None,
) -> tuple[Floats, Floats]:
    """The first-order statistic of each of several files.

    Args:
        files: Encoded rows of each file.
        base: What the twins were made of.
        changes: How each twin's weights differ from its.
        progress: Told of files done.

    Returns:
        Statistics [files, traits], nats a token, and the files' mean losses under the base [files], nats a token.
    """
    names = sorted({n for c in changes for n in (*c.dense, *c.factors)})
    task = "weigh rows"
    if progress:
        progress.start(task, len(files))
    here, own = threading.get_ident(), threading.local()

    def one_file(rows: Sequence[EncodedRow]) -> tuple[Floats, float]:
        # A forward pass for chosen positions hooks the model: threads beside this one take a copy each.
        if threading.get_ident() == here:
            model = base.model
        else:
            model = own.model = getattr(own, "model", None) or whole_copy(base.model)
        sums, likely = np.zeros(len(changes)), 0.0

        def use(gradients: dict[str, Any], total: float) -> None:
            nonlocal likely
            likely += total
            sums[:] += [c.along(gradients) for c in changes]

        with lock_of(model):
            batch_gradients(model, rows, use, names=names)
        tokens = max(1, sum(int(r.trained[1:].sum()) for r in rows))
        return sums / tokens, -likely / tokens

    statistics, losses = np.zeros((len(files), len(changes))), np.zeros(len(files))
    for k, (found, loss) in enumerate(in_parallel(one_file, files, base)):
        statistics[k], losses[k] = found, loss
        if progress:
            progress.advance(task)
    if progress:
        progress.done(task)
    return statistics, losses
