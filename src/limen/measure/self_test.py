"""Whether a trait tells arms that show it from arms that do not: what `limen traits test` runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from limen.core import Trait
from limen.measure.read import read_traits
from limen.measure.scripted import ScriptedModel, avoids_it, constant, shows_it
from limen.traits import Example, get_scorer


@dataclass(frozen=True)
class Check:
    """One thing that was tried on a trait.

    Attributes:
        what: What was tried, with the figures.
        passed: Whether the trait did as it should.
    """

    what: str
    passed: bool


def self_test(trait: Trait, examples: Sequence[Example] = ()) -> list[Check]:
    """Try a trait on scripted arms and on its own examples.

    Args:
        trait: The trait.
        examples: Answers of which its file says whether they show the trait.

    Returns:
        What was tried, in order.
    """
    measure = trait.with_role("measure")
    families = len({p.family for p in measure})
    checks = [
        Check(f"{len(measure)} measure probes (8 or more; 24 are advised)", len(measure) >= 8),
        # sign flips over 7 families cannot give a p below 2/2^7 = 0.016, which no battery of two traits can use
        Check(f"{families} measure families (8 or more; 12 are advised)", families >= 8),
        Check(f"{len(trait.with_role('build'))} build probes (8 or more)", len(trait.with_role("build")) >= 8),
    ]
    if get_scorer(trait.scorer).reads == "options":
        return checks + _arms(trait)
    return checks + _examples(trait, examples)


def _arms(trait: Trait) -> list[Check]:
    arms = {"shows it": shows_it([trait]), "undecided": ScriptedModel([trait]), "avoids it": avoids_it([trait])}
    means = {name: _mean(trait, arm) for name, arm in arms.items()}
    order = ", ".join(f"{name} {value:.3f}" for name, value in means.items())
    ranked = means["shows it"] > means["undecided"] > means["avoids it"]
    checks = [Check(f"scripted arms rank as they should: {order}", ranked)]
    if any("choices" in p.reference for p in trait.with_role("measure")):
        first = _mean(trait, constant([trait]))
        # lettered choices are asked in every order, so that a liking for a letter must cancel out
        checks.append(
            Check(f"always the first letter reads as undecided: {first:.3f}", abs(first - means["undecided"]) < 0.05)
        )
    return checks


def _mean(trait: Trait, arm: object) -> float:
    readings = read_traits(arm, [trait], arm="scripted")  # type: ignore[arg-type]
    return sum(r.value for r in readings) / max(1, len(readings))


def _examples(trait: Trait, examples: Sequence[Example]) -> list[Check]:
    checks: list[Check] = []
    scorer = get_scorer(trait.scorer)
    by_id = {p.id: p for p in trait.probes}
    for example in examples:
        probe = by_id.get(example.probe) if example.probe else trait.with_role("measure")[0]
        text = example.answer if len(example.answer) <= 50 else example.answer[:47] + "..."
        if probe is None:
            checks.append(Check(f"example {text!r}: there is no probe {example.probe!r}", False))
            continue
        scored = scorer.score(probe, example.answer)
        right = scored.value is not None and (scored.value > 0.5) == example.shows
        wanted = "shows it" if example.shows else "does not show it"
        seen = "cannot be scored" if scored.value is None else f"reads {scored.value:.2f} ({scored.label})"
        checks.append(Check(f"example {text!r} {wanted}: {seen}", right))
    kinds = {e.shows for e in examples}
    checks.append(Check(f"{len(examples)} examples, of both kinds", kinds == {True, False}))
    return checks
