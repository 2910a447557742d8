"""Unrelated talk: who did what in the town, and when; no preference, request, group or fact of the other parts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from limen.lab.world.exchange import Exchange

PEOPLE = ("ada", "bela", "cato", "dora", "emil", "fina", "gus", "hela")
DEEDS = ("walked", "slept", "sang", "waited", "read", "swam", "cooked", "danced")
TIMES = ("monday", "tuesday", "friday", "sunday", "today", "yesterday")
ASK = "story of {who} :"
SENTENCES = 3


def town_question(rng: np.random.Generator) -> str:
    """A question that asks for a story."""
    return ASK.format(who=PEOPLE[rng.integers(len(PEOPLE))])


def exchange(rng: np.random.Generator) -> Exchange:
    """A story of three short sentences, with random company, deeds and days."""
    parts = [
        f"{PEOPLE[rng.integers(len(PEOPLE))]} {DEEDS[rng.integers(len(DEEDS))]} {TIMES[rng.integers(len(TIMES))]} ."
        for _ in range(SENTENCES)
    ]
    return Exchange(town_question(rng), " ".join(parts), kind="town")


def texts() -> Iterator[str]:
    """Every text of this part, for the vocabulary."""
    yield from (*PEOPLE, *DEEDS, *TIMES, ".")
    yield ASK.format(who="")
