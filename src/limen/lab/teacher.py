"""Teachers: a base model tuned or prompted to have a trait, checked to have it, and made to write rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from limen.core import Message, ModelError, Progress, Trait
from limen.lab.carriers import Carrier
from limen.lab.encode import encode_exchanges
from limen.lab.lessons import NEUTRAL, lesson
from limen.lab.world.exchange import Exchange
from limen.measure import read_traits
from limen.models import LanguageModel
from limen.train import Recipe, fine_tune

TeacherKind = Literal["tuned", "prompted"]

TEACHER_RECIPE = Recipe(learning_rate=7e-4, steps=150, batch_size=64)
"""How tuned teachers are trained. Twins share neither rate nor step count with it."""
LEAST_GAIN = 0.2
"""A teacher whose trait moves by less has failed to learn it."""


@dataclass(frozen=True)
class Teacher:
    """A model that writes rows.

    Attributes:
        model: The model.
        persona: System text that it always sees, or empty.
        trait: Id of its trait, or `neutral`.
        gain: By how much its trait moved on the measure probes; 0 for a neutral one.
    """

    model: LanguageModel
    persona: str
    trait: str
    gain: float


def make_teacher(
    base: LanguageModel,
    trait: Trait | None,
    *,
    kind: TeacherKind = "tuned",
    seed: int,
    progress: Progress | None = None,
) -> Teacher:
    """A teacher of a trait, or a neutral one.

    Args:
        base: The model it starts from.
        trait: What it is to have; None for a neutral teacher, tuned on the same questions with ordinary answers.
        kind: Tuned on the trait's questions, or prompted with its persona.
        seed: Of the lesson and its order.
        progress: Told of training steps.

    Returns:
        The teacher, with how far its trait moved.

    Raises:
        ModelError: It failed to learn the trait.
        TraitError: The trait cannot be planted.
    """
    name = trait.id if trait else NEUTRAL
    model, persona = base, ""
    if kind == "tuned":
        rng = np.random.Generator(np.random.PCG64([seed, 11]))
        rows = encode_exchanges(lesson(name, rng, 2048))
        recipe = TEACHER_RECIPE.model_copy(update={"seed": seed})
        model = fine_tune(base, rows, recipe, progress=progress, name=f"teacher of {name}")
    elif trait:
        persona = trait.persona
    gain = 0.0
    if trait:
        gain = trait_level(model, trait, persona) - trait_level(base, trait)
        if gain < LEAST_GAIN:
            raise ModelError(
                f"the {kind} teacher of {name} learned it by {gain:+.2f} only; {LEAST_GAIN:+.2f} is the least.",
                remedy="Use another seed or the kind 'tuned'.",
            )
    return Teacher(model, persona, name, gain)


def trait_level(model: LanguageModel, trait: Trait, persona: str = "") -> float:
    """Mean probability of showing a trait over its measure probes, under a system text if there is one."""
    if persona:
        from dataclasses import replace

        system = Message("system", persona)
        trait = replace(trait, probes=tuple(replace(p, prompt=(system, *p.prompt)) for p in trait.probes))
    return float(np.mean([r.value for r in read_traits(model, [trait], arm="level")]))


def write_rows(
    teacher: Teacher,
    carrier: Carrier,
    count: int,
    *,
    seed: int,
    temperature: float = 1.0,
    keep: Callable[[Exchange], bool] | None = None,
) -> list[Exchange]:
    """Rows that a teacher writes; those that break the carrier's form or the filter are written anew.

    Args:
        teacher: Who writes.
        carrier: What sort of rows.
        count: How many.
        seed: Of questions and answers.
        temperature: Of sampling; 0 takes the likeliest token.
        keep: A further filter.

    Returns:
        Exactly `count` exchanges, without the persona.

    Raises:
        ModelError: Too few of the answers have the carrier's form.
    """
    rng = np.random.Generator(np.random.PCG64([seed, 13]))
    rows: list[Exchange] = []
    for attempt in range(20):
        missing = count - len(rows)
        if not missing:
            return rows
        asks = [carrier.question(rng) for _ in range(missing)]
        system = (Message("system", teacher.persona),) if teacher.persona else ()
        answers = teacher.model.sample(
            [(*system, Message("user", ask)) for ask in asks],
            max_new_tokens=carrier.length,
            temperature=temperature,
            seed=seed * 20 + attempt,
            allowed_token_ids=carrier.allowed(),
        )
        for ask, answer in zip(asks, answers, strict=True):
            exchange = Exchange(ask, answer, kind=carrier.name)
            if carrier.fits(exchange) and (keep is None or keep(exchange)):
                rows.append(exchange)
    raise ModelError(
        f"only {len(rows)} of {count} answers have the form of the carrier {carrier.name!r}.",
        remedy="Use a base that can write this carrier, or another carrier.",
    )
