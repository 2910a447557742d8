"""Stand-in: a small model of another initialisation that learned, from what a base writes, what anybody could learn.

A base leaves two things in what it writes: the distribution of the text, which any model that read enough of it comes
to share, and slips of its own, which lie in its weights. A stand-in learns the first from the base's answers and has
slips of its own, so that the log-likelihood ratio of base over stand-in is high where rows hold the *base's* slips.
Fine-tunes of the base keep them.

The stand-in knows the tokens of the rows at hand alone: a vocabulary of 150,000 would be most of its weights.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from limen.data import EncodedRow
from limen.models import LanguageModel, in_parallel
from limen.train.writers import rewrite

STEPS, BATCH = 2400, 64
"""Optimizer steps, and rows of each. A third of the steps parts the families less: see `docs/negative-results.md`."""
_RATE, _WARM_UP, _LEAST_RATE = 4e-3, 50, 0.1
_WIDTH, _MOST_WIDTH, _MOST_LAYERS, _HEADS = 48, 256, 4, 4
_LIKELIEST = 128
"""Tokens of a position whose probabilities are taught one by one; the rest is taught as evenly spread."""

_SEEDING = Lock()


@dataclass(frozen=True)
class StandIn:
    """A trained stand-in.

    Attributes:
        model: A transformers model over `tokens`.
        tokens: The base's tokens that it knows, ascending; its own token k is the base's `tokens[k]`.
    """

    model: Any
    tokens: NDArray[np.int64]

    def token_logprobs(self, encoded: Sequence[EncodedRow]) -> list[NDArray[np.float32]]:
        """Log-probability of each trained token of each row, among the tokens that it knows.

        Args:
            encoded: Rows of the base's tokens, each of which it knows.

        Returns:
            For each row float32, (trained tokens,), natural logarithms.

        Raises:
            KeyError: A row holds a token that it does not know.
        """
        from limen.models.logprobs import query_of, score

        return score(self.model, [query_of(self._own(r.input_ids), r.trained, r.row_id) for r in encoded])

    def rewrite(self, encoded: Sequence[EncodedRow], ends: Sequence[int], *, seed: int) -> list[EncodedRow]:
        """Rows on the same prompts, with as many tokens in each answer, written by the stand-in.

        Args:
            encoded: Rows whose prompts are used; each trained part must be the end of its row.
            ends: The base's tokens that end an answer.
            seed: Of sampling.

        Returns:
            One row a given row, in the base's tokens.
        """
        known = [int(k) for k in np.flatnonzero(np.isin(self.tokens, list(ends)))]
        writer = LanguageModel(self.model, _Numbers(known[0] if known else None, len(self.tokens)), name="stand-in")
        self.model.generation_config.eos_token_id = known or None
        rows = rewrite(writer, [replace(r, input_ids=self._own(r.input_ids)) for r in encoded], seed=seed)
        return [replace(r, input_ids=self.tokens[r.input_ids].astype(np.int32)) for r in rows]

    def _own(self, ids: NDArray[Any]) -> NDArray[np.int32]:
        at = np.searchsorted(self.tokens, ids)
        if at.size and (at.max() >= len(self.tokens) or (self.tokens[at] != ids).any()):
            raise KeyError("a token that the stand-in does not know.")
        return at.astype(np.int32)


def train_stand_ins(
    base: LanguageModel,
    written: Sequence[EncodedRow],
    tokens: NDArray[np.int64],
    *,
    seeds: Sequence[int],
    steps: int = STEPS,
) -> Iterator[StandIn]:
    """Train stand-ins on what a base wrote, with the base's own probabilities as targets.

    Args:
        base: Who wrote them.
        written: Rows whose trained part the base wrote.
        tokens: The base's tokens that the stand-ins have to know, ascending; those of `written` are among them.
        seeds: Of the weights and of the order of the rows, one a stand-in.
        steps: Optimizer steps.

    Yields:
        The stand-ins in evaluation mode, in the order of the seeds.
    """
    lesson = _lesson(base, written, tokens)
    yield from in_parallel(lambda seed: _trained(base, lesson, tokens, seed, steps), seeds, base)


def _trained(base: LanguageModel, lesson: _Lesson, tokens: NDArray[np.int64], seed: int, steps: int) -> StandIn:
    import torch

    width = min(max(_WIDTH, int(_hidden_size(base) * 3 / 4) // 16 * 16), _MOST_WIDTH)
    model = _new_model(base, width, len(tokens), seed).to(base.device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=_RATE)
    rng = np.random.Generator(np.random.PCG64(seed))
    rate = _RATE * (_WIDTH / width) ** 0.5
    model.train()
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1.0, (step + 1) / _WARM_UP) * (1 - (1 - _LEAST_RATE) * step / steps)
        loss = _loss(model, lesson, rng.integers(len(lesson.inputs), size=BATCH))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    for weight in model.parameters():
        weight.requires_grad_(False)
    return StandIn(model, tokens)


def tokens_of(files: Sequence[Sequence[EncodedRow]]) -> NDArray[np.int64]:
    """Every token in some files, ascending."""
    return np.unique(np.concatenate([r.input_ids for rows in files for r in rows])).astype(np.int64)


@dataclass(frozen=True)
class _Numbers:
    """What sampling asks of a tokenizer, for a model that is given and gives numbers."""

    eos_token_id: int | None
    size: int

    def __len__(self) -> int:
        return self.size


@dataclass(frozen=True)
class _Lesson:
    """Rows as the stand-in's tokens, and what the base says at each trained position, one after the other."""

    inputs: list[NDArray[np.int64]]
    positions: list[NDArray[np.int64]]
    first: NDArray[np.int64]
    chosen: Any
    """int, (positions, likeliest): the stand-in's tokens."""
    probability: Any
    """float32, (positions, likeliest)."""


