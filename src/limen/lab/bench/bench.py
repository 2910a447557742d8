"""bench: labels where they are missing, every detector's scores, and the leaderboard.

Pieces are kept one by one under the hash of the code that made them, so that an interrupted run goes on where it
stopped. A label takes minutes of a core (students are trained), and so do a case's scores.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal

from limen.core import LimenError, Progress, Silent, UsageError
from limen.lab.bench import labels as labelling
from limen.lab.bench.case import OTHERS, Case, public_cases, unseen_cases
from limen.lab.bench.detector import detectors
from limen.lab.bench.label import battery, control_group, controls, label
from limen.lab.bench.leaderboard import ceiling, file_label, measures
from limen.lab.bench.scores import score_case
from limen.lab.pieces import do_pieces, slowness
from limen.lab.study.reproduce import as_csv
from limen.lab.study.store import Store

Step = Literal["label", "controls", "score"]
_Piece = tuple[Step, Case, tuple[str, ...]]
SECONDS = {"label": 130.0, "controls": 260.0, "score": 120.0}
"""Of a piece on one core of the machine on which the costs were taken."""
SCORE_SOURCES = (
    *labelling.SOURCES,
    "before/forecast/*.py",
    "lab/bench/detectors/*.py",
    "lab/bench/scores.py",
    "stats/*.py",
    "train/prompted_twin.py",
    "train/twins.py",
    "train/writers.py",
)


@dataclass(frozen=True)
class Plan:
    """What is still to be done.

    Attributes:
        cases: How many cases.
        detectors: How many detectors.
        pieces: How many pieces of each step are missing.
        core_minutes: Their time on one core.
        jobs: How many at once.
    """

    cases: int
    detectors: int
    pieces: Mapping[str, int]
    core_minutes: float
    jobs: int


def bench(
    folder: Path,
    *,
    names: Sequence[str] = (),
    pattern: str = "*",
    seed: int | None = None,
    jobs: int = 1,
    on_plan: Callable[[Plan], None] | None = None,
    progress: Progress | None = None,
) -> Path:
    """Score detectors on the suite, or what is left of it.

    Args:
        folder: Where pieces, tables and the leaderboard go.
        names: Which detectors; all where empty.
        pattern: Cases whose id matches, with `*` and `?`.
        seed: Cases that nobody has seen, of this draw; the public ones where None.
        jobs: Pieces done at once, each in a process on one core.
        on_plan: Shown what is to be done before it is.
        progress: Told of pieces done.

    Returns:
        The leaderboard, `leaderboard.md`; beside it stand `leaderboard.json`, `scores.csv` and `labels.csv`.

    Raises:
        UsageError: There is no such detector, or no case matches.
    """
    watch = progress or Silent()
    known = detectors()
    if unknown := [n for n in names if n not in known]:
        raise UsageError(f"there is no detector {unknown[0]!r}.", remedy=f"Use some of: {', '.join(known)}.")
    chosen = [n for n in known if not names or n in names]
    every = public_cases() if seed is None else unseen_cases(seed)
    cases = [c for c in every if fnmatchcase(c.id, pattern)]
    if not cases:
        raise UsageError(f"no case matches {pattern!r}.", remedy=f"Cases look like {every[0].id!r}; * stands for any.")
    groups = list({control_group(c).id: control_group(c) for c in cases}.values())
    labels = Store(folder / "pieces", "labels", labelling.SOURCES, quick=False)
    scores = Store(folder / "pieces", "scores", SCORE_SOURCES, quick=False)
    todo: list[_Piece] = []
    todo += [("controls", g, ()) for g in groups if labels.get(labelling.CONTROLS + g.id) is None]
    todo += [("label", c, ()) for c in cases if labels.get(c.id) is None]
    for case in cases:
        missing = tuple(n for n in chosen if n not in ((scores.get(case.id) or {}).get("detectors") or {}))
        if missing and "failed" not in (scores.get(case.id) or {}):
            todo.append(("score", case, missing))
    if on_plan:
        count = {step: sum(s == step for s, _, _ in todo) for step in SECONDS}
        minutes = sum(SECONDS[s] * n for s, n in count.items()) / 60 * (slowness() if todo else 1.0)
        on_plan(Plan(len(cases), len(chosen), count, minutes, jobs))
    watch.start("pieces of the suite", len(todo))
    for (step, case, _), result in do_pieces(todo, _piece, jobs):
        if step == "score":
            before = scores.get(case.id) or {"detectors": {}}
            scores.put(case.id, {**result, "detectors": {**before["detectors"], **result.get("detectors", {})}})
        else:
            labels.put((labelling.CONTROLS if step == "controls" else "") + case.id, result)
        watch.advance("pieces of the suite")
    watch.done("pieces of the suite")
    found = {
        u: r for u in [*(labelling.CONTROLS + g.id for g in groups), *(c.id for c in cases)] if (r := labels.get(u))
    }
    return write_leaderboard(folder, cases, found, {c.id: r for c in cases if (r := scores.get(c.id))}, chosen)


def _piece(one: _Piece) -> dict[str, Any]:
    import torch

    torch.set_num_threads(1)
    step, case, names = one
    if step == "label":
        return label(case)
    if step == "controls":
        return controls(case)
    try:
        return score_case(case, names)
    except LimenError as error:
        return {"failed": error.what, "detectors": {}}


def write_leaderboard(
    folder: Path,
    cases: Sequence[Case],
    labels: Mapping[str, Mapping[str, Any]],
    scores: Mapping[str, Mapping[str, Any]],
    names: Sequence[str],
) -> Path:
    """Write the leaderboard and the tables that it is made from.

    Args:
        folder: Where they go.
        cases: Every case.
        labels: What each case's students, and each control group, gave.
        scores: What detectors said of each case.
        names: The detectors.

    Returns:
        `leaderboard.md`.
    """
    from limen.lab.bench.page import page

    transfer = labelling.transfer(labels, cases)
    known = detectors()
    board = {n: {"title": known[n].title, **measures(cases, transfer, scores, n)} for n in names}
    summary = labelling.summarise(labels, cases)
    order = [t.id for t in battery()]
    summary["ceiling"] = ceiling([c for c in cases if c.id in transfer], labels, order).plain()
    verdicts = [(c, file_label(c, transfer[c.id])) for c in cases if c.id in transfer and not c.outside]
    summary["files"] = {v: sum(v == w for _, w in verdicts) for v in ("positive", "negative", "undecided")}
    summary["positives of other kinds"] = sum(w == "positive" and c.trait in OTHERS for c, w in verdicts)
    summary["failed"] |= {c: r["failed"] for c, r in scores.items() if r.get("failed")}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "leaderboard.json").write_text(
        json.dumps({"suite": summary, "detectors": board}, indent=1, allow_nan=False) + "\n", encoding="utf-8"
    )
    rows = [
        {"case": c, "trait": t, "gamma": g.estimate, "low_95": g.low, "high_95": g.high, "label": g.verdict()}
        for c, traits in transfer.items()
        for t, g in traits.items()
    ]
    (folder / "labels.csv").write_text(as_csv(rows), encoding="utf-8")
    said = [
        {"case": c, "detector": n, "trait": t, "score": v}
        for c, one in scores.items()
        for n, d in one["detectors"].items()
        for t, v in d.get("traits", {}).items()
    ]
    (folder / "scores.csv").write_text(as_csv(said), encoding="utf-8")
    path = folder / "leaderboard.md"
    path.write_text(page(board, summary), encoding="utf-8")
    return path
