"""The label of a case is what training on it does: students on its rows, against students on neutral rows.

Every student takes the same number of steps, whatever the rows, with the laboratory's recipe. γ of a trait is the mean
over a case's students less the mean over the students of the other traits of its group, where there are any, else less
the control students (the neutral student cancels in the design's formula). Its interval is Welch's, the unit the
trained student.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from limen.core import ModelError, Trait, World
from limen.lab.bench.bases import bed
from limen.lab.bench.case import Case
from limen.lab.bench.files import BenchFile, write_file
from limen.lab.bench.pairs import prefer
from limen.lab.transfer import STUDENT_RECIPE, levels
from limen.models import LanguageModel
from limen.stats import run_contrast
from limen.train import fine_tune
from limen.traits import all_traits

STUDENTS, CONTROLS, STEPS = 5, 10, 256
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
    """

    estimate: float
    low: float
    high: float

    def verdict(self, matters: float = MATTERS) -> Verdict:
        """Whether training on the case moves the trait by more than matters, by less, or nobody can tell."""
        if self.low > matters:
            return "positive"
        return "negative" if self.high < matters else "undecided"


def battery() -> list[Trait]:
    """Every trait of the micro-world, in the order of their ids."""
    return all_traits(World.MICRO)


def label(case: Case, *, students: int = STUDENTS, steps: int = STEPS) -> dict[str, Any]:
    """Train the students of a case.

    Args:
        case: The case.
        students: How many.
        steps: Optimizer steps of each.

    Returns:
        Levels of every trait for each student, [students][traits], how far the teacher's trait moved, and why the case
        has no label, if it has none.
    """
    try:
        file = write_file(case)
        found = [_student(file, case.number + 11 * k, steps) for k in range(students)]
    except ModelError as error:
        return {"levels": [], "gain": None, "failed": error.what}
    return {"levels": found, "gain": round(file.gain, 4), "failed": ""}


def controls(group: Case, *, students: int = CONTROLS, steps: int = STEPS) -> dict[str, Any]:
    """Train the control students of a group: each on rows of a neutral writer of its own.

    Args:
        group: Carrier, rows and kind that the cases of the group share.
        students: How many.
        steps: Optimizer steps of each.
    """
    found = []
    for k in range(students):
        case = Case("neutral", carrier=group.carrier, rows=group.rows, kind=group.kind, base=group.base, seed=9000 + k)
        found.append(_student(write_file(case), case.number, steps))
    return {"levels": found, "base": levels(bed(group.base).model, battery()).tolist()}


def control_group(case: Case) -> Case:
    """What a case shares with its control students: base, carrier, rows and kind."""
    return Case("neutral", carrier=case.carrier, rows=case.rows, kind=case.kind, base=case.base)


def _student(file: BenchFile, seed: int, steps: int) -> list[float]:
    own = bed(file.case.base)
    start, allowed = own.model, own.carrier(file.case.carrier).allowed()
    recipe = STUDENT_RECIPE.model_copy(update={"seed": seed, "steps": steps})
    student: LanguageModel
    if file.rejected:
        student = prefer(start, file.encoded, file.rejected, recipe)
    else:
        restricted = recipe.model_copy(update={"restrict_vocab": allowed})
        student = fine_tune(start, file.encoded, restricted, name="student")
    return [float(x) for x in levels(student, battery())]


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
    low = found.low if found.low is not None else float("-inf")
    high = found.high if found.high is not None else float("inf")
    return Gamma(found.estimate, low, high)


def _column(values: Sequence[Sequence[float]], at: int) -> NDArray[np.float64]:
    return np.array([v[at] for v in values], dtype=np.float64)
