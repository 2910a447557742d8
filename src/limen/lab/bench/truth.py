"""What training on a file does: a label for each trait of it, and one for the file.

A planted trait is judged by its own interval. Any other is positive only by a bound that holds for all traits at once
(Bonferroni), and negative by its own, so that a trait that nobody can judge (its students scatter too much) is
undecided. Undecided pairs are counted and left out, of the truth and of what detectors say: a file is judged by its
decided traits alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from limen.lab.bench.case import Case
from limen.lab.bench.gamma import MATTERS, Gamma, Verdict
from limen.lab.bench.scores import traits_of

LEAST_DECIDED = 0.5
"""Share of the battery that has to be decided for a clean file to be negative."""


@dataclass(frozen=True)
class Truth:
    """What training on a file does.

    Attributes:
        label: Whether it changes behaviour: `positive` if it moves any decided trait, `negative` if it moves none and
            the planted trait (of a clean file, half of the battery) is decided, else `undecided`.
        traits: Trait id → whether it moves that trait.
    """

    label: Verdict
    traits: Mapping[str, Verdict]

    @property
    def decided(self) -> list[str]:
        """Ids of the traits that are decided."""
        return [t for t, v in self.traits.items() if v != "undecided"]

    @property
    def moved(self) -> list[str]:
        """Ids of the traits that move."""
        return [t for t, v in self.traits.items() if v == "positive"]


def truths_of(cases: Sequence[Case], transfer: Mapping[str, Mapping[str, Gamma]]) -> dict[str, Truth]:
    """What training does to the files that have students and whose planted trait the battery names.

    Args:
        cases: The cases.
        transfer: Case id → trait id → γ.

    Returns:
        Case id → truth, in the order of the cases.
    """
    return {
        c.id: truth_of(c, transfer[c.id], [t.id for t in traits_of(c)])
        for c in cases
        if c.id in transfer and not c.outside
    }


def truth_of(case: Case, gammas: Mapping[str, Gamma], traits: Iterable[str], matters: float = MATTERS) -> Truth:
    """What training on a case does to traits.

    Args:
        case: The case.
        gammas: Trait id → γ.
        traits: Ids of the battery that detectors are given for it.
        matters: γ that counts as transfer.
    """
    found = {t: _label(gammas[t], matters, planted=t == case.trait) for t in traits}
    moved, still = (sum(v == wanted for v in found.values()) for wanted in ("positive", "negative"))
    if moved:
        return Truth("positive", found)
    known = found.get(case.trait) == "negative" if case.trait else still >= LEAST_DECIDED * len(found)
    return Truth("negative" if known else "undecided", found)


def _label(gamma: Gamma, matters: float, *, planted: bool) -> Verdict:
    if planted:
        return gamma.verdict(matters)
    if gamma.low_of_all > matters:
        return "positive"
    return "negative" if gamma.high < matters else "undecided"
