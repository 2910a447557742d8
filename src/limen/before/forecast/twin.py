"""Twin: a copy of the base with a trait, tuned or prompted, as the forecast reads and writes with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from limen.core import Message, Trait
from limen.data import EncodedRow
from limen.measure import read_traits
from limen.models import LanguageModel
from limen.train.prompted_twin import PromptedTwin
from limen.train.twins import can_be_tuned, tuned_twin
from limen.train.writers import rewrite

Which = Literal["auto", "tuned", "prompted"]


@dataclass(frozen=True)
class Twin:
    """A twin of a trait.

    Attributes:
        trait: The trait.
        kind: `tuned` or `prompted`.
        model: What reads rows.
        gain: By how much its trait moved on the measure probes.
    """

    trait: Trait
    kind: Literal["tuned", "prompted"]
    model: LanguageModel | PromptedTwin
    gain: float

    def rewrite(self, rows: Sequence[EncodedRow], *, seed: int) -> list[EncodedRow]:
        """What it writes on the prompts of rows: a full dose."""
        if isinstance(self.model, PromptedTwin):
            return self.model.rewrite(rows, seed=seed)
        return rewrite(self.model, rows, seed=seed)


def why_no_twin(trait: Trait, which: Which) -> str:
    """Why no twin of a trait can be made; empty if one can."""
    if which != "prompted" and can_be_tuned(trait):
        return ""
    if which == "tuned":
        return "its build probes have no options, so no twin can be tuned; name a trait with options"
    if trait.persona:
        return ""
    return "it has no persona, so no twin can be prompted" + (
        "" if which == "prompted" else ", and its build probes have no options, so none can be tuned"
    )


def make_twin(base: LanguageModel, trait: Trait, which: Which) -> Twin:
    """Tune a twin where that is wanted and can be done, else prompt one.

    Args:
        base: What it is made of.
        trait: A trait for which `why_no_twin` is empty.
        which: The kind.

    Returns:
        The twin, and how far its trait moved.
    """
    before = _level(base, trait)
    if which != "prompted" and can_be_tuned(trait):
        tuned = tuned_twin(base, trait)
        return Twin(trait, "tuned", tuned, _level(tuned, trait) - before)
    told = Message("system", trait.persona)
    asked = replace(trait, probes=tuple(replace(p, prompt=(told, *p.prompt)) for p in trait.probes))
    return Twin(trait, "prompted", PromptedTwin(base, trait.persona), _level(base, asked) - before)


def _level(model: LanguageModel, trait: Trait) -> float:
    values = [r.value for r in read_traits(model, [trait], arm="level")]
    return float(np.mean(values)) if values else 0.0
