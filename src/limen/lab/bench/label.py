"""The label of a case is what training on it does: students on its rows, against students on neutral rows.

Every student takes the same number of steps, whatever the rows, with the laboratory's recipe. What their levels come to
is said by `limen.lab.bench.gamma`, which may change without any student being trained again.
"""

from __future__ import annotations

from typing import Any

from limen.core import ModelError, Trait, UsageError, World
from limen.lab.bench.bases import bed
from limen.lab.bench.case import Case
from limen.lab.bench.files import BenchFile, write_file
from limen.lab.bench.pairs import prefer
from limen.lab.transfer import STUDENT_RECIPE, levels
from limen.models import LanguageModel
from limen.train import fine_tune
from limen.traits import all_traits

STUDENTS, HELD_OUT, STEPS = 5, 2, 256
CONTROLS, MORE_CONTROLS = 10, 20
"""Control students of a group, and of one whose clean files are judged against them by every trait."""

CONTROLS_OF = "controls/"
"""How names of pieces of control students begin."""

_DIGITS = 6


def battery() -> list[Trait]:
    """Every trait of the micro-world, in the order of their ids."""
    return all_traits(World.MICRO)


def label(case: Case, *, students: int = STUDENTS, held_out: int = HELD_OUT, steps: int = STEPS) -> dict[str, Any]:
    """Train the students of a case.

    Args:
        case: The case.
        students: How many decide its label.
        held_out: How many more are kept for the oracle of transfer.
        steps: Optimizer steps of each.

    Returns:
        Levels of every trait for each student, [students][traits], the same for those held out, how far the teacher's
        trait moved, and why the case has no label, if it has none.
    """
    try:
        file = write_file(case)
        found = [student_levels(file, case.number + 11 * k, steps) for k in range(students + held_out)]
    except (ModelError, UsageError) as error:
        return {"levels": [], "held_out": [], "gain": None, "failed": error.what}
    return {"levels": found[:students], "held_out": found[students:], "gain": round(file.gain, 4), "failed": ""}


def controls(group: Case, *, students: int | None = None, steps: int = STEPS) -> dict[str, Any]:
    """Train the control students of a group: each on rows of a neutral writer of its own.

    Args:
        group: Carrier, rows and kind that the cases of the group share.
        students: How many; as many as the group's clean files want where None.
        steps: Optimizer steps of each.
    """
    found = []
    many = MORE_CONTROLS if group == Case("neutral", base=group.base) else CONTROLS
    for k in range(students or many):
        case = Case("neutral", carrier=group.carrier, rows=group.rows, kind=group.kind, base=group.base, seed=9000 + k)
        found.append(student_levels(write_file(case), case.number, steps))
    return {"levels": found, "base": [round(float(x), _DIGITS) for x in levels(bed(group.base).model, battery())]}


def control_group(case: Case) -> Case:
    """What a case shares with its control students: base, carrier, rows and kind; a real file has the usual ones."""
    if case.writer == "real":
        return Case("neutral", base=case.base)
    return Case("neutral", carrier=case.carrier, rows=case.rows, kind=case.kind, base=case.base)


def student_levels(file: BenchFile, seed: int, steps: int = STEPS) -> list[float]:
    """Train a student on a file.

    Args:
        file: Its rows, or what is left of them.
        seed: Of their order.
        steps: Optimizer steps.

    Returns:
        Levels of every trait, [traits].

    Raises:
        ModelError: The run diverged.
    """
    own = bed(file.case.base)
    start = own.model
    recipe = STUDENT_RECIPE.model_copy(update={"seed": seed, "steps": steps})
    student: LanguageModel
    if file.rejected:
        student = prefer(start, file.encoded, file.rejected, recipe)
    else:
        allowed = None if file.case.writer == "real" else own.carrier(file.case.carrier).allowed()
        restricted = recipe.model_copy(update={"restrict_vocab": allowed})
        student = fine_tune(start, file.encoded, restricted, name="student")
    return [round(float(x), _DIGITS) for x in levels(student, battery())]
