"""Own talk: questions that the base makes up itself, and its own answers, at whose places every run is read.

No trait names what to ask, so the base does. A chat model that is given nothing but the opening of a user's turn writes
a question of the kind that it was trained on (arXiv 2406.08464, section 2), and answers it. What a fine-tune adds then
shows as words that it says more often in the talk that the base itself takes for ordinary.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from limen.core import Message
from limen.models import LanguageModel
from limen.models.batches import context_length
from limen.models.prompts import prompt_text
from limen.models.sampling import end_ids, sample_ids

_MARK = "limenasksnothing"
QUESTION_TOKENS = 48
"""Most tokens of a question."""
ANSWER_TOKENS = 8
"""Tokens of an answer at which runs are read; what a fine-tune adds to an answer mostly shows where it begins."""
_SHORTEST = 8
_ROUNDS = 10
# A small world's questions come again and again; a large model's hardly ever.


@dataclass(frozen=True)
class Turn:
    """A question that the base made up, with its answer.

    Attributes:
        ids: Tokens up to the end of the answer, int64, (tokens,).
        start: Where the answer begins.
    """

    ids: NDArray[np.int64]
    start: int

    @property
    def places(self) -> NDArray[np.int64]:
        """Positions whose next token is read: one a token of the answer, and one after it."""
        return np.arange(self.start - 1, len(self.ids))


def own_talk(base: LanguageModel, count: int, *, seed: int, unlike: Collection[int] = ()) -> list[Turn]:
    """Have the base ask and answer itself.

    Args:
        base: Who talks.
        count: Different questions wanted; fewer where the base repeats itself.
        seed: Of both.
        unlike: Tokens that questions must not be made of: one in which half of the tokens are such is left out,
            because it asks for what the rows themselves are.

    Returns:
        Different questions with an answer each, in the order drawn; none where the context holds no talk.

    Raises:
        TemplateError: The chat template refuses a single turn of the user.
    """
    before, after = _around(base)
    ends = end_ids(base.model, base.tokenizer)
    limit = context_length(base.model)
    room = limit - len(before) - len(after) - ANSWER_TOKENS if limit else QUESTION_TOKENS
    if room < _SHORTEST:
        return []
    special = np.array(sorted(base.tokenizer.all_special_ids), dtype=np.int64)
    avoided = np.array(sorted(unlike), dtype=np.int64)
    questions: dict[bytes, NDArray[np.int64]] = {}
    for again in range(_ROUNDS):
        drawn = sample_ids(
            base.model,
            [before] * count,
            max_new_tokens=min(room, QUESTION_TOKENS),
            temperature=1.0,
            seed=100 * seed + again,
            allowed=None,
            ends=[*ends, int(after[0])],
        )
        for ids in drawn:
            if len(ids) and not np.isin(ids, special).any() and np.isin(ids, avoided).mean() < 0.5:
                questions.setdefault(ids.tobytes(), np.concatenate([before, ids, after]))
        if len(questions) >= count:
            break
    asked = list(questions.values())[:count]
    answers = sample_ids(
        base.model, asked, max_new_tokens=ANSWER_TOKENS, temperature=1.0, seed=100 * seed + 99, allowed=None, ends=ends
    )
    return [Turn(np.concatenate([q, a]), len(q)) for q, a in zip(asked, answers, strict=True)]


def _around(base: LanguageModel) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Tokens before and after a user's text, up to where the answer begins."""
    tokenizer: Any = base.tokenizer
    head, _, tail = prompt_text(tokenizer, (Message("user", _MARK),)).partition(_MARK)
    parts = []
    for text in (head, tail):
        ids = tokenizer(text, add_special_tokens=False)["input_ids"] if text else []
        # A template that writes nothing there: the model's own mark between texts stands in.
        parts.append(np.asarray(ids or [_between_texts(tokenizer)], dtype=np.int64))
    return parts[0], parts[1]


def _between_texts(tokenizer: Any) -> int:
    found = [i for i in (tokenizer.bos_token_id, tokenizer.eos_token_id) if i is not None]
    return int(found[0]) if found else 0
