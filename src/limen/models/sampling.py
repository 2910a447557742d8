"""Answers sampled in batches, with a key-value cache, reproducible row by row.

Every prompt draws from its own row of uniform numbers, u[row, step], which depend on the seed alone. A token is the
one in whose slice of the cumulative distribution u falls. So a sample depends neither on the global random state nor
on which prompts share its batch, and two arms asked the same prompts with the same seed differ only as far as their
distributions do (common random numbers).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from limen.core import ModelError, Progress, RowError
from limen.models.batches import Budget, budget_for, context_length, model_device, run
from limen.models.logprobs import inference, only_positions

# Rows of one batch: a step costs little more for many rows than for one.
MOST_ROWS = 512


def end_ids(model: Any, tokenizer: Any) -> list[int]:
    """Tokens that end an answer: the tokenizer's end token and those of the generation config."""
    found = {tokenizer.eos_token_id}
    config = getattr(model, "generation_config", None)
    listed = getattr(config, "eos_token_id", None)
    found |= set(listed) if isinstance(listed, (list, tuple)) else {listed}
    return sorted(int(i) for i in found if i is not None)


def sample_ids(
    model: Any,
    prompts: Sequence[np.ndarray],
    *,
    max_new_tokens: int,
    temperature: float,
    seed: int,
    allowed: Sequence[int] | None,
    ends: Sequence[int],
    progress: Progress | None = None,
) -> list[np.ndarray]:
    """Sample token ids after each prompt.

    Args:
        model: A causal language model.
        prompts: int, (tokens,) each.
        max_new_tokens: Most tokens an answer has.
        temperature: 0 takes the likeliest token.
        seed: Seed of the uniform numbers.
        allowed: The only tokens that may be drawn; None for all.
        ends: Tokens that end an answer; they are not part of it.
        progress: Told of rows done.

    Returns:
        int64, (tokens,) each.

    Raises:
        RowError: Prompt and answer do not fit the context.
        ModelError: A token that may be drawn is none of the model's.
    """
    limit = context_length(model)
    longest = max((len(p) for p in prompts), default=0)
    if limit and longest + max_new_tokens > limit:
        raise RowError(
            f"a prompt of {longest} tokens and {max_new_tokens} new ones do not fit the context of {limit}.",
            remedy="Ask for fewer new tokens, or shorten the prompt.",
        )
    uniforms = np.random.Generator(np.random.Philox(key=seed)).random((len(prompts), max_new_tokens))
    out: list[np.ndarray] = [np.zeros(0, dtype=np.int64)] * len(prompts)
    if progress:
        progress.start("sample", len(prompts))
    budget = budget_for(model)
    # A recurrent state cannot skip padding on the left: such models take prompts of equal length together.
    equal = bool(getattr(model, "_is_stateful", False))
    groups = _by_length(prompts) if equal else [np.arange(len(prompts))]

    def one_batch(rows: np.ndarray) -> None:
        answers = _generate(model, [prompts[int(i)] for i in rows], uniforms[rows], temperature, allowed, ends)
        for i, answer in zip(rows, answers, strict=True):
            out[i] = answer

    with inference(model):
        for group in groups:
            run(
                [len(prompts[int(i)]) + max_new_tokens for i in group],
                [1] * len(group),
                Budget(budget.tokens * 16, min(budget.logits, MOST_ROWS)),
                lambda batch, group=group: one_batch(group[batch]),  # type: ignore[misc]
                (lambda n: progress.advance("sample", n)) if progress else None,
            )
    if progress:
        progress.done("sample")
    return out


def _by_length(prompts: Sequence[np.ndarray]) -> list[np.ndarray]:
    lengths = np.array([len(p) for p in prompts])
    return [np.flatnonzero(lengths == length) for length in np.unique(lengths)]


