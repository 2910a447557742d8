"""Batches that fit memory: rows sorted by length, cut by a budget, and cut again where memory runs out.

Rows of like length share a batch, so that little of it is padding. Rows are padded on the right and no attention
mask is passed: in a causal model no token sees what stands to its right, so padding there changes nothing, and
without a mask the fast causal kernels serve. (`limen doctor` proves this on the model at hand.)
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from limen.core import ModelError

# Larger batches gain nothing on a CPU, whose caches they outgrow; see benchmarks/throughput.py.
CPU_TOKENS = 1_024
CPU_LOGIT_BYTES = 64 << 20
CUDA_TOKENS = 65_536
CUDA_LOGIT_BYTES = 4 << 30
_SHARE_OF_FREE_MEMORY = 0.25


@dataclass(frozen=True)
class Budget:
    """How much one batch may hold.

    Attributes:
        tokens: Input tokens, padding included.
        logits: Positions whose logits over the whole vocabulary exist at one time.
    """

    tokens: int
    logits: int

    def halved(self) -> Budget:
        """The budget after memory ran out once."""
        return Budget(max(1, self.tokens // 2), max(1, self.logits // 2))


def budget_for(model: Any, max_tokens_per_batch: int | None = None) -> Budget:
    """The budget that a model's device allows, from its free memory.

    Logits cost vocabulary × 4 bytes a position, three times over (logits, their exponentials, a copy in float32);
    hidden states cost about twelve times the width a token. Both stay within a quarter of what is free.

    Args:
        model: The model.
        max_tokens_per_batch: Overrules the tokens.
    """
    config = text_config(model)
    vocabulary, width = int(config.vocab_size), int(getattr(config, "hidden_size", 1024) or 1024)
    on_cuda = str(model_device(model)).startswith("cuda")
    tokens, logit_bytes = (CUDA_TOKENS, CUDA_LOGIT_BYTES) if on_cuda else (CPU_TOKENS, CPU_LOGIT_BYTES)
    share = _SHARE_OF_FREE_MEMORY * free_memory(model)
    tokens = max(1, min(tokens, int(share / (48 * width))))
    logits = max(1, int(min(logit_bytes, share) / (12 * vocabulary)))
    return Budget(max_tokens_per_batch or tokens, logits)


def free_memory(model: Any) -> float:
    """Bytes free on the model's device; on a CPU whatever the system says, or 4 GB where it says nothing."""
    import torch

    device = model_device(model)
    if str(device).startswith("cuda"):
        return float(torch.cuda.mem_get_info(device)[0])
    try:
        return float(os.sysconf("SC_AVPHYS_PAGES")) * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError, AttributeError):
        return 4e9


def model_device(model: Any) -> Any:
    """Where a model takes its input: the device of its embedding."""
    embedding = model.get_input_embeddings()
    return embedding.weight.device if hasattr(embedding, "weight") else next(model.parameters()).device


def text_config(model: Any) -> Any:
    """The part of a model's config that describes its text decoder."""
    return model.config.get_text_config(decoder=True)


def context_length(model: Any) -> int | None:
    """Most tokens a row may have, where the model's config says so."""
    config = text_config(model)
    for name in ("max_position_embeddings", "n_positions", "n_ctx"):
        length = getattr(config, name, None)
        if isinstance(length, int) and length > 0:
            return length
    return None


def plan(lengths: Sequence[int], wanted: Sequence[int], budget: Budget) -> list[np.ndarray]:
    """Cut rows into batches of like length.

    Args:
        lengths: Tokens of each row.
        wanted: Positions of each row whose logits are needed.
        budget: What a batch may hold; a row beyond it is a batch by itself.

    Returns:
        Indices of the rows of each batch, the longest rows first, so that memory runs out at once or never.
    """
    order = np.argsort(-np.asarray(lengths, dtype=np.int64), kind="stable")
    batches: list[np.ndarray] = []
    start = 0
    longest = logits = 0
    for at, row in enumerate(order):
        if at == start:
            longest, logits = int(lengths[row]), 0
        logits += int(wanted[row])
        if at > start and ((at - start + 1) * longest > budget.tokens or logits > budget.logits):
            batches.append(order[start:at])
            start, longest, logits = at, int(lengths[row]), int(wanted[row])
    if start < len(order):
        batches.append(order[start:])
    return batches


def run(
    lengths: Sequence[int],
    wanted: Sequence[int],
    budget: Budget,
    work: Callable[[np.ndarray], None],
    done: Callable[[int], None] | None = None,
) -> None:
    """Do a batch after another; where memory runs out, halve the budget and go on with what is left.

    Args:
        lengths: Tokens of each row.
        wanted: Positions of each row whose logits are needed.
        budget: What a batch may hold.
        work: Does one batch, given the indices of its rows.
        done: Told how many rows a finished batch held.

    Raises:
        ModelError: Not even one row fits.
    """
    length_of, wanted_of = np.asarray(lengths), np.asarray(wanted)
    queue = plan(lengths, wanted, budget)
    while queue:
        batch = queue[0]
        try:
            work(batch)
        except Exception as error:
            if not out_of_memory(error):
                raise
            _free_cache()
            if len(batch) == 1:
                raise ModelError(
                    f"memory ran out on a single row of {int(length_of[batch[0]])} tokens.",
                    remedy="Lower --max-length, or load the model in bfloat16 or 4 bits.",
                ) from error
            left = np.concatenate(queue)
            budget = Budget(
                min(budget.halved().tokens, int(length_of[batch].max()) * len(batch) // 2), budget.halved().logits
            )
            queue = [left[b] for b in plan(length_of[left].tolist(), wanted_of[left].tolist(), budget)]
            continue
        queue.pop(0)
        if done:
            done(len(batch))


def out_of_memory(error: BaseException) -> bool:
    """Whether an exception means that memory ran out, on any device."""
    import torch

    if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
        return True
    return isinstance(error, RuntimeError) and "can't allocate memory" in str(error)


def _free_cache() -> None:
    import torch

    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def pad_right(rows: Sequence[np.ndarray]) -> np.ndarray:
    """Rows of token ids as one array, each filled up on the right with its own last token.

    Returns:
        int64, (rows, longest).
    """
    longest = max(len(r) for r in rows)
    out = np.empty((len(rows), longest), dtype=np.int64)
    for i, row in enumerate(rows):
        out[i, : len(row)] = row
        out[i, len(row) :] = row[-1]
    return out
