"""How far a full dose of each trait moves a base of the suite, piece by piece: one piece a student.

The prompts are number sequences that no case of the suite has, and the fine-tune is that of the suite's students.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from limen.before.size.full_dose import full_dose_shifts, student_of
from limen.lab.bench import labels
from limen.lab.bench.bases import bed
from limen.lab.bench.case import REFERENCE, Case
from limen.lab.bench.files import write_file
from limen.lab.bench.label import STEPS, battery
from limen.lab.transfer import STUDENT_RECIPE
from limen.train.twins import can_be_tuned, tuned_twins
from limen.train.writers import neutral_writers

SOURCES = (
    *labels.SOURCES,
    "before/size/full_dose.py",
    "lab/bench/full_doses.py",
    "lab/bench/sized.py",
    "models/sampling_to_lengths.py",
    "train/control_rows.py",
    "train/twins.py",
    "train/writers.py",
)
RUNS = 2
"""Students of each twin."""
NEUTRAL = 4
"""Students of neutral writers, each with a writer of its own."""
_SEED = 7_340_032
_DIGITS = 6


def units(base: str = REFERENCE) -> list[str]:
    """Students of neutral writers, then those of each trait's twin."""
    traits = [t.id for t in battery() if can_be_tuned(t)]
    return [f"neutral/{k}" for k in range(NEUTRAL)] + [f"{t}/{k}" for k in range(RUNS) for t in traits]


def run(unit: str, base: str = REFERENCE) -> dict[str, Any]:
    """Train one student, on one core."""
    import torch

    torch.set_num_threads(1)
    name, number = unit.rsplit("/", 1)
    own, traits = bed(base), battery()
    tuned = [t for t in traits if can_be_tuned(t)]
    if name == "neutral":
        writer = neutral_writers(own.model, traits, [2000 + int(number)])[0]
    else:
        writer = dict(zip([t.id for t in tuned], tuned_twins(own.model, tuned), strict=True))[name]
    rows = write_file(Case("world", base=base, seed=70_000)).encoded
    recipe = STUDENT_RECIPE.model_copy(update={"steps": STEPS, "restrict_vocab": own.carrier("numbers").allowed()})
    found = student_of(writer, own.model, rows, traits, recipe, seed=_SEED + 101 * units(base).index(unit))
    return {"levels": [round(float(x), _DIGITS) for x in found]}


def summarise(results: Mapping[str, Mapping[str, Any]], base: str = REFERENCE) -> dict[str, Any]:
    """How far each trait moves."""
    return {"shifts": {t: round(v, 4) for t, v in shifts_of(results).items()}}


def shifts_of(results: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """Trait id → how far a full dose moves it, from what its students came to."""
    students: dict[str, list[Any]] = {}
    for unit, one in results.items():
        students.setdefault(unit.rsplit("/", 1)[0], []).append(one["levels"])
    neutral = students.pop("neutral", [])
    return full_dose_shifts(students, neutral, [t.id for t in battery()])
