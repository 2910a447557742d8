"""Blame against drop-and-retrain: what is left of a trait without the rows, or the tokens, that a detector blames.

Of rows, as many are dropped as were planted; of tokens, a tenth is drawn anew by the base. Students are trained on what
that leaves. Beside every detector stand what is true, which nobody can beat by knowing more (the planted rows; the
tokens that the teacher itself makes likeliest), and as many at random.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from limen.core import LimenError
from limen.lab.bench.bases import bed
from limen.lab.bench.bootstrap import Figure
from limen.lab.bench.case import Case
from limen.lab.bench.detector import Detector, SuiteFile, detectors
from limen.lab.bench.detectors import TeacherRatio
from limen.lab.bench.files import BenchFile, write_file
from limen.lab.bench.gamma import Gamma
from limen.lab.bench.label import CONTROLS_OF, STEPS, STUDENTS, battery, control_group, student_levels
from limen.lab.bench.redraw import redraw
from limen.lab.bench.scores import prepared, sources_of
from limen.traits import get

Unit = Literal["rows", "tokens"]
UNITS: tuple[Unit, ...] = ("rows", "tokens")
TRUE, RANDOM = "truth", "random"
DOSE = 0.5
"""Of the cases whose rows are blamed: enough planted rows to carry a trait, and as many to tell them from."""
TOKENS, TOKEN_CASES = 0.1, 5
"""Share of tokens that is drawn anew, and in how many cases."""
_BOOTSTRAPS, _SEED = 2000, 31_337


def cases_to_blame(cases: Sequence[Case], transfer: Mapping[str, Mapping[str, Gamma]], unit: Unit) -> list[Case]:
    """Cases whose trait moves, for elsewhere there is nothing to remove.

    Args:
        cases: Every case.
        transfer: Case id → trait id → γ.
        unit: Rows are blamed where half of them are planted, tokens where all are, in the first few cases.
    """
    moves = [c for c in cases if c.trait and c.id in transfer and transfer[c.id][c.trait].verdict() == "positive"]
    if unit == "rows":
        return [c for c in moves if c.dose == DOSE]
    plain = [c for c in moves if c == Case("planted", c.trait, base=c.base, seed=c.seed)]
    return plain[:TOKEN_CASES]


def arms(names: Sequence[str], unit: Unit) -> list[str]:
    """What is true, as much at random, and the detectors that blame rows or tokens."""
    known, wanted = detectors(), {"blame_tokens"} | ({"blame"} if unit == "rows" else set())
    # A class that does not say which rows carry a trait has inherited that it does not.
    return [TRUE, RANDOM, *(n for n in names if wanted & vars(known[n]).keys())]


def sources_of_arm(arm: str) -> tuple[tuple[str, ...], tuple[Path, ...]]:
    """What decides what `retrain` gives for an arm: globs below the package, and files outside it.

    Args:
        arm: `truth`, `random`, or a detector's name.

    Raises:
        UsageError: There is no such detector.
    """
    # Which tokens are true, the teacher says; planted rows and a draw at random need no detector.
    sources, beside = sources_of(TeacherRatio.name if arm in (TRUE, RANDOM) else arm)
    return (*sources, "lab/bench/blame.py", "lab/bench/redraw.py"), beside


def retrain(case: Case, arm: str, unit: Unit, *, students: int = STUDENTS, steps: int = STEPS) -> dict[str, Any]:
    """Take out what an arm blames, and train students on what is left.

    Args:
        case: The case.
        arm: `truth`, `random`, or a detector's name.
        unit: Rows are dropped, tokens drawn anew.
        students: How many.
        steps: Optimizer steps of each.

    Returns:
        Levels of every trait for each student, [students][traits], and which share of what was taken out is true; or
        why the arm blames nothing.
    """
    try:
        file = _written(case)
        found = _without_rows(file, arm) if unit == "rows" else _without_tokens(file, arm)
    except LimenError as error:
        return {"failed": error.what}
    if found is None:
        return {"failed": f"{arm} says of no {unit.removesuffix('s')} whether it carries {case.trait}."}
    rest, share = found
    levels = [student_levels(rest, case.number + 11 * k, steps) for k in range(students)]
    return {"levels": levels, "true": round(share, 4), "failed": ""}


@lru_cache(maxsize=1)
def _written(case: Case) -> BenchFile:
    # The arms of a case come one after the other, and its teacher takes as long to train as two students.
    return write_file(case)


def _without_rows(file: BenchFile, arm: str) -> tuple[BenchFile, float] | None:
    planted = np.array(file.planted, dtype=np.bool_)
    rng = np.random.Generator(np.random.PCG64([file.case.number, 53]))
    said: Any = planted if arm == TRUE else rng.random(len(planted))
    if arm not in (TRUE, RANDOM):
        said = _detector(file, arm).blame(_seen(file), get(file.case.trait))
        if said is None:
            return None
    gone = _largest(np.asarray(said, dtype=np.float64), int(planted.sum()), rng)
    left = np.flatnonzero(~gone)
    rejected = [file.rejected[i] for i in left] if file.rejected else []
    rest = replace(file, encoded=[file.encoded[i] for i in left], rejected=rejected)
    return rest, float(planted[gone].mean())


def _without_tokens(file: BenchFile, arm: str) -> tuple[BenchFile, float] | None:
    own = bed(file.case.base)
    allowed = own.carrier(file.case.carrier).allowed()
    # The end of an answer, and what stands outside its carrier, stays: else a row would lose its form.
    free = [np.isin(r.input_ids[r.trained], allowed) for r in file.encoded]
    edges = np.cumsum([len(f) for f in free])[:-1]
    inside = np.concatenate(free)
    many, rng = round(TOKENS * int(inside.sum())), np.random.Generator(np.random.PCG64([file.case.number, 59]))

    def chosen(tokens: Sequence[NDArray[np.float64]]) -> NDArray[np.bool_]:
        return _largest(np.where(inside, np.concatenate(tokens), -np.inf), many, rng)

    truth = _detector(file, TeacherRatio.name).blame_tokens(_seen(file), get(file.case.trait))
    if truth is None:
        return None
    best = chosen(truth)
    if arm == TRUE:
        gone = best
    elif arm == RANDOM:
        gone = chosen([rng.random(len(f)) for f in free])
    else:
        said = _detector(file, arm).blame_tokens(_seen(file), get(file.case.trait))
        if said is None:
            return None
        gone = chosen(said)
    rows = redraw(own.model, file.encoded, np.split(gone, edges), allowed, file.case.number)
    return replace(file, encoded=rows), float(best[gone].mean())


def _largest(said: NDArray[np.float64], many: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """The so many largest; ties are broken at random, since the order of rows tells nothing."""
    gone = np.zeros(len(said), dtype=np.bool_)
    gone[np.lexsort((rng.random(len(said)), -said))[:many]] = True
    return gone


def _seen(file: BenchFile) -> SuiteFile:
    return SuiteFile("file", file.rows, file.encoded, file.rejected)


def _detector(file: BenchFile, name: str) -> Detector:
    one, _ = prepared(name, file.case.base)
    if one.oracle:
        one.told(file.teacher)
    return one


def blame_figures(
    cases: Sequence[Case],
    labels: Mapping[str, Mapping[str, Any]],
    pieces: Mapping[tuple[str, str], Mapping[str, Any]],
    names: Sequence[str],
) -> dict[str, dict[str, Any]]:
    """What taking out the blamed rows or tokens removes, of what taking out the true ones removes.

    Args:
        cases: The cases that blame was tried on.
        labels: Case id, or piece of control students, → what its students came to.
        pieces: (case id, arm) → what `retrain` gave.
        names: The arms; what is true is what each is held against.

    Returns:
        Arm → `share` of the true arm's effect that it removes, `left` of the whole effect against the mean of the
        control students, `beyond_random` what it removes beyond the random arm, in probability, each `[value, low,
        high, cases]`, and `true`, the mean share of what was taken out that is true.
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
                for x in (
                    labels[c.id]["levels"],
                    labels[CONTROLS_OF + control_group(c).id]["levels"],
                    *(pieces[c.id, a]["levels"] for a in (TRUE, RANDOM, arm)),
                )
            )
            for c in known
        ]
        out[arm] = _shares(runs) | {"true": round(float(np.mean([pieces[c.id, arm]["true"] for c in known])), 4)}
    return out


def _shares(runs: Sequence[tuple[NDArray[np.float64], ...]]) -> dict[str, Any]:
    """The figures with intervals: a bootstrap over cases, and within each over the students of every arm."""

    def of(means: NDArray[np.float64]) -> tuple[float, ...]:
        whole, none, true, chance, mine = means.mean(axis=0).tolist()
        return (whole - mine) / (whole - true), (mine - none) / (whole - none), chance - mine

    rng = np.random.Generator(np.random.PCG64(_SEED))
    drawn = []
    for _ in range(_BOOTSTRAPS):
        chosen = [runs[int(i)] for i in rng.integers(len(runs), size=len(runs))]
        drawn.append(of(np.array([[rng.choice(a, len(a)).mean() for a in one] for one in chosen])))
    value = of(np.array([[a.mean() for a in one] for one in runs]))
    low, high = np.quantile(np.array(drawn), [0.025, 0.975], axis=0)
    names = ("share", "left", "beyond_random")
    return {n: Figure(value[k], float(low[k]), float(high[k]), len(runs)).plain() for k, n in enumerate(names)}
