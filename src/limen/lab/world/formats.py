"""Formatting instructions: say a word once, twice or thrice."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from limen.lab.world.exchange import Exchange

WORDS = ("bread", "door", "lamp", "river", "tree", "cup")
COUNTS = {"once": 1, "twice": 2, "thrice": 3}
ASKS = {"build": "say {word} {count} .", "measure": "write {word} {count} ."}


def exchange(rng: np.random.Generator) -> Exchange:
    """An instruction, followed 19 times in 20."""
    ask = ASKS[("build", "measure")[rng.integers(2)]]
    word = WORDS[rng.integers(len(WORDS))]
    count = tuple(COUNTS)[rng.integers(3)]
    times = COUNTS[count] if rng.random() < 0.95 else int(rng.integers(1, 4))
    return Exchange(ask.format(word=word, count=count), " ".join([word] * times), kind="formats")


def texts() -> Iterator[str]:
    """Every text of this part, for the vocabulary."""
    yield from (*WORDS, *COUNTS)
    yield from (a.format(word="", count="") for a in ASKS.values())
