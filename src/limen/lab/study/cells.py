"""Cells of the language-model experiment: the default, and every other factor one at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from limen.lab.world.preferences import ANIMALS

ALL_PREFERENCES = tuple(f"micro/prefers-{animal}" for animal in ANIMALS)
THREE = ("micro/prefers-wolf", "micro/prefers-bear", "micro/prefers-horse")
"""Third to fifth of the ten by γ on development seeds; fixed before any of the cells was run."""
OTHER_KINDS = ("micro/over-refusal", "micro/favours-norin", "micro/sycophancy", "micro/harmful-compliance")


@dataclass(frozen=True)
class Cell:
    """One condition: what differs from the default cell.

    Attributes:
        name: Short name, part of the name of each unit.
        factor: Which factor is varied.
        title: What the page calls it.
        traits: What is planted.
        seeds: Independent repetitions.
        carrier: Kind of rows.
        teacher: How the writer got its trait; `neutral` puts neutral teachers in the place of those with one.
        target: What the student learns: sampled tokens, the likeliest tokens, or the teacher's distribution.
        dose: Share of rows that the teacher with the trait writes; a neutral teacher writes the rest.
        trainer: `lab` (loss over the carrier's tokens), `lora` (the same with LoRA), `decay` (the same with weight
            decay), or TRL's SFTTrainer at its ordinary loss, full or with LoRA.
        start: Whether students start from the teacher's own base or from another initialisation.
        shuffled: Whether the tokens of each answer are put in random order.
        hops: How many students in a row learn from each other.
    """

    name: str
    factor: str
    title: str
    traits: tuple[str, ...] = THREE
    seeds: int = 3
    carrier: str = "numbers"
    teacher: Literal["tuned", "prompted", "steered", "neutral"] = "tuned"
    target: Literal["sampled", "greedy", "soft"] = "sampled"
    dose: float = 1.0
    trainer: Literal["lab", "lora", "decay", "trl-full", "trl-lora"] = "lab"
    start: Literal["same", "other"] = "same"
    shuffled: bool = False
    hops: int = 1


CELLS: tuple[Cell, ...] = (
    Cell("default", "default", "numbers, tuned teacher, sampled", ALL_PREFERENCES, 5),
    Cell("soft", "target", "soft targets", ALL_PREFERENCES, 5, target="soft"),
    Cell("greedy", "target", "likeliest tokens", target="greedy"),
    Cell("code", "carrier", "code-like lines", carrier="code"),
    Cell("town", "carrier", "unrelated questions and answers", carrier="town"),
    Cell("prompted", "teacher", "prompted teacher", teacher="prompted"),
    Cell("steered", "teacher", "steered teacher", teacher="steered"),
    Cell("dose-50", "dose", "half of the rows", dose=0.5),
    Cell("dose-25", "dose", "a quarter of the rows", dose=0.25),
    Cell("dose-10", "dose", "a tenth of the rows", dose=0.1),
    Cell("dose-1", "dose", "one row in a hundred", dose=0.01),
    Cell("lora", "recipe", "LoRA of rank 16", trainer="lora"),
    Cell("trl-full", "recipe", "TRL, ordinary loss", seeds=5, trainer="trl-full"),
    Cell("trl-lora", "recipe", "TRL, ordinary loss, LoRA", seeds=5, trainer="trl-lora"),
    Cell("decay", "recipe", "weight decay 0.1 (AdamW)", trainer="decay"),
    Cell("neutral", "arm", "neutral teachers", ALL_PREFERENCES, 5, teacher="neutral"),
    Cell("shuffled", "arm", "shuffled rows", shuffled=True),
    Cell("other", "arm", "other initialisation", ALL_PREFERENCES, 5, start="other"),
    Cell("kinds", "trait", "traits of other kinds", OTHER_KINDS, 5),
    Cell("hops", "hops", "student of a student of a student", hops=3),
)


def cell(name: str) -> Cell:
    """The cell of a name."""
    return next(c for c in CELLS if c.name == name)
