"""PromptSample: the words of up to 2,000 prompts, drawn so that each is as likely to be among them (Vitter 1985).

Rules that look at prompts as a whole run in one process and share one sample: the first that sees a row draws it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from limen.before.check._minhash import words_of
from limen.before.check.frames import Frame, frames_of
from limen.before.check.reservoir import Reservoir
from limen.before.check.seen_row import SeenRow
from limen.before.check.tf_idf import cosines
from limen.core import Row

SAMPLE = 2_000
READS = "prompts"
"""What rules that share a sample say that they read."""

_READ = 2_000


@dataclass(frozen=True)
class Prompt:
    """A prompt of the sample.

    Attributes:
        row_id: Its row's id.
        index: The row's position in the source, from 0.
        words: Its words, of the first 2,000 characters.
        frames: What may be its template, of the same.
    """

    row_id: str
    index: int
    words: list[str]
    frames: list[Frame]


class PromptSample:
    """A sample of prompts."""

    def __init__(self) -> None:
        self._sample = Reservoir[Prompt](SAMPLE)

    @property
    def total(self) -> int:
        """How many prompts it is drawn from."""
        return self._sample.total

    def seeing(self, seen: SeenRow) -> PromptSample:
        """The sample with the last turn of a row's prompt drawn or not: another rule's, where that was first.

        Args:
            seen: A row with a prompt.
        """
        shared = seen.shared.get(READS)
        if isinstance(shared, PromptSample):
            return shared
        seen.shared[READS] = self
        self.add(seen.row, seen.row.prompt[-1].content)
        return self

    def add(self, row: Row, text: str) -> None:
        """Draw a text, or not.

        Args:
            row: Its row.
            text: The text.
        """
        self._sample.add(lambda: Prompt(row.id, row.index, words_of(text[:_READ]), frames_of(text[:_READ])))

    def __len__(self) -> int:
        return len(self._sample.kept)

    @cached_property
    def prompts(self) -> list[Prompt]:
        """The prompts in the order of their rows; asked for after the last row."""
        return sorted(self._sample.kept, key=lambda one: one.index)

    @cached_property
    def alike(self) -> NDArray[np.float32]:
        """The cosine of every two of them as TF-IDF vectors, shape (prompts, prompts)."""
        return cosines([one.words for one in self.prompts])
