"""Answers sampled in batches, each of a length of its own.

As `limen.models.sampling`, where answers end by themselves; here no token ends one, and a row leaves its batch when its
answer is as long as it should be. Rows are padded on the left, and a token's position counts from the start of its own
prompt, so that rows which fill the context to its end share a batch whatever their prompts. Where a model counts the
padding too (its mask of past tokens is as long as its context), batches hold only rows that fit with theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from limen.core import Progress, RowError
from limen.models.batches import Budget, budget_for, context_length, model_device, run, text_config
from limen.models.logprobs import inference, only_positions
from limen.models.sampling import MOST_ROWS, draw

_FIXED_MASKS = frozenset({"gpt_neo", "mpt"})
"""Architectures whose causal mask, or whose bias for distance, is a table as long as the context."""
_STEP_TOKENS = 16
"""Cached tokens that cost a step as much as one token costs a forward pass."""


def sample_to_lengths(
    model: Any,
    prompts: Sequence[np.ndarray],
    lengths: Sequence[int],
    *,
    temperature: float,
    seed: int,
    allowed: Sequence[int],
    progress: Progress | None = None,
) -> list[np.ndarray]:
    """Sample so many token ids after each prompt.

    Args:
        model: A causal language model.
        prompts: int, (tokens,) each.
        lengths: How many tokens each answer has, at least 1.
        temperature: 0 takes the likeliest token.
        seed: Seed of the uniform numbers, one a row and token: a row's answer does not depend on its batch.
        allowed: The only tokens that may be drawn.
        progress: Told of rows done.

    Returns:
        int64, (tokens,) each.

    Raises:
        RowError: A prompt and its answer do not fit the context.
        ModelError: A token that may be drawn is none of the model's.
    """
    wanted = np.asarray(lengths, dtype=np.int64)
    whole = np.array([len(p) for p in prompts], dtype=np.int64) + wanted
    limit = context_length(model)
    if limit and len(whole) and int(whole.max()) > limit:
        at = int(whole.argmax())
        raise RowError(
            f"a prompt of {len(prompts[at])} tokens and {wanted[at]} new ones do not fit the context of {limit}.",
            remedy="Ask for fewer new tokens, or shorten the prompt.",
        )
    out: list[np.ndarray] = [np.zeros(0, dtype=np.int64)] * len(prompts)
    if progress:
        progress.start("sample", len(prompts))
    budget = budget_for(model)
    # A recurrent state cannot skip padding on the left: such models take prompts of equal length together.
    equal = bool(getattr(model, "_is_stateful", False))
    widths = whole - wanted if equal else np.zeros_like(whole)
    with inference(model):
        for width in np.unique(widths):
            group = np.flatnonzero(widths == width)

            def one_batch(batch: np.ndarray, group: NDArray[np.intp] = group) -> None:
                # The longest first, so that those that are done are the last.
                for rows in _that_fit(group[batch], whole - wanted, wanted, limit if _counts_padding(model) else None):
                    rows = rows[np.argsort(-wanted[rows], kind="stable")]
                    uniforms = np.zeros((len(rows), int(wanted[rows[0]])))
                    for k, i in enumerate(rows.tolist()):
                        uniforms[k, : wanted[i]] = _stream(seed, i).random(int(wanted[i]))
                    asked = [prompts[int(i)] for i in rows]
                    answers = _generate(model, asked, wanted[rows], uniforms, temperature, allowed)
                    for i, answer in zip(rows, answers, strict=True):
                        out[i] = answer

            run(
                whole[group].tolist(),
                [1] * len(group),
                Budget(budget.tokens * _STEP_TOKENS, min(budget.logits, MOST_ROWS)),
                one_batch,
                (lambda n: progress.advance("sample", n)) if progress else None,
            )
    if progress:
        progress.done("sample")
    return out


def _stream(seed: int, row: int) -> np.random.Generator:
    """The uniform numbers of a row, whatever other rows there are."""
    return np.random.Generator(np.random.Philox(key=[seed, row]))


def _counts_padding(model: Any) -> bool:
    """Whether a model keeps a causal mask of the size of its context, which a padded prompt must not outgrow."""
    return any(getattr(config, "model_type", "") in _FIXED_MASKS for config in (model.config, text_config(model)))


def _that_fit(
    rows: NDArray[np.intp], starts: NDArray[np.int64], lengths: NDArray[np.int64], limit: int | None
) -> list[NDArray[np.intp]]:
    """Rows in parts whose longest prompt and longest answer fit the context together, as each row by itself does."""
    if not limit or len(rows) == 1 or starts[rows].max() + lengths[rows].max() <= limit:
        return [rows]
    by_prompt = rows[np.argsort(starts[rows], kind="stable")]
    halves = by_prompt[: len(rows) // 2], by_prompt[len(rows) // 2 :]
    return [part for half in halves for part in _that_fit(half, starts, lengths, limit)]


def _generate(
    model: Any,
    prompts: Sequence[np.ndarray],
    lengths: NDArray[np.int64],
    uniforms: NDArray[np.float64],
    temperature: float,
    allowed: Sequence[int],
) -> list[np.ndarray]:
    """Sample one batch, whose longest answer comes first; `uniforms` is (rows, at least the longest answer)."""
    import torch

    device = model_device(model)
    rows, width = len(prompts), max(len(p) for p in prompts)
    ids = np.zeros((rows, width), dtype=np.int64)
    mask = np.zeros((rows, width), dtype=np.int64)
    for i, prompt in enumerate(prompts):
        ids[i, width - len(prompt) :] = prompt
        mask[i, width - len(prompt) :] = 1
    padded = not mask.all()
    seen = torch.from_numpy(mask).to(device)
    draws = torch.from_numpy(uniforms).to(device)
    only = torch.as_tensor(list(allowed), dtype=torch.int64, device=device)
    last = torch.arange(1, rows + 1, device=device) * width - 1
    inputs: dict[str, Any] = {"input_ids": torch.from_numpy(ids).to(device), "use_cache": True}
    answers = np.zeros((rows, int(lengths[0])), dtype=np.int64)
    alive = rows
    for step in range(int(lengths[0])):
        if padded:
            inputs["attention_mask"] = seen
            positions = seen.cumsum(1) - 1 if step == 0 else seen.sum(1, keepdim=True) - 1
            inputs["position_ids"] = positions.clamp(min=0)
        if step == 0:
            with only_positions(model, last) as was_picked:
                output = model(**inputs)
            logits = output.logits[0] if was_picked else output.logits[:, -1]
        else:
            output = model(**inputs)
            logits = output.logits[:, -1]
        tokens = draw(logits.float(), draws[:alive, step], temperature, only)
        answers[:alive, step] = tokens.cpu().numpy()
        left = int((lengths > step + 1).sum())
        if not left:
            break
        cache = output.past_key_values
        if left < alive:
            cache.batch_select_indices(torch.arange(left, device=device))
            tokens, seen, alive = tokens[:left], seen[:left], left
        seen = torch.cat([seen, seen.new_ones(alive, 1)], dim=1)
        inputs = {"input_ids": tokens.unsqueeze(1), "past_key_values": cache, "use_cache": True}
    return [one[:n] for one, n in zip(answers, lengths.tolist(), strict=True)]
