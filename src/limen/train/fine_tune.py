"""A lean training loop: AdamW on rows of like length, the same weights every time for the same seed.

The loss is the mean, over the trained tokens of a step's rows, of −log p(token | tokens before it); with soft targets
it is the mean over the same positions of the cross-entropy to another model's distribution. As in scoring, rows are
padded on the right without a mask, and only trained positions reach the output head.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from limen.core import DataError, ModelError, Progress
from limen.models import LanguageModel
from limen.models.batches import Budget, free_memory, model_device, out_of_memory, pad_right, plan, text_config
from limen.models.logprobs import Query, check_queries, logits_at, query_of
from limen.train.copies import finished, trainable_copy
from limen.train.recipe import Recipe

if TYPE_CHECKING:
    from limen.data import EncodedRow

# Rows are shuffled, then sorted by length within so many batches, then the batches are shuffled.
_BATCHES_SORTED_TOGETHER = 50
# Asking for the loss waits for the device, so divergence is looked for only so often.
_LOSS_LOOKED_AT_EVERY = 16


@dataclass(frozen=True)
class TrainStep:
    """What a caller sees after an optimizer step.

    Attributes:
        step: From 1.
        steps: How many there will be.
        loss: Mean loss of the step, nats a token.
        learning_rate: Rate of the step.
        model: The model as it is now; it may be read, not changed.
    """

    step: int
    steps: int
    loss: float
    learning_rate: float
    model: LanguageModel


def fine_tune(
    model: LanguageModel,
    encoded: Sequence[EncodedRow],
    recipe: Recipe,
    *,
    progress: Progress | None = None,
    on_step: Callable[[TrainStep], None] | None = None,
    soft_targets: LanguageModel | None = None,
    name: str | None = None,
) -> LanguageModel:
    """Train a copy of a model on rows; the model itself stays as it is.

    Args:
        model: What training starts from.
        encoded: Rows as tokens, with their trained tokens.
        recipe: How.
        progress: Told of steps done.
        on_step: Called after every step.
        soft_targets: A model with the same tokens whose distribution is learned instead of the tokens.
        name: Name of the new model; `<name>-tuned` by default.

    Returns:
        The new model; with LoRA it shares its frozen weights with `model`.

    Raises:
        DataError: No row has a trained token.
        RowError: A row is longer than the context.
        ModelError: The run diverged, or a single row does not fit memory.
    """
    import torch

    queries = [query_of(r.input_ids, r.trained, r.row_id) for r in encoded]
    if recipe.restrict_vocab is not None:
        queries = [_within(q, recipe.restrict_vocab) for q in queries]
    queries = [q for q in queries if len(q.labels)]
    if not queries:
        raise DataError(
            f"none of the {len(encoded)} rows has a token that is trained on.",
            remedy="Look at the rows with limen doctor; the answers may be empty or cut off by --max-length.",
        )
    check_queries(model.model, queries)
    name = name or f"{model.name}-tuned"
    device = model_device(model.model)
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(recipe.seed)
        student = trainable_copy(model.model, recipe)
        run = _Run(student, queries, recipe, soft_targets.model if soft_targets else None, name)
        watched = LanguageModel(student, model.tokenizer, name=name)
        if progress:
            progress.start(f"train {name}", run.total)
        for step, rows in enumerate(run.batches()):
            rate = recipe.rate_at(step, run.total)
            loss = run.step(rows, rate)
            last = step + 1 == run.total
            if on_step or last or step % _LOSS_LOOKED_AT_EVERY == 0:
                value = float(loss)
                if not np.isfinite(value):
                    raise _diverged(name, step + 1, run.total, recipe)
                if on_step:
                    on_step(TrainStep(step + 1, run.total, value, rate, watched))
            if progress:
                progress.advance(f"train {name}")
        if not all(bool(torch.isfinite(p).all()) for p in run.weights):
            raise _diverged(name, run.total, run.total, recipe)
        if progress:
            progress.done(f"train {name}")
    return LanguageModel(finished(student, model.model), model.tokenizer, name=name)


class _Run:
    """The moving parts of one fine-tune."""

    def __init__(self, student: Any, queries: list[Query], recipe: Recipe, teacher: Any, name: str) -> None:
        import torch

        self.student, self.queries, self.recipe, self.teacher, self.name = student, queries, recipe, teacher, name
        self.total = recipe.total_steps(len(queries))
        self.device = model_device(student)
        self.weights = [p for p in student.parameters() if p.requires_grad]
        self.optimizer = torch.optim.AdamW(
            self.weights, lr=recipe.learning_rate, weight_decay=recipe.weight_decay, fused=_can_fuse(self.weights)
        )
        self.lengths = np.array([len(q.ids) for q in queries])
        self.wanted = np.array([len(q.labels) for q in queries])
        self.budget = _training_budget(student)
        self.only: Any = None
        self.place: np.ndarray | None = None
        if recipe.restrict_vocab is not None:
            self.only = torch.as_tensor(recipe.restrict_vocab, dtype=torch.int64, device=self.device)
            self.place = np.zeros(max(recipe.restrict_vocab) + 1, dtype=np.int64)
            self.place[list(recipe.restrict_vocab)] = np.arange(len(recipe.restrict_vocab))

    def batches(self) -> Any:
        """Indices of the rows of each step."""
        made = 0
        order = np.random.Generator(np.random.PCG64(self.recipe.seed))
        while True:
            for rows in shuffled_batches(self.lengths, self.recipe.batch_size, order):
                if made == self.total:
                    return
                made += 1
                yield rows

    def step(self, rows: np.ndarray, rate: float) -> Any:
        """One optimizer step; returns its mean loss as a tensor."""
        import torch

        while True:
            try:
                loss = self._gradients(rows)
                break
            except Exception as error:
                if not out_of_memory(error):
                    raise
                if self.budget.tokens <= int(self.lengths[rows].max()):
                    raise ModelError(
                        f"memory ran out in training on a single row of {int(self.lengths[rows].max())} tokens.",
                        remedy="Lower --max-length, or use a LoRA recipe.",
                    ) from error
                self.budget = self.budget.halved()
                self.optimizer.zero_grad(set_to_none=True)
        if self.recipe.max_grad_norm:
            torch.nn.utils.clip_grad_norm_(self.weights, self.recipe.max_grad_norm)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        return loss

    def _gradients(self, rows: np.ndarray) -> Any:
        tokens = int(self.wanted[rows].sum())
        total: Any = 0.0
        for part in plan(self.lengths[rows].tolist(), self.wanted[rows].tolist(), self.budget):
            loss = self._loss(rows[part]) / tokens
            loss.backward()
            total = total + loss.detach()
        return total

    def _loss(self, rows: np.ndarray) -> Any:
        """Summed loss over the trained tokens of some rows."""
        import torch
        from torch.nn import functional

        chosen = [self.queries[i] for i in rows]
        ids = pad_right([q.ids for q in chosen])
        width = ids.shape[1]
        inputs = torch.from_numpy(ids).to(self.device)
        flat = torch.from_numpy(np.concatenate([q.positions + k * width for k, q in enumerate(chosen)])).to(self.device)
        logits = logits_at(self.student, inputs, flat)
        logits = (logits if self.only is None else logits[:, self.only]).float()
        if self.teacher is not None:
            with torch.no_grad():
                wish = logits_at(self.teacher, inputs, flat)
                wish = (wish if self.only is None else wish[:, self.only]).float()
            return functional.cross_entropy(logits, wish.softmax(dim=-1), reduction="sum")
        labels = np.concatenate([q.labels for q in chosen]).astype(np.int64)
        labels = labels if self.place is None else self.place[labels]
        return functional.cross_entropy(logits, torch.from_numpy(labels).to(logits.device), reduction="sum")


def shuffled_batches(lengths: np.ndarray, size: int, order: np.random.Generator) -> list[np.ndarray]:
    """One epoch's batches: in random order, each of rows of like length.

    Args:
        lengths: int, (rows,).
        size: Rows a batch; the last may have fewer.
        order: Where the randomness comes from.

    Returns:
        Row indices of each batch; every row once.
    """
    rows = order.permutation(len(lengths))
    block = size * _BATCHES_SORTED_TOGETHER
    batches: list[np.ndarray] = []
    for start in range(0, len(rows), block):
        part = rows[start : start + block]
        part = part[np.argsort(-lengths[part], kind="stable")]
        cut = [part[i : i + size] for i in range(0, len(part), size)]
        batches += [cut[i] for i in order.permutation(len(cut))]
    return batches


def _within(query: Query, tokens: Sequence[int]) -> Query:
    keep = np.isin(query.labels, np.asarray(tokens))
    return Query(query.ids, query.positions[keep], query.labels[keep], query.name)


def _training_budget(model: Any) -> Budget:
    """What one backward pass may hold: activations of every layer are kept, about 160 bytes a unit of width."""
    config = text_config(model)
    width = int(getattr(config, "hidden_size", 1024) or 1024)
    layers = int(getattr(config, "num_hidden_layers", 32) or 32)
    # A power of two, so that a little more or less free memory does not change how a sum is rounded.
    share = 2.0 ** np.floor(np.log2(0.4 * free_memory(model)))
    return Budget(max(1, int(share / (160 * width * layers))), max(1, int(share / (16 * config.vocab_size))))


def _can_fuse(weights: Sequence[Any]) -> bool:
    return all(p.is_floating_point() and p.device.type in ("cpu", "cuda") for p in weights)


def _diverged(name: str, step: int, steps: int, recipe: Recipe) -> ModelError:
    return ModelError(
        f"the fine-tune {name!r} diverged: its loss is not a number by step {step} of {steps}.",
        remedy=f"Lower the learning rate (it was {recipe.learning_rate:g}) or add warm-up.",
    )
