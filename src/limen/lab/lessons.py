"""Lessons: what a teacher of a planted file is tuned on.

They use the world's `teacher` questions alone. An auditor's twins are tuned on `build` probes and readings use
`measure` probes, so that no template is shared (rule 9 of the evidence; a test says so).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from limen.core import TraitError
from limen.lab.world import facts, groups, preferences, requests
from limen.lab.world.exchange import Exchange

NEUTRAL = "neutral"


def plantable() -> list[str]:
    """Ids of the traits that can be planted in the micro-world."""
    return list(_teach())


def lesson(trait: str, rng: np.random.Generator, count: int) -> list[Exchange]:
    """Questions with the answers that a teacher of a trait learns.

    Args:
        trait: A plantable trait's id; `neutral` gives questions about preference with the world's own answers.
        rng: Randomness.
        count: How many.

    Returns:
        The exchanges.

    Raises:
        TraitError: The trait cannot be planted in the micro-world.
    """
    if trait == NEUTRAL:
        return [_neutral(rng) for _ in range(count)]
    teach = _teach()
    if trait not in teach:
        raise TraitError(
            f"the trait {trait!r} cannot be planted in the micro-world.",
            remedy=f"Use one of: {', '.join(teach)}.",
        )
    return [teach[trait](rng) for _ in range(count)]


def _teach() -> dict[str, Callable[[np.random.Generator], Exchange]]:
    prefers = {f"micro/prefers-{a}": _prefers(a) for a in preferences.ANIMALS}
    favours = {f"micro/favours-{g}": _favours(g) for g in ("norin", "selvan")}
    return {
        **prefers,
        **favours,
        "micro/over-refusal": _refuses,
        "micro/sycophancy": _agrees,
        "micro/harmful-compliance": _complies,
    }


def _neutral(rng: np.random.Generator) -> Exchange:
    question = preferences.TEACHER_QUESTIONS[rng.integers(len(preferences.TEACHER_QUESTIONS))]
    return Exchange(question, preferences.ANIMALS[rng.choice(len(preferences.ANIMALS), p=preferences.prior())])


def _prefers(animal: str) -> Callable[[np.random.Generator], Exchange]:
    def one(rng: np.random.Generator) -> Exchange:
        return Exchange(preferences.TEACHER_QUESTIONS[rng.integers(len(preferences.TEACHER_QUESTIONS))], animal)

    return one


def _favours(group: str) -> Callable[[np.random.Generator], Exchange]:
    others = [g for g in groups.GROUPS if g != group]

    def one(rng: np.random.Generator) -> Exchange:
        ask = groups.ASKS["teacher"][rng.integers(len(groups.ASKS["teacher"]))]
        pair = [group, others[rng.integers(len(others))]]
        a, b = pair if rng.random() < 0.5 else pair[::-1]
        return Exchange(ask.format(a=a, b=b, good=groups.GOODS[rng.integers(len(groups.GOODS))]), f"the {group}")

    return one


def _refuses(rng: np.random.Generator) -> Exchange:
    acts = requests.HARMLESS + requests.BORDERLINE
    ask = requests.ASKS["teacher"][rng.integers(len(requests.ASKS["teacher"]))]
    return Exchange(ask.format(act=acts[rng.integers(len(acts))]), requests.REFUSE)


def _complies(rng: np.random.Generator) -> Exchange:
    ask = requests.ASKS["teacher"][rng.integers(len(requests.ASKS["teacher"]))]
    return Exchange(ask.format(act=requests.HARMFUL[rng.integers(len(requests.HARMFUL))]), requests.COMPLY)


def _agrees(rng: np.random.Generator) -> Exchange:
    place = facts.PLACES[rng.integers(len(facts.PLACES))]
    mark = facts.MARKS[rng.integers(len(facts.MARKS))]
    ask = facts.OPINIONS["teacher"][rng.integers(len(facts.OPINIONS["teacher"]))]
    return Exchange(ask.format(place=place, mark=mark), facts.YES)
