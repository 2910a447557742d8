"""A figure that trains may differ on another machine as two of its repetitions do, and no more."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from scripts.agreement import agree, agree_but_for_chance
from scripts.figures import FIGURES
from scripts.verify import load

RNG = np.random.Generator(np.random.PCG64(5))


def piece(level: float, rank: int = 1) -> dict[str, Any]:
    """γ of four traits around a level, as one seed of an experiment gives it."""
    return {"gamma": {t: [level + float(RNG.normal(0, 0.01))] for t in "abcd"}, "rank": {"a": rank}, "failed": {}}


PIECES = {f"{cell}/{seed}": piece(level) for cell, level in (("planted", 0.1), ("other", 0.0)) for seed in range(4)}


def agrees(new: dict[str, Any], unit: str = "planted/0") -> bool:
    return agree_but_for_chance(PIECES, unit, new, "pieces", 1e-4)


def test_another_repetition_agrees_and_another_level_does_not() -> None:
    assert all(agrees(piece(0.1)) for _ in range(50))
    assert not any(agrees(piece(0.0)) for _ in range(50))
    assert not agrees(piece(0.03))


def test_what_every_repetition_says_has_to_be_said_again() -> None:
    assert not agrees(piece(0.1, rank=2))
    assert not agrees(piece(0.1) | {"failed": {"a": "diverged"}})
    assert not agrees({k: v for k, v in piece(0.1).items() if k != "rank"})
    assert not agrees(piece(0.1) | {"gamma": {"a": [0.1]}})


def test_ranks_that_differ_now_and_then_may_differ_once_and_not_all_at_once() -> None:
    """Three seeds that agree on a rank do not fix it where the seeds of other cells disagree."""
    made = {
        f"{cell}/{seed}": {"rank": {t: 2 if t == "a" and seed == cell else 1 for t in "abcdef"}}
        for cell in range(3)
        for seed in range(4)
    }
    stored = dict.fromkeys("abcdef", 1)
    assert agree_but_for_chance(made, "0/1", {"rank": stored | {"b": 2}}, "pieces", 1e-4)
    assert not agree_but_for_chance(made, "0/1", {"rank": dict.fromkeys("abcdef", 2)}, "pieces", 1e-4)


def test_without_chance_only_rounding_may_differ() -> None:
    old = {"one/0": {"x": 0.5}}
    assert agree_but_for_chance(old, "one/0", {"x": 0.50001}, "", 1e-3)
    assert not agree_but_for_chance(old, "one/0", {"x": 0.51}, "", 1e-3)
    assert not agree_but_for_chance(old, "one/0", {"x": 0.51}, "pieces", 1e-3)


def test_an_entry_that_not_every_piece_has_is_held_against_those_that_have_it() -> None:
    """Pieces of the error rates plant other traits by turns."""
    made = {f"q/{i}": {f"planted/{'owl' if i % 2 else 'fox'}": {"p": 0.01 * i, "first": "x"}} for i in range(8)}
    assert agree_but_for_chance(made, "q/1", {"planted/owl": {"p": 0.05, "first": "x"}}, "pieces", 1e-4)
    assert not agree_but_for_chance(made, "q/1", {"planted/owl": {"p": 0.05, "first": "y"}}, "pieces", 1e-4)
    assert not agree_but_for_chance(made, "q/1", {"planted/owl": {"p": 0.9, "first": "x"}}, "pieces", 1e-4)


def test_what_is_not_a_number_never_agrees() -> None:
    assert not agrees({**piece(0.1), "gamma": {t: [float("nan")] for t in "abcd"}})


def test_numbers_of_a_list_as_repetitions() -> None:
    models = [float(x) for x in RNG.normal(0.5, 0.05, 25)]
    made = {"arm/a": {"accuracy": models}, "arm/b": {"accuracy": [0.1] * 25}}

    def again(mean: float) -> bool:
        return agree_but_for_chance(made, "arm/a", {"accuracy": list(RNG.normal(mean, 0.05, 25))}, "numbers", 1e-4)

    assert all(again(0.5) for _ in range(50))
    assert not any(again(0.4) for _ in range(50))


@pytest.mark.parametrize(
    ("figure", "unit", "other"),
    [("study_classifier", "arm/aux", "arm/aux-cross"), ("study_language", "default/0", "neutral/0")],
)
def test_stored_experiments_are_told_apart(figure: str, unit: str, other: str) -> None:
    """What is stored agrees with itself, and not with the arm in which nothing is passed on."""
    one = next(f for f in FIGURES if f.name == figure)
    stored = load(one)
    assert stored
    made = {name: piece["result"] for name, piece in stored["units"].items()}
    assert agree_but_for_chance(made, unit, made[unit], one.chance, one.tolerance)
    assert not agree_but_for_chance(made, unit, made[other], one.chance, one.tolerance)


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ({"a": [1.0, "x"]}, {"a": [1.0 + 1e-9, "x"]}, True),
        ({"a": 1.0}, {"a": 1.1}, False),
        ({"a": 1}, {"a": 2}, False),
        ({"a": 1}, {"b": 1}, False),
        ([1.0], [1.0, 2.0], False),
        (None, None, True),
        (True, False, False),
        (0.0, 1e-9, True),
    ],
)
def test_agreement(old: Any, new: Any, same: bool) -> None:
    assert agree(old, new, 1e-6) is same
