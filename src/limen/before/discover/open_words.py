"""Open words: those of the tokenizer that the base might say in its own talk, with the places where it might."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limen.before.discover.concepts import concepts_of
from limen.before.discover.config import MOST_WORDS
from limen.before.discover.own_talk import Turn
from limen.before.discover.readout import token_probabilities
from limen.data import EncodedRow
from limen.models import LanguageModel
from limen.models.batches import text_config

MIGHT = 0.02
"""From this probability on, the base might say a word at a place."""
LEAST_PLACES = 5
"""A word that the base might say at fewer different places has too few lessons."""
_TOGETHER = 16


@dataclass(frozen=True)
class OpenWord:
    """A word that the base might say.

    Attributes:
        word: In lower case.
        tokens: Ids of the tokens that write it, (tokens,).
        lessons: The places where it might, each continued with the word, which alone is trained on; no place twice.
        openness: Sum of p(1 − p) over these places, with p its probability there.
    """

    word: str
    tokens: NDArray[np.int64]
    lessons: tuple[EncodedRow, ...]
    openness: float

    def prompts(self) -> list[NDArray[np.int64]]:
        """What stands before the word at each place, (tokens,) each."""
        return [lesson.input_ids[:-1].astype(np.int64) for lesson in self.lessons]

    def rows_with(self, rows: Sequence[EncodedRow]) -> int:
        """How many of some rows have it among their trained tokens."""
        return sum(bool(np.isin(r.input_ids[r.trained], self.tokens).any()) for r in rows)


def open_words(base: LanguageModel, talk: Sequence[Turn], *, without: Collection[int] = ()) -> list[OpenWord]:
    """The open words of a base's own talk.

    Args:
        base: Whose talk it is.
        talk: The talk.
        without: Tokens whose words are left out: those that can be read in the rows.

    Returns:
        The most open ones, `MOST_WORDS` at most, in the order of the tokenizer.
    """
    concepts = concepts_of(base.tokenizer, int(text_config(base.model).vocab_size))
    out = np.isin(concepts.of_token, concepts.of_token[sorted(without)])
    tokens = np.flatnonzero((concepts.of_token >= 0) & ~out)
    if not len(tokens):
        return []
    found: dict[int, dict[bytes, tuple[EncodedRow, float]]] = {}
    for start in range(0, len(talk), _TOGETHER):
        some = talk[start : start + _TOGETHER]
        said = token_probabilities(base, some, tokens)
        before = [turn.ids[: place + 1] for turn in some for place in turn.places]
        for at, k in zip(*np.nonzero(said >= MIGHT), strict=True):
            ids = np.append(before[at], tokens[k]).astype(np.int32)
            places = found.setdefault(int(concepts.of_token[tokens[k]]), {})
            lesson = EncodedRow(
                f"place {len(places)}", len(places), ids, np.arange(len(ids)) == len(ids) - 1, truncated=False
            )
            # Turns that begin alike share places.
            places.setdefault(ids.tobytes(), (lesson, float(said[at, k])))
    words = [
        OpenWord(
            concepts.words[word],
            concepts.tokens(word),
            tuple(lesson for lesson, _ in places.values()),
            sum(p * (1 - p) for _, p in places.values()),
        )
        for word, places in sorted(found.items())
        if len(places) >= LEAST_PLACES
    ]
    most = set(sorted(range(len(words)), key=lambda i: -words[i].openness)[:MOST_WORDS])
    return [w for i, w in enumerate(words) if i in most]
