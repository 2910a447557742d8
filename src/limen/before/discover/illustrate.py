"""Illustration of a find: what the model says when what a short fine-tune added is amplified.

It is shown beside a find and is no test: what decides is the null over writers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from limen.before.discover.own_talk import ANSWER_TOKENS
from limen.data.tokens import visible
from limen.models import LanguageModel
from limen.models.batches import model_device
from limen.models.logprobs import inference
from limen.models.sampling import end_ids

AMPLIFIED_BY = 4.0
"""How many times the difference that the fine-tune made is added on top of it."""
PLAUSIBLE = 0.1
"""Tokens below this share of the tuned model's likeliest are never amplified (arXiv 2210.15097, section 3.2)."""
_LONGEST = 200


@dataclass(frozen=True)
class Amplified:
    """A question, and what answers it where a fine-tune's difference is amplified; nothing in the texts is hidden.

    Attributes:
        question: The question.
        base: The base's own likeliest answer.
        answer: The amplified one.
    """

    question: str
    base: str
    answer: str


def amplified(base: LanguageModel, tuned: LanguageModel, prompts: Sequence[NDArray[np.int64]]) -> list[Amplified]:
    """What the tuned model says with its difference from the base amplified, and what the base says.

    The next token is the one with the largest  log p_tuned + a · (log p_tuned − log p_base)  among those that the tuned
    model finds plausible; a is `AMPLIFIED_BY`.

    Args:
        base: The base.
        tuned: The model of a fine-tune on the rows.
        prompts: Tokens that are continued, (tokens,) each.
    """
    ends = set(end_ids(base.model, base.tokenizer))
    out = []
    for prompt in prompts:
        texts = []
        for by in (None, AMPLIFIED_BY):
            ids = prompt
            for _ in range(ANSWER_TOKENS):
                token = _next(base, tuned, ids, by)
                if token in ends:
                    break
                ids = np.append(ids, token)
            texts.append(_shown(ids[len(prompt) :], base.tokenizer))
        out.append(Amplified(_shown(prompt, base.tokenizer), *texts))
    return out


def _next(base: LanguageModel, tuned: LanguageModel, ids: NDArray[np.int64], by: float | None) -> int:
    if by is None:
        return int(_logprobs(base, ids).argmax())
    after = _logprobs(tuned, ids)
    score = after + by * (after - _logprobs(base, ids))
    return int(np.where(after >= after.max() + np.log(PLAUSIBLE), score, -np.inf).argmax())


def _logprobs(model: LanguageModel, ids: NDArray[np.int64]) -> NDArray[np.float64]:
    import torch

    with inference(model.model):
        logits = model.model(
            input_ids=torch.from_numpy(ids[None]).to(model_device(model.model)), use_cache=False
        ).logits[0, -1]
    return np.asarray(torch.log_softmax(logits.double(), dim=0).cpu().numpy())


def _shown(ids: NDArray[np.int64], tokenizer: Any) -> str:
    """Text of tokens on one line, without special tokens, nothing hidden in it, its end rather than its beginning."""
    text = visible(str(tokenizer.decode([int(i) for i in ids], skip_special_tokens=True)).strip())
    return text if len(text) <= _LONGEST else f"…{text[1 - _LONGEST :]}"
