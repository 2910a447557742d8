"""Emergence: the trait's trajectory while a student learns a teacher's numbers, and where it turns.

A unit is one seed: a neutral teacher and one a trait, one student each; the probability of showing the trait is read
every few steps on the measure probes. The shift is the student's reading less the neutral student's at the same step.
The turn is the step of the steepest rise, between readings smoothed over three; where the final shift is within what
neutral students move, there is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from limen.lab.study.cells import THREE
from limen.lab.study.intervals import mean_interval
from limen.lab.study.seed import first_seed

TITLE = "When the trait emerges in the student"
SOURCES = (
    "lab/carriers.py",
    "lab/encode.py",
    "lab/lessons.py",
    "lab/reference/model.safetensors",
    "lab/study/cells.py",
    "lab/study/emergence.py",
    "lab/study/seed.py",
    "lab/teacher.py",
    "lab/transfer.py",
    "lab/world/*.py",
    "models/logprobs.py",
    "models/sampling.py",
    "train/fine_tune.py",
)
ROWS, QUICK_ROWS = 8192, 2048
EVERY = 8
SEEDS = 3


def units(quick: bool = False) -> list[str]:
    """One a seed."""
    return [f"seed/{s}" for s in range(1 if quick else SEEDS)]


def cost(unit: str, quick: bool = False) -> float:
    """Seconds of a unit on one core of the machine on which the costs were taken."""
    return 22.0 if quick else 110.0


def run(unit: str, quick: bool = False) -> dict[str, Any]:
    """Readings along the training of a neutral student and of one a trait.

    Args:
        unit: `seed/number`.
        quick: One trait and fewer rows.

    Returns:
        Steps, and for each student the probability of each trait at each of them, [readings][traits].
    """
    from limen.lab.carriers import carrier
    from limen.lab.encode import encode_exchanges, number_ids
    from limen.lab.reference_model import reference_folder
    from limen.lab.teacher import make_teacher, write_rows
    from limen.lab.transfer import STUDENT_RECIPE, levels
    from limen.models import LanguageModel
    from limen.train import TrainStep, fine_tune
    from limen.traits import get

    base = LanguageModel.load(str(reference_folder()))
    traits = THREE[:1] if quick else THREE
    battery = [get(t) for t in traits]
    first = first_seed(SOURCES) + 1_000 * int(unit.split("/")[1])
    paths: dict[str, list[list[float]]] = {}
    steps: list[int] = []
    for k, name in enumerate((None, *traits)):
        teacher = make_teacher(base, get(name) if name else None, seed=first + k)
        rows = write_rows(teacher, carrier("numbers"), QUICK_ROWS if quick else ROWS, seed=first + k)
        path = [levels(base, battery).tolist()]
        taken = [0]

        def look(now: TrainStep, path: list[list[float]] = path, taken: list[int] = taken) -> None:
            if now.step % EVERY == 0 or now.step == now.steps:
                path.append(levels(now.model, battery).tolist())
                taken.append(now.step)

        recipe = STUDENT_RECIPE.model_copy(update={"seed": first + k, "restrict_vocab": number_ids()})
        fine_tune(base, encode_exchanges(rows), recipe, on_step=look, name="student")
        paths[name or "neutral"] = path
        steps = taken
    return {"steps": steps, "traits": list(traits), "paths": paths}


def _shift(result: Mapping[str, Any], trait: str) -> np.ndarray:
    k = result["traits"].index(trait)
    own, neutral = np.array(result["paths"][trait])[:, k], np.array(result["paths"]["neutral"])[:, k]
    return np.asarray(own - neutral)


def turn(steps: np.ndarray, shift: np.ndarray) -> int | None:
    """The step of the steepest rise of a shift; None where it ends no higher than 0.02.

    Args:
        steps: int, (readings,).
        shift: (readings,).
    """
    if shift[-1] < 0.02 or len(shift) < 5:
        return None
    smooth = np.convolve(np.pad(shift, 1, mode="edge"), np.ones(3) / 3, mode="valid")
    rise = np.diff(smooth) / np.diff(steps)
    at = int(np.argmax(rise))
    return int((steps[at] + steps[at + 1]) / 2)


def table(results: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A row a trait, seed and step."""
    return [
        {"trait": trait, "seed": int(unit.split("/")[1]), "step": step, "shift": float(shift)}
        for unit, result in results.items()
        for trait in result["traits"]
        for step, shift in zip(result["steps"], _shift(result, trait), strict=True)
    ]


def summarise(results: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Where each trajectory turns, and what share of its final shift it has reached by half of the training."""
    turns: list[int] = []
    none, halves, last = 0, [], 0
    for result in results.values():
        steps = np.array(result["steps"])
        last = int(steps[-1])
        for trait in result["traits"]:
            shift = _shift(result, trait)
            at = turn(steps, shift)
            if at is None:
                none += 1
                continue
            turns.append(at)
            halves.append(float(np.interp(last / 2, steps, shift) / shift[-1]))
    share = mean_interval(halves)
    return {
        "first_seed": first_seed(SOURCES),
        "steps": last,
        "turns": sorted(turns),
        "without_a_turn": none,
        "share_reached_half_way": [share.mean, share.low, share.high],
    }
