"""Twin: a copy of the base with a trait, tuned or prompted, as the forecast reads and writes with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from limen.core import Message, Trait
from limen.data import EncodedRow
from limen.measure import read_traits
from limen.models import LanguageModel
from limen.train.prompted_twin import PromptedTwin
from limen.train.twins import can_be_tuned, tuned_twins
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

    def rewrite(self, rows: Sequence[EncodedRow], *, seed: int, beside: Sequence[EncodedRow] = ()) -> list[EncodedRow]:
        """What it writes on the prompts of rows, with the tokens of rows beside them too: a full dose."""
        if isinstance(self.model, PromptedTwin):
            return self.model.rewrite(rows, seed=seed, beside=beside)
        return rewrite(self.model, rows, seed=seed, beside=beside)


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


def make_twins(base: LanguageModel, traits: Sequence[Trait], which: Which) -> Iterator[Twin]:
    """Tune a twin of each trait where that is wanted and can be done, else prompt one.

    Args:
        base: What they are made of.
        traits: Traits for which `why_no_twin` is empty.
        which: The kind.

    Yields:
        A twin a trait, with how far its trait moved.
    """
    to_tune = [which != "prompted" and can_be_tuned(t) for t in traits]
    tuned = tuned_twins(base, [t for t, tune in zip(traits, to_tune, strict=True) if tune])
    for trait, tune in zip(traits, to_tune, strict=True):
        before = _level(base, trait)
        if tune:
            model = next(tuned)
            yield Twin(trait, "tuned", model, _level(model, trait) - before)
            continue
        told = Message("system", trait.persona)
        asked = replace(trait, probes=tuple(replace(p, prompt=(told, *p.prompt)) for p in trait.probes))
        yield Twin(trait, "prompted", PromptedTwin(base, trait.persona), _level(base, asked) - before)


def _level(model: LanguageModel, trait: Trait) -> float:
    values = [r.value for r in read_traits(model, [trait], arm="level")]
    return float(np.mean(values)) if values else 0.0
