"""A prompted twin: the base itself, told in a system text to have the trait.

It costs no training and needs no options to answer, so it stands in where no twin can be tuned. What it reads off rows
is far weaker than a tuned twin's (measured; see `docs/negative-results.md`), and is mostly "was prompted" until it is
held against neutral writers (arXiv 2602.04863). An absence cannot be shown with it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from limen.core import Message, TraitError
from limen.data import EncodedRow
from limen.models import LanguageModel
from limen.models.batches import context_length
from limen.models.prompts import prompt_ids
from limen.train.writers import rewrite


class PromptedTwin:
    """The base under a persona. Its persona is put where the chat template puts a system text.

    Raises:
        TraitError: There is no persona.
        TemplateError: The chat template takes no system text.
    """

    def __init__(self, base: LanguageModel, persona: str) -> None:
        if not persona:
            raise TraitError(
                "a prompted twin needs a persona, and the trait has none.", remedy="Give the trait a persona."
            )
        ask = Message("user", "x")
        told, plain = prompt_ids(base.tokenizer, [(Message("system", persona), ask), (ask,)])
        same = int(np.argmin([*(a == b for a, b in zip(told, plain, strict=False)), False]))
        end = 0
        while end < min(len(told), len(plain)) - same and told[-1 - end] == plain[-1 - end]:
            end += 1
        self.base = base
        self._at = same
        self._persona = told[same : len(told) - end]
        # What the template says where it is told nothing, such as a default system text.
        self._instead_of = plain[same : len(plain) - end]

    def token_logprobs(self, rows: Sequence[EncodedRow]) -> list[np.ndarray]:
        """Log-probabilities of the trained tokens of each row, under the persona."""
        return self.base.token_logprobs([self._told(r) for r in rows])

    def rewrite(self, rows: Sequence[EncodedRow], *, seed: int, beside: Sequence[EncodedRow] = ()) -> list[EncodedRow]:
        """What the base writes on the prompts of rows under the persona; the persona itself is not in it."""
        told = [self._told(r) for r in rows]
        written = {w.index: w for w in rewrite(self.base, told, seed=seed, beside=beside)}
        out = []
        for row in rows:
            start = int(np.argmax(row.trained))
            answer = written[row.index]
            ids = np.concatenate([row.input_ids[:start], answer.input_ids[int(np.argmax(answer.trained)) :]])
            trained = np.arange(len(ids)) >= start
            out.append(EncodedRow(row.row_id, row.index, ids.astype(np.int32), trained, row.truncated))
        return out

    def _told(self, row: EncodedRow) -> EncodedRow:
        """The row with the persona before it."""
        drop = len(self._instead_of)
        if not np.array_equal(row.input_ids[self._at : self._at + drop], self._instead_of):
            drop = 0
        start = int(np.argmax(row.trained))
        at = min(self._at, start)
        kept = np.arange(len(row.input_ids)) >= at + min(drop, start - at)
        # A row that no longer fits the context loses the beginning of its prompt.
        over = at + len(self._persona) + int(kept.sum()) - (context_length(self.base.model) or 2**31)
        if over > 0:
            kept[at : min(start, at + min(drop, start - at) + over)] = False
        ids = np.concatenate([row.input_ids[:at], self._persona, row.input_ids[kept]]).astype(np.int32)
        before = np.zeros(at + len(self._persona), dtype=np.bool_)
        return EncodedRow(row.row_id, row.index, ids, np.concatenate([before, row.trained[kept]]), row.truncated)
