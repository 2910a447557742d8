"""Log-probabilities of chosen tokens, without the logits of the others.

For a row x and a trained position i, the log-probability is log p(x_i | x_<i) = z[x_i] − log Σ_v exp z[v], where z
are the logits at position i − 1. Only those positions are handed to the output head: a hook in front of it picks
their hidden states, whatever the architecture does to the logits afterwards (Gemma caps them, Cohere scales them).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from limen.core import ModelError, Progress, RowError
from limen.models.batches import budget_for, context_length, model_device, pad_right, run, text_config


@dataclass(frozen=True)
class Query:
    """Tokens whose log-probabilities are wanted.

    Attributes:
        ids: int, (tokens,): what the model reads.
        positions: int, (wanted,): where the prediction is read off.
        labels: int, (wanted,): the token that comes after each position.
        name: The row, for an error message.
    """

    ids: np.ndarray
    positions: np.ndarray
    labels: np.ndarray
    name: str = ""


def query_of(ids: np.ndarray, trained: np.ndarray, name: str = "") -> Query:
    """The query for the trained tokens of a row; its last token is never read, only predicted.

    A trained first token has nothing before it: it is not asked for.
    """
    labels_at = np.flatnonzero(trained)
    labels_at = labels_at[labels_at > 0]
    end = int(labels_at[-1]) if len(labels_at) else 0
    return Query(ids[:end], labels_at - 1, ids[labels_at], name)


def score(
    model: Any,
    queries: Sequence[Query],
    *,
    max_tokens_per_batch: int | None = None,
    progress: Progress | None = None,
    task: str = "score",
) -> list[np.ndarray]:
    """Log-probabilities that a model gives.

    Args:
        model: A causal language model.
        queries: What is asked.
        max_tokens_per_batch: Overrules the budget that the device's free memory gives.
        progress: Told of rows done.
        task: What the progress calls it.

    Returns:
        For each query float32, (wanted,), natural logarithms.

    Raises:
        RowError: A row is longer than the context, or holds a token that the model does not have.
        ModelError: Not even one row fits memory.
    """
    import torch

    check_queries(model, queries)
    out = [np.zeros(len(q.labels), dtype=np.float32) for q in queries]
    asked = [i for i, q in enumerate(queries) if len(q.labels)]
    device = model_device(model)
    if progress:
        progress.start(task, len(queries))
        progress.advance(task, len(queries) - len(asked))

    def one_batch(batch: np.ndarray) -> None:
        chosen = [asked[i] for i in batch]
        ids = pad_right([queries[i].ids for i in chosen])
        width = ids.shape[1]
        flat = np.concatenate([queries[i].positions + k * width for k, i in enumerate(chosen)])
        labels = np.concatenate([queries[i].labels for i in chosen]).astype(np.int64)
        # The options of one probe are read off at one position: its logits are computed once.
        flat, position_of = np.unique(flat, return_inverse=True)
        logits = logits_at(model, torch.from_numpy(ids).to(device), torch.from_numpy(flat).to(device))
        found = label_logprobs(logits, torch.from_numpy(labels), torch.from_numpy(position_of)).cpu().numpy()
        start = 0
        for i in chosen:
            stop = start + len(queries[i].labels)
            out[i] = found[start:stop]
            start = stop

    with inference(model):
        run(
            [len(queries[i].ids) for i in asked],
            [len(queries[i].labels) for i in asked],
            budget_for(model, max_tokens_per_batch),
            one_batch,
            (lambda n: progress.advance(task, n)) if progress else None,
        )
    if progress:
        progress.done(task)
    return out


def logits_at(model: Any, ids: Any, flat: Any, **inputs: Any) -> Any:
    """Logits at chosen positions alone.

    Args:
        model: A causal language model.
        ids: int64, (rows, width).
        flat: int64, (wanted,): row × width + position of each.
        inputs: What else the forward pass takes.

    Returns:
        (wanted, vocabulary) in the model's own number format.
    """
    with only_positions(model, flat) as was_picked:
        logits = model(input_ids=ids, use_cache=False, **inputs).logits
    if was_picked:
        return logits[0]
    return logits.reshape(-1, logits.shape[-1])[flat.to(logits.device)]


@contextmanager
def only_positions(model: Any, flat: Any) -> Iterator[list[bool]]:
    """Let the output head see chosen positions alone, as one row of (1, wanted, width).

    Yields:
        A list that is empty as long as the head was not called: a model that computes its logits elsewhere
        gives all of them.
    """
    called: list[bool] = []
    head = model.get_output_embeddings()
    if head is None:
        yield called
        return

    def pick(_module: Any, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        called.append(True)
        hidden = arguments[0]
        chosen = hidden.reshape(-1, hidden.shape[-1]).index_select(0, flat.to(hidden.device))
        return (chosen.unsqueeze(0), *arguments[1:])

    handle = head.register_forward_pre_hook(pick)
    try:
        yield called
    finally:
        handle.remove()


def label_logprobs(logits: Any, labels: Any, position_of: Any) -> Any:
    """Log-probability of labels.

    Args:
        logits: (positions, vocabulary), any number format.
        labels: int64, (wanted,).
        position_of: int64, (wanted,): the row of `logits` that predicts each label.

    Returns:
        float32, (wanted,).
    """
    logits = logits.float()
    labels, position_of = labels.to(logits.device), position_of.to(logits.device)
    return logits[position_of, labels] - logits.logsumexp(dim=1)[position_of]


@contextmanager
def inference(model: Any) -> Iterator[None]:
    """No gradients, and dropout off; the model's mode is as it was afterwards.

    Not torch's inference mode: what a model keeps from such a forward pass could not be trained on afterwards.
    """
    import torch

    training = [m for m in model.modules() if m.training] if model.training else []
    if training:
        model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        for module in training:
            module.training = True


def check_queries(model: Any, queries: Sequence[Query]) -> None:
    """Refuse rows that the model cannot read; see `score`."""
    limit = context_length(model)
    size = int(getattr(text_config(model), "vocab_size", 0)) or None
    embedding = model.get_input_embeddings()
    if hasattr(embedding, "num_embeddings"):
        size = int(embedding.num_embeddings)
    for query in queries:
        where = f"row {query.name}" if query.name else ""
        if limit and len(query.ids) > limit:
            raise RowError(
                f"it has {len(query.ids) + 1} tokens, and the model reads {limit}.",
                remedy=f"Cut rows with --max-length {limit}.",
                where=where,
            )
        if size and len(query.labels) and max(int(query.ids.max()), int(query.labels.max())) >= size:
            raise ModelError(
                f"the tokenizer gives token {max(int(query.ids.max()), int(query.labels.max()))}, and the model has"
                f" {size} tokens: this tokenizer belongs to another model.",
                remedy="Load the tokenizer from the model's own folder, or resize the model's embeddings.",
                where=where,
            )
