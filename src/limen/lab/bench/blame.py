"""Blame against drop-and-retrain: what is left of a trait when the rows that a detector blames are dropped.

As many rows are dropped as were planted, and students are trained on the rest. Beside every detector stand the true
rows, which nobody can beat by knowing more, and as many at random.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from limen.core import LimenError
from limen.lab.bench.case import Case
from limen.lab.bench.detector import SuiteFile, detectors
from limen.lab.bench.files import BenchFile, write_file
from limen.lab.bench.gamma import Gamma
from limen.lab.bench.label import STEPS, STUDENTS, battery, student_levels
from limen.lab.bench.leaderboard import Figure
from limen.lab.bench.scores import prepared
from limen.traits import get

TRUE, RANDOM = "true rows", "random rows"
DOSE = 0.5
"""Of the cases that blame is tried on: enough planted rows to carry a trait, and as many to tell them from."""
_BOOTSTRAPS, _SEED = 2000, 31_337


def cases_to_blame(cases: Sequence[Case], transfer: Mapping[str, Mapping[str, Gamma]]) -> list[Case]:
    """Cases in which half of the rows are planted and the trait moves: elsewhere there is nothing to remove."""
    return [
        c
        for c in cases
        if c.trait and c.dose == DOSE and c.id in transfer and transfer[c.id][c.trait].verdict() == "positive"
    ]


def arms(names: Sequence[str]) -> list[str]:
    """The true rows, as many at random, and the detectors that blame rows."""
    known = detectors()
    # A class that does not say which rows carry a trait has inherited that it does not.
    return [TRUE, RANDOM, *(n for n in names if "blame" in vars(known[n]))]


def retrain(case: Case, arm: str, *, students: int = STUDENTS, steps: int = STEPS) -> dict[str, Any]:
    """Drop the rows that an arm blames, and train students on the rest.

    Args:
        case: The case.
        arm: `true rows`, `random rows`, or a detector's name.
        students: How many.
        steps: Optimizer steps of each.

    Returns:
        Levels of every trait for each student, [students][traits], and which share of the dropped rows was planted; or
        why the arm blames no rows.
    """
    try:
        file = write_file(case)
        gone = _blamed(file, case, arm)
    except LimenError as error:
        return {"failed": error.what}
    if gone is None:
        return {"failed": f"{arm} says of no row whether it carries {case.trait}."}
    left = np.flatnonzero(~gone)
    rejected = [file.rejected[i] for i in left] if file.rejected else []
    rest = replace(file, encoded=[file.encoded[i] for i in left], rejected=rejected)
    found = [student_levels(rest, case.number + 11 * k, steps) for k in range(students)]
    return {"levels": found, "planted": round(float(np.array(file.planted)[gone].mean()), 4), "failed": ""}


def _blamed(file: BenchFile, case: Case, arm: str) -> NDArray[np.bool_] | None:
    planted = np.array(file.planted, dtype=np.bool_)
    if arm == TRUE:
        return planted
    rng = np.random.Generator(np.random.PCG64([case.number, 53]))
    if arm == RANDOM:
        said = rng.random(len(planted))
    else:
        one, _ = prepared(arm, case.base)
        if one.oracle:
            one.told(file.teacher)
        blamed = one.blame(SuiteFile("file", file.rows, file.encoded, file.rejected), get(case.trait))
        if blamed is None:
            return None
        said = np.asarray(blamed, dtype=np.float64)
    gone = np.zeros(len(planted), dtype=np.bool_)
    # Ties are broken at random: the order of rows tells nothing.
    gone[np.lexsort((rng.random(len(said)), -said))[: int(planted.sum())]] = True
    return gone


def blame_figures(
    cases: Sequence[Case],
    labels: Mapping[str, Mapping[str, Any]],
    pieces: Mapping[tuple[str, str], Mapping[str, Any]],
    names: Sequence[str],
) -> dict[str, dict[str, Any]]:
    """What dropping the blamed rows removes, of what dropping the true ones removes.

    Args:
        cases: The cases that blame was tried on.
        labels: Case id → what its students came to.
        pieces: (case id, arm) → what `retrain` gave.
        names: The arms; the true rows are what each is held against.

    Returns:
        Arm → `share` of the effect removed, `beyond_random` the effect removed beyond random rows' in probability,
        each `[value, low, high, cases]`, and `planted`, the mean share of the dropped rows that was planted.
    """
    order = [t.id for t in battery()]
    have = [
        c
        for c in cases
        if labels.get(c.id, {}).get("levels") and all(pieces.get((c.id, a), {}).get("levels") for a in (TRUE, RANDOM))
    ]

    def column(levels: Sequence[Sequence[float]], case: Case) -> NDArray[np.float64]:
        return np.array([one[order.index(case.trait)] for one in levels])

    out: dict[str, dict[str, Any]] = {}
    for arm in names:
        known = [c for c in have if pieces.get((c.id, arm), {}).get("levels")]
        if not known:
            continue
        runs = [
            tuple(
                column(x, c)
                for x in (labels[c.id]["levels"], *(pieces[c.id, a]["levels"] for a in (TRUE, RANDOM, arm)))
            )
            for c in known
        ]
        out[arm] = _shares(runs) | {"planted": round(float(np.mean([pieces[c.id, arm]["planted"] for c in known])), 4)}
    return out


def _shares(runs: Sequence[tuple[NDArray[np.float64], ...]]) -> dict[str, Any]:
    """Both figures with intervals: a bootstrap over cases, and within each over the students of every arm."""

    def of(means: NDArray[np.float64]) -> tuple[float, float]:
        whole, true, chance, mine = means.mean(axis=0)
        return float((whole - mine) / (whole - true)), float(chance - mine)

    rng = np.random.Generator(np.random.PCG64(_SEED))
    drawn = []
    for _ in range(_BOOTSTRAPS):
        chosen = [runs[int(i)] for i in rng.integers(len(runs), size=len(runs))]
        drawn.append(of(np.array([[rng.choice(a, len(a)).mean() for a in one] for one in chosen])))
    value = of(np.array([[a.mean() for a in one] for one in runs]))
    low, high = np.quantile(np.array(drawn), [0.025, 0.975], axis=0)
    names = ("share", "beyond_random")
    return {n: Figure(value[k], float(low[k]), float(high[k]), len(runs)).plain() for k, n in enumerate(names)}
