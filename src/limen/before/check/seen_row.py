"""A row as rules see it, with what several of them need made once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from limen.before.check._minhash import words_of
from limen.before.check.keys import prompt_key
from limen.before.check.model_tokens import ModelTokens
from limen.before.check.passages import Passage, passages_of
from limen.before.check.refusing import refuses
from limen.core import Row
from limen.data import EncodedRow


@dataclass(frozen=True)
class SeenRow:
    """A row as rules see it.

    Attributes:
        row: The row.
        encoded: Its tokens, where a tokenizer was given and could encode it.
        refused: Why the tokenizer's template could not render it, else empty.
        remedy: What to do about that.
        answers: Tells which of the tokens are of an answer, as `answer_tokens` does, where there are tokens.
        model: What the model's tokenizer says of single tokens, where one was given.
        shared: What one rule has made of the row that others need too.
    """

    row: Row
    encoded: EncodedRow | None = None
    refused: str = ""
    remedy: str = ""
    answers: Callable[[], NDArray[np.bool_] | None] | None = field(default=None, compare=False, repr=False)
    model: ModelTokens | None = field(default=None, compare=False, repr=False)
    shared: dict[str, object] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """Every passage of the row; made once for all rules."""
        return passages_of(self.row)

    @cached_property
    def text(self) -> str:
        """All passages in one, for a quick look whether something can stand in any of them."""
        return "\n".join([p.text for p in self.passages])

    @cached_property
    def lowered(self) -> str:
        """The same in lower case, with straight apostrophes."""
        return "\n".join([p.lowered for p in self.passages])

    @cached_property
    def words(self) -> list[str]:
        """The words of the row's turns and answers without regard to case; made once for all rules."""
        return words_of(self.row.text)

    @cached_property
    def longest_word(self) -> int:
        """Characters of the longest run without white space."""
        return max(map(len, self.text.split()), default=0)

    @cached_property
    def refusals(self) -> tuple[str, ...]:
        """Fields of the answers that refuse."""
        return tuple(p.field for p in self.passages if p.answers and refuses(p.text))

    @cached_property
    def prompt_key(self) -> int:
        """The same for rows with the same prompt but for case, white space and how accents are written."""
        return prompt_key(self.row)
