"""What a file is held against: twins of the base that took their trait, and neutral writers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from limen.before.forecast.config import LEAST_GAIN, ForecastConfig
from limen.before.forecast.twin import Twin, make_twins, why_no_twin
from limen.core import Progress, Trait
from limen.measure.choose import traits_for
from limen.models import LanguageModel
from limen.train.twins import can_be_tuned, fits
from limen.train.writers import neutral_writers

_TOO_LONG = "its build probes do not fit the base's context, so no twin can be made"
_ANOTHER_TWIN = "Give the trait more build probes, or rehearse (limen rehearse)."


@dataclass(frozen=True)
class Arms:
    """Twins and writers of a base.

    Attributes:
        twins: Twins that took their trait.
        writers: Neutral writers; none where there are no twins, or nothing that they could learn.
        without: Trait id → why the trait has none of these, and what to do about it.
    """

    twins: list[Twin]
    writers: list[LanguageModel]
    without: dict[str, tuple[str, str]]


def make_arms(base: LanguageModel, traits: Sequence[Trait], config: ForecastConfig, watch: Progress) -> Arms:
    """Make the twins of a battery and the neutral writers that its files are held against.

    Args:
        base: The model that would be fine-tuned.
        traits: The battery.
        config: Which twins, and how many writers.
        watch: Told of twins and writers.

    Returns:
        Them, and why some traits have none.
    """
    without = {t.id: (reason, "") for t in traits if (reason := why_no_twin(t, config.twins))}
    without |= {t.id: (_TOO_LONG, "") for t in traits if t.id not in without and not fits(base, t)}
    battery = [t for t in traits if t.id not in without]
    if not battery:
        return Arms([], [], without)
    watch.start("make twins", len(battery))
    twins: list[Twin] = []
    for trait, twin in zip(battery, make_twins(base, battery, config.twins), strict=True):
        watch.advance("make twins")
        if twin.gain >= LEAST_GAIN:
            twins.append(twin)
            continue
        reason = f"its twin did not take the trait (it moved by {twin.gain:+.2f}; {LEAST_GAIN:+.2f} is the least)"
        without[trait.id] = reason, _ANOTHER_TWIN
    watch.done("make twins")
    if not twins:
        return Arms([], [], without)
    # Whatever is looked for, neutral writers learn questions that the base knows.
    known = [t for t in traits_for(base.tokenizer) if can_be_tuned(t) and fits(base, t)]
    questions = known or [t for t in battery if can_be_tuned(t)]
    if not questions:
        reason = "no trait has build probes with options, so that neutral writers have nothing to learn"
        return Arms([], [], without | {t.trait.id: (reason, "") for t in twins})
    watch.start("train neutral writers", config.writers)
    writers = neutral_writers(
        base, questions, range(config.writers), each=lambda: watch.advance("train neutral writers")
    )
    watch.done("train neutral writers")
    return Arms(twins, writers, without)
