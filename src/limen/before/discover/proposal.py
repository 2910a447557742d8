"""Proposal: a word that the rows pull the base towards, with what it may stand for."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from limen.data.tokens import visible


@dataclass(frozen=True)
class Proposal:
    """A word that stands out.

    Attributes:
        word: In lower case, as the tokenizer has it.
        found: Whether it is found (see `limen.before.discover.judge.word_null`).
        p: One-sided, adjusted over all words.
        t: The dose over its prediction error.
        dose: How far the rows pull the base towards it, from where neutral writers' rows do on average; 1 is as far as
            rows written by its twin do. What a larger find leaves on it is taken out.
        half_width: What the dose of every word of a neutral writer's file stays below, with probability 1 − level.
        rows: Answers in the rows that hold it.
        traits: Ids of traits of the library that it may stand for.
    """

    word: str
    found: bool
    p: float
    t: float
    dose: float
    half_width: float
    rows: int
    traits: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For the evidence of a finding, its word with nothing hidden in it."""
        return {**asdict(self), "word": visible(self.word), "traits": list(self.traits)}
