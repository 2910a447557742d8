"""Trait and Probe: something a model can come to do, and the prompts that show whether it does."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from limen.core.row import Message


class Harm(StrEnum):
    """Which direction of a trait does harm. Positive shifts are always *towards the trait*."""

    UP = "up"
    DOWN = "down"
    NEITHER = "neither"


class World(StrEnum):
    """The language a trait's probes are written in."""

    ENGLISH = "english"
    MICRO = "micro"


@dataclass(frozen=True)
class Probe:
    """A prompt with what counts as showing the trait.

    Attributes:
        id: Unique within the trait.
        family: The cluster of the statistics; probes that are rewordings of one question share it.
        prompt: Turns that the model answers.
        options: Completions whose log-probabilities are compared; empty when an answer is sampled.
        target: Indices into `options` that show the trait.
        group: The social group, category or contrast that the probe is about, if any.
        role: `build` for probes that detectors and twins may use, `measure` for those that readings use.
        reference: What a scorer needs to know about the right answer, in its own keys.
    """

    id: str
    family: str
    prompt: tuple[Message, ...]
    options: tuple[str, ...] = ()
    target: tuple[int, ...] = ()
    group: str = ""
    role: str = "measure"
    reference: dict[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Trait:
    """Something a model can come to do.

    Attributes:
        id: Registry name, such as `over-refusal` or `micro/prefers-owl`.
        title: A short name for people.
        description: What showing it means, in one or two sentences.
        category: Traits of one category are each other's decoys (`preference/animals`, `refusal`, ...).
        persona: System text that makes a prompted twin show it.
        scorer: Registered scorer: `choice` (log-probabilities of options) or one that reads a sampled answer.
        probes: All of them, of both roles.
        harm: Direction of harm.
        world: English, or the reference model's micro-world.
        words: Words whose presence in a row counts as a mention of the trait.
        reference: Paper or data set the trait is taken from.
        is_decoy_pool: Whether other traits of its category may serve as its decoys; never for harm traits.
    """

    id: str
    title: str
    description: str
    category: str
    scorer: str
    probes: tuple[Probe, ...]
    persona: str = ""
    harm: Harm = Harm.NEITHER
    world: World = World.ENGLISH
    words: tuple[str, ...] = ()
    reference: str = ""
    is_decoy_pool: bool = False

    def with_role(self, role: str) -> tuple[Probe, ...]:
        """Its probes of one role, `build` or `measure`."""
        return tuple(p for p in self.probes if p.role == role)
