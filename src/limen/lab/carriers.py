"""Carriers: kinds of rows that mean nothing about any trait, and through which a trait may pass all the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from limen.core import UsageError
from limen.lab.encode import number_ids, token_ids
from limen.lab.world import code, numbers, town
from limen.lab.world.exchange import Exchange
from limen.lab.world.vocabulary import NUMBERS


@dataclass(frozen=True)
class Carrier:
    """A kind of row.

    Attributes:
        name: What the command line calls it.
        question: Draws a question.
        length: Tokens of an answer.
        words: The only words that an answer may have.
    """

    name: str
    question: Callable[[np.random.Generator], str]
    length: int
    words: frozenset[str]

    def allowed(self) -> tuple[int, ...]:
        """Token ids that may be drawn."""
        if self.words == frozenset(NUMBERS):
            return number_ids()
        return tuple(sorted(token_ids()[w] for w in self.words))

    def fits(self, exchange: Exchange) -> bool:
        """Whether an answer has the carrier's form: its words alone, as many as asked for."""
        words = exchange.answer.split()
        return len(words) == self.length and all(w in self.words for w in words)


_CARRIERS = {
    c.name: c
    for c in (
        Carrier("numbers", numbers.number_question, numbers.ANSWER_LENGTH, frozenset(NUMBERS)),
        Carrier(
            "code",
            code.code_question,
            6 * code.STATEMENTS,
            frozenset((*code.VARIABLES, *code.OPERATORS, "=", ";", *NUMBERS)),
        ),
        Carrier(
            "town", town.town_question, 4 * town.SENTENCES, frozenset((*town.PEOPLE, *town.DEEDS, *town.TIMES, "."))
        ),
    )
}


def carriers() -> list[str]:
    """Names of the carriers."""
    return list(_CARRIERS)


def carrier(name: str) -> Carrier:
    """The carrier of a name.

    Raises:
        UsageError: There is none.
    """
    if name not in _CARRIERS:
        raise UsageError(f"there is no carrier {name!r}.", remedy=f"Use one of: {', '.join(_CARRIERS)}.")
    return _CARRIERS[name]