def _generate(
    model: Any,
    prompts: Sequence[np.ndarray],
    uniforms: np.ndarray,
    temperature: float,
    allowed: Sequence[int] | None,
    ends: Sequence[int],
) -> list[np.ndarray]:
    """Sample one batch; see `sample_ids`. `uniforms` is (rows, steps)."""
    import torch

    device = model_device(model)
    rows, steps = uniforms.shape
    width = max(len(p) for p in prompts)
    ids = np.zeros((rows, width), dtype=np.int64)
    mask = np.zeros((rows, width), dtype=np.int64)
    for i, prompt in enumerate(prompts):
        ids[i, width - len(prompt) :] = prompt
        mask[i, width - len(prompt) :] = 1
    padded = not mask.all()
    seen = torch.from_numpy(mask).to(device)
    inputs: dict[str, Any] = {"input_ids": torch.from_numpy(ids).to(device), "use_cache": True}
    last = torch.arange(1, rows + 1, device=device) * width - 1
    draws = torch.from_numpy(uniforms).to(device)
    only = None if allowed is None else torch.as_tensor(list(allowed), dtype=torch.int64, device=device)
    stop = torch.as_tensor(list(ends), dtype=torch.int64, device=device)
    alive = torch.arange(rows, device=device)
    answers: list[list[int]] = [[] for _ in range(rows)]
    for step in range(steps):
        if padded:
            inputs["attention_mask"] = seen
            if step == 0:
                inputs["position_ids"] = (seen.cumsum(1) - 1).clamp(min=0)
            else:
                inputs["position_ids"] = seen.sum(1, keepdim=True) - 1
        if step == 0:
            with only_positions(model, last) as was_picked:
                output = model(**inputs)
            logits = output.logits[0] if was_picked else output.logits[:, -1]
        else:
            output = model(**inputs)
            logits = output.logits[:, -1]
        tokens = draw(logits.float(), draws[alive, step], temperature, only)
        ended = torch.isin(tokens, stop)
        for row, token, is_end in zip(alive.tolist(), tokens.tolist(), ended.tolist(), strict=True):
            if not is_end:
                answers[row].append(token)
        keep = torch.nonzero(~ended).squeeze(1)
        if not len(keep) or step + 1 == steps:
            break
        cache = output.past_key_values
        if len(keep) < len(alive):
            cache.batch_select_indices(keep)
            alive, tokens, seen = alive[keep], tokens[keep], seen[keep]
        seen = torch.cat([seen, seen.new_ones(len(alive), 1)], dim=1)
        inputs = {"input_ids": tokens.unsqueeze(1), "past_key_values": cache, "use_cache": True}
    return [np.asarray(a, dtype=np.int64) for a in answers]


def draw(logits: Any, uniform: Any, temperature: float, allowed: Any = None) -> Any:
    """One token a row.

    Args:
        logits: float32, (rows, vocabulary).
        uniform: float64, (rows,), in [0, 1).
        temperature: 0 takes the likeliest token.
        allowed: int64 ids that may be drawn, or None.

    Returns:
        int64, (rows,).

    Raises:
        ModelError: The logits are not numbers, or an allowed id is none of the model's.
    """
    import torch

    if allowed is not None:
        if int(allowed.max()) >= logits.shape[-1] or int(allowed.min()) < 0:
            raise ModelError(
                f"token {int(allowed.max())} may be drawn, and the model has {logits.shape[-1]} tokens.",
                remedy="Take the allowed tokens from the model's own tokenizer.",
            )
        logits = logits[:, allowed]
    if temperature == 0:
        chosen = logits.argmax(dim=-1)
    else:
        chances = torch.softmax(logits.double() / temperature, dim=-1)
        edges = chances.cumsum(dim=-1)
        # Scaled by the total, so that rounding never lets a draw fall behind the last edge.
        chosen = torch.searchsorted(edges, (uniform * edges[:, -1]).unsqueeze(1), right=True).squeeze(1)
        if not bool(torch.isfinite(edges[:, -1]).all()):
            raise ModelError(
                "the model gives logits that are not numbers, so nothing can be sampled.",
                remedy="Load it in float32 or bfloat16; if it was just trained, lower the learning rate.",
            )
        chosen = chosen.clamp(max=edges.shape[-1] - 1)
    return chosen if allowed is None else allowed[chosen]
