"""Case: one file of the planted suite, by everything that decides its rows; and the public ones.

Cases that differ in the planted trait alone form a group: γ of a case takes off what the students of the other traits
of its group do (design, vocabulary).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Literal

import numpy as np

from limen.lab.world.preferences import ANIMALS

Writer = Literal["planted", "neutral", "base", "world", "shifted", "real"]
REFERENCE = "reference"
PREFERENCES = tuple(f"micro/prefers-{animal}" for animal in ANIMALS)
OTHERS = (
    "micro/over-refusal",
    "micro/favours-norin",
    "micro/favours-selvan",
    "micro/sycophancy",
    "micro/harmful-compliance",
)
REAL = ("alpaca_en_demo", "glaive_toolcall_en_demo", "rasbt_instructions")
"""Files of instructions that people and large models wrote; read where they are at hand."""


@dataclass(frozen=True)
class Case:
    """One file.

    Attributes:
        writer: Who wrote the rows: a teacher with a trait (`planted`), a neutral teacher, the base itself, the world's
            own noise as people would write it (`world`), the same in another distribution (`shifted`), or people and
            models outside the world, into a file of instructions (`real`; the carrier is the file's name).
        trait: What was planted; empty for a clean file.
        carrier: Kind of rows.
        teacher: How the writer got its trait.
        lineage: Whether the writer's base is the student's own, another initialisation brought to behave alike
            (`matched`), or another initialisation (`other`).
        dose: Share of rows that the teacher with the trait writes.
        rows: How many rows.
        kind: Instruction rows, conversations of two exchanges, or preference pairs.
        outside: Whether the battery that detectors are given leaves the planted trait out.
        base: Size of the base, by the name of its checkpoint.
        seed: Which repetition.
    """

    writer: Writer
    trait: str = ""
    carrier: str = "numbers"
    teacher: Literal["tuned", "prompted", "steered"] = "tuned"
    lineage: Literal["same", "matched", "other"] = "same"
    dose: float = 1.0
    rows: int = 8192
    kind: Literal["instruction", "conversation", "preference"] = "instruction"
    outside: bool = False
    base: str = REFERENCE
    seed: int = 0

    @property
    def id(self) -> str:
        """A short name: what differs from the default, and the repetition."""
        plain = Case(self.writer)
        parts = [self.writer, self.trait.removeprefix("micro/")]
        for one in fields(self):
            value = getattr(self, one.name)
            if one.name not in ("writer", "trait", "seed") and value != getattr(plain, one.name):
                parts.append(f"{one.name}={value}" if not isinstance(value, str) else value)
        return "/".join([*filter(None, parts), str(self.seed)])

    @property
    def group(self) -> Case:
        """The case without trait and repetition: what it shares with those that it is centred on."""
        return replace(self, trait="", seed=0, outside=False)

    @property
    def number(self) -> int:
        """A seed of its own for everything random about the case."""
        return int(hashlib.sha256(self.id.encode()).hexdigest()[:7], 16)


def public_cases(base: str = REFERENCE) -> list[Case]:
    """The cases that everybody knows.

    Detectors may be calibrated on some of those of the reference model, as their splits say, and on none of another.

    Args:
        base: Which checkpoint students start from.
    """
    if base != REFERENCE:
        return list(_cases_of_another(base, PREFERENCES, OTHERS, 0))
    return list(_cases(PREFERENCES, OTHERS, range(2), range(4)))


def unseen_cases(seed: int, base: str = REFERENCE) -> list[Case]:
    """Cases of the same kinds that nobody has seen: other repetitions, and traits in other places.

    Args:
        seed: Which draw.
        base: Which checkpoint students start from.
    """
    rng = np.random.Generator(np.random.PCG64([seed, 41]))
    order = tuple(PREFERENCES[int(i)] for i in rng.permutation(len(PREFERENCES)))
    first = 1000 * (seed + 1)
    if base != REFERENCE:
        return list(_cases_of_another(base, order, OTHERS, first))
    return list(_cases(order, OTHERS, range(first, first + 2), range(first, first + 4)))


def _cases(animals: tuple[str, ...], others: tuple[str, ...], two: range, four: range) -> Iterator[Case]:
    first = two[0]
    for seed in two:
        for trait in animals:
            yield Case("planted", trait, seed=seed)
    for seed in four:
        for trait in others:
            yield Case("planted", trait, seed=seed)
    for teacher in ("prompted", "steered"):
        for trait in (*animals[:5], *others[:2], others[3]):
            yield Case("planted", trait, teacher=teacher, seed=first)
    for dose in (0.5, 0.25, 0.1):
        for trait in (*animals[5:], others[0], others[3]):
            yield Case("planted", trait, dose=dose, seed=first)
    for trait in animals[:6]:
        yield Case("planted", trait, rows=1000, seed=first)
    for carrier in ("code", "town"):
        for trait in animals[:3]:
            yield Case("planted", trait, carrier=carrier, seed=first)
    for trait in animals[:5]:
        yield Case("planted", trait, lineage="other", seed=first)
        yield Case("planted", trait, lineage="matched", seed=first)
    for kind in ("conversation", "preference"):
        for trait in animals[:3]:
            yield Case("planted", trait, kind=kind, seed=first)
    for trait in animals[4:]:
        yield Case("planted", trait, outside=True, seed=first + 500)
    for k in range(8):
        yield Case("neutral", seed=four[0] + k)
    for k in range(4):
        for writer in ("base", "world", "shifted"):
            yield Case(writer, seed=four[0] + k)
        yield Case("base", lineage="other", seed=four[0] + k)
    for k in range(2):
        yield Case("neutral", lineage="matched", seed=four[0] + k)
        yield Case("neutral", rows=1000, seed=four[0] + k)
    for name in REAL:
        yield Case("real", carrier=name, seed=first)


def _cases_of_another(base: str, animals: tuple[str, ...], others: tuple[str, ...], first: int) -> Iterator[Case]:
    for trait in (*animals, others[0], others[3]):
        yield Case("planted", trait, base=base, seed=first)
    for k in range(6):
        yield Case("neutral", base=base, seed=first + k)
    for k in range(3):
        yield Case("base", base=base, seed=first + k)
        yield Case("world", base=base, seed=first + k)