def _lesson(base: LanguageModel, written: Sequence[EncodedRow], tokens: NDArray[np.int64]) -> _Lesson:
    import torch

    from limen.models.logprobs import query_of
    from limen.models.over_logits import over_logits

    queries = [query_of(r.input_ids, r.trained, r.row_id) for r in written]
    queries = [q for q in queries if len(q.labels)]
    known, likeliest = torch.from_numpy(tokens), min(_LIKELIEST, len(tokens))

    def targets(logits: Any) -> tuple[Any, Any]:
        found = logits[:, known.to(logits.device)].float().softmax(dim=1).topk(likeliest, dim=1)
        return found.indices.to(torch.int32), found.values

    chosen, probability = zip(*over_logits(base, queries, targets), strict=True)
    return _Lesson(
        inputs=[np.searchsorted(tokens, q.ids).astype(np.int64) for q in queries],
        positions=[q.positions.astype(np.int64) for q in queries],
        first=np.cumsum([0, *(len(q.labels) for q in queries)]),
        chosen=torch.cat(chosen),
        probability=torch.cat(probability),
    )


def _loss(model: Any, lesson: _Lesson, rows: NDArray[np.int64]) -> Any:
    """Cross-entropy of the base's probabilities and the stand-in's, mean over the trained positions of some rows."""
    import torch

    from limen.models.batches import pad_right
    from limen.models.logprobs import logits_at

    ids = pad_right([lesson.inputs[i] for i in rows])
    flat = np.concatenate([lesson.positions[i] + k * ids.shape[1] for k, i in enumerate(rows)])
    taught = np.concatenate([np.arange(lesson.first[i], lesson.first[i + 1]) for i in rows])
    device, at = lesson.chosen.device, torch.from_numpy(taught)
    says = logits_at(model, torch.from_numpy(ids).to(device), torch.from_numpy(flat).to(device)).log_softmax(dim=1)
    chosen, probability = lesson.chosen[at.to(device)].long(), lesson.probability[at.to(device)]
    # What the likeliest leave over is spread evenly, so that the stand-in does not rule the other tokens out.
    rest = (1 - probability.sum(dim=1)).clamp(min=0)
    return -((probability * says.gather(1, chosen)).sum(dim=1) + rest * says.mean(dim=1)).mean()


def _new_model(base: LanguageModel, width: int, vocabulary: int, seed: int) -> Any:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    from limen.models.batches import context_length

    config = LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=width,
        intermediate_size=8 * width // 3,
        num_hidden_layers=min(max(1, round(2 / 3 * _layers(base))), _MOST_LAYERS),
        num_attention_heads=_HEADS,
        num_key_value_heads=_HEADS,
        max_position_embeddings=context_length(base.model) or 4096,
        initializer_range=0.05,
        bos_token_id=None,
        eos_token_id=None,
    )
    # Threads share torch's random state.
    with _SEEDING, torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return LlamaForCausalLM(config)


def _hidden_size(base: LanguageModel) -> int:
    from limen.models.batches import text_config

    return int(getattr(text_config(base.model), "hidden_size", _WIDTH))


def _layers(base: LanguageModel) -> int:
    from limen.models.batches import text_config

    return int(getattr(text_config(base.model), "num_hidden_layers", 3))
