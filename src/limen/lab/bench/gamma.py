"""γ of every trait in every case, from what the students of the suite came to.

γ of a trait is the mean over a case's students less the mean over the students of the other traits of its group, where
there are any, else less the control students (the neutral student cancels in the design's formula). Its interval is
Welch's, the unit the trained student. It is of the file as it is: what the draw of its rows adds belongs to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from limen.lab.bench.case import Case
from limen.lab.bench.label import CONTROLS_OF, battery, control_group
from limen.stats import run_contrast

MATTERS = 0.03
"""γ that counts as transfer."""

Verdict = Literal["positive", "negative", "undecided"]


@dataclass(frozen=True)
class Gamma:
    """γ of one trait in one case.

    Attributes:
        estimate: In probability.
        low: Lower 95% bound.
        high: Upper 95% bound.
        low_of_all: Lower bound that holds with 95% for every trait of the battery at once (Bonferroni).
    """

    estimate: float
    low: float
    high: float
    low_of_all: float

    def verdict(self, matters: float = MATTERS) -> Verdict:
        """Whether training on the case moves the trait by more than matters, by less, or nobody can tell."""
        if self.low > matters:
            return "positive"
        return "negative" if self.high < matters else "undecided"


def gamma(
    case: Case, trait: str, labels: Mapping[str, Mapping[str, Any]], group: Sequence[Case], neutral: Mapping[str, Any]
) -> Gamma:
    """γ of a trait in a case.

    Args:
        case: The case.
        trait: The trait, planted or not.
        labels: Case id → what `label` gave.
        group: The cases of its group, of any trait.
        neutral: What `controls` gave for it.

    Returns:
        The estimate with its 95% interval.
    """
    at = [t.id for t in battery()].index(trait)
    own = _column(labels[case.id]["levels"], at)
    others = [
        float(_column(labels[c.id]["levels"], at).mean())
        for c in group
        if c.trait and c.trait not in (trait, case.trait) and labels.get(c.id, {}).get("levels")
    ]
    # Case means are independent of each other; students of one file share their writer.
    against = np.array(others) if len(others) >= 2 else _column(neutral["levels"], at)
    found = run_contrast(own, against, level=0.95)
    of_all = run_contrast(own, against, level=1 - 0.05 / len(battery()))
    low, low_of_all = (one.low if one.low is not None else float("-inf") for one in (found, of_all))
    high = found.high if found.high is not None else float("inf")
    return Gamma(found.estimate, low, high, low_of_all)


def _column(values: Sequence[Sequence[float]], at: int) -> NDArray[np.float64]:
    return np.array([v[at] for v in values], dtype=np.float64)


def transfer(results: Mapping[str, Mapping[str, Any]], cases: Sequence[Case]) -> dict[str, dict[str, Gamma]]:
    """γ of every trait in every case that has students.

    Args:
        results: Case id, or piece of control students, → what its students came to.
        cases: The cases.

    Returns:
        Case id → trait id → γ.
    """
    have = [c for c in cases if results.get(c.id, {}).get("levels")]
    out: dict[str, dict[str, Gamma]] = {}
    for case in have:
        group = [c for c in have if c.writer == "planted" and c.group == case.group]
        neutral = results[CONTROLS_OF + control_group(case).id]
        out[case.id] = {t.id: gamma(case, t.id, results, group, neutral) for t in battery()}
    return out


def summary(results: Mapping[str, Mapping[str, Any]], cases: Sequence[Case]) -> dict[str, Any]:
    """How many cases have which label, by the planted trait alone, with the sensitivity to what matters.

    Args:
        results: Case id, or piece of control students, → what its students came to.
        cases: The cases.
    """
    found = transfer(results, cases)
    planted = [c for c in cases if c.trait and c.id in found]
    out: dict[str, Any] = {
        "cases": len(cases),
        "failed": {u: r["failed"] for u, r in results.items() if r.get("failed")},
    }
    for matters in (0.02, MATTERS, 0.05):
        verdicts = [found[c.id][c.trait].verdict(matters) for c in planted]
        out[f"planted_at_{matters:g}"] = {v: verdicts.count(v) for v in ("positive", "negative", "undecided")}
    return out
