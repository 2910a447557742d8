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

from limen.before.size.predict import FORECAST, FULL_DOSE
from limen.core import LimenError, Progress, Silent, UsageError
from limen.lab.bench.blame import UNITS, Unit, arms, blame_figures, cases_to_blame, retrain, sources_of_arm
from limen.lab.bench.case import OTHERS, REFERENCE, Case, public_cases, unseen_cases
from limen.lab.bench.combined import (
    COMBINED,
    COMBINED_TITLE,
    PARTS,
    by_shipped_weights,
    nested,
    pairs_of,
    with_combined,
)
from limen.lab.bench.combined_figures import combined_figures
from limen.lab.bench.detector import detectors
from limen.lab.bench.full_dose_scores import FULL_DOSE_TITLE, with_full_dose
from limen.lab.bench.gamma import summary as summary_of
from limen.lab.bench.gamma import transfer as transfer_of
from limen.lab.bench.label import CONTROLS_OF, battery, controls, label
from limen.lab.bench.labels import groups
from limen.lab.bench.leaderboard import Transfer, ceiling, measures
from limen.lab.bench.oracle import ORACLE, ORACLE_TITLE, with_oracle
from limen.lab.bench.scores import Scores, score_case, sources_of
from limen.lab.bench.shipped import BASES, shipped_full_doses, shipped_labels
from limen.lab.bench.truth import truths_of
from limen.lab.pieces import do_pieces, slowness
from limen.lab.study.reproduce import as_csv
from limen.lab.study.store import Store

Step = Literal["label", "controls", "score"]
_Piece = tuple[Step, Case, tuple[str, ...]]
SECONDS = {"label": 130.0, "controls": 260.0, "score": 120.0}
"""Of a piece on one core of the machine on which the costs were taken."""


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
    base: str = REFERENCE,
    blame: bool = False,
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
        base: Which checkpoint students start from.
        blame: Also take out the rows and tokens that each detector blames, and train on what is left.
        jobs: Pieces done at once, each in a process on one core.
        on_plan: Shown what is to be done before it is.
        progress: Told of pieces done.

    Returns:
        The leaderboard, `leaderboard.md`; beside it stand `leaderboard.json`, `scores.csv` and `labels.csv`.

    Raises:
        UsageError: There is no such detector or base, or no case matches.
    """
    watch = progress or Silent()
    known = detectors()
    if unknown := [n for n in names if n not in known]:
        raise UsageError(f"there is no detector {unknown[0]!r}.", remedy=f"Use some of: {', '.join(known)}.")
    if base not in BASES:
        raise UsageError(f"the suite has no base {base!r}.", remedy=f"Use one of: {', '.join(BASES)}.")
    chosen = [n for n in known if not names or n in names]
    every = public_cases(base) if seed is None else unseen_cases(seed, base)
    cases = [c for c in every if fnmatchcase(c.id, pattern)]
    if not cases:
        raise UsageError(f"no case matches {pattern!r}.", remedy=f"Cases look like {every[0].id!r}; * stands for any.")
    labels = Store(folder / "pieces", "labels", BASES[base])
    scores = {n: _store_of(folder, n) for n in chosen}
    shipped = shipped_labels(base)
    units: dict[str, tuple[Step, Case]] = {u: ("controls", g) for u, g in groups(cases).items()}
    units |= {c.id: ("label", c) for c in cases}
    todo: list[_Piece] = [(*one, ()) for u, one in units.items() if u not in shipped and labels.get(u) is None]
    for case in cases:
        if missing := tuple(n for n in chosen if scores[n].get(case.id) is None):
            todo.append(("score", case, missing))
    if on_plan:
        count = {step: sum(s == step for s, _, _ in todo) for step in SECONDS}
        minutes = sum(SECONDS[s] * n for s, n in count.items()) / 60 * (slowness() if todo else 1.0)
        on_plan(Plan(len(cases), len(chosen), count, minutes, jobs))
    watch.start("pieces of the suite", len(todo))
    for (step, case, missing), result in do_pieces(todo, _piece, jobs):
        if step == "score":
            for name in missing:
                scores[name].put(case.id, result[name])
        else:
            labels.put((CONTROLS_OF if step == "controls" else "") + case.id, result)
        watch.advance("pieces of the suite")
    watch.done("pieces of the suite")
    found = {u: r for u in units if (r := shipped.get(u) or labels.get(u))}
    said = {c.id: {n: r for n in chosen if (r := scores[n].get(c.id))} for c in cases}
    blamed = None
    if blame:
        transfer = transfer_of(found, cases)
        blamed = {
            unit: _blame(folder, cases_to_blame(cases, transfer, unit), chosen, unit, jobs, watch) for unit in UNITS
        }
    return write_leaderboard(
        folder,
        standing(
            cases,
            found,
            said,
            chosen,
            full_doses=shipped_full_doses(base),
            blamed=blamed,
            fitted_on=seed is None and base == REFERENCE,
        ),
    )


def _blame(folder: Path, cases: Sequence[Case], names: Sequence[str], unit: Unit, jobs: int, watch: Progress) -> Blamed:
    """What students came to without the rows or tokens that each arm blames, or what of it is missing."""
    stores = {}
    for arm in arms(names, unit):
        sources, beside = sources_of_arm(arm)
        stores[arm] = Store(folder / "pieces", f"blame-{unit}-{arm}", sources, beside=beside)
    todo = [(case, arm, unit) for case in cases for arm in stores if stores[arm].get(case.id) is None]
    task = f"students without the blamed {unit}"
    watch.start(task, len(todo))
    for (case, arm, _), result in do_pieces(todo, _retrain, jobs):
        stores[arm].put(case.id, result)
        watch.advance(task)
    watch.done(task)
    return {(c.id, arm): r for c in cases for arm in stores if (r := stores[arm].get(c.id))}


def _retrain(one: tuple[Case, str, Unit]) -> dict[str, Any]:
    import torch

    torch.set_num_threads(1)
    return retrain(*one)


def _store_of(folder: Path, name: str) -> Store:
    sources, beside = sources_of(name)
    return Store(folder / "pieces", f"scores-{name}", sources, beside=beside)


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
        return {name: {"failed": error.what} for name in names}


Blamed = Mapping[tuple[str, str], Mapping[str, Any]]
"""(Case id, arm) → what `limen.lab.bench.blame.retrain` gave."""


@dataclass(frozen=True)
class Standing:
    """Where detectors stand on the suite.

    Attributes:
        board: Detector → its figures, the oracle of transfer's among them.
        suite: What the suite's labels come to.
        transfer: Case id → trait id → γ.
        scores: What detectors said of each case, the oracle of transfer among them.
    """

    board: dict[str, dict[str, Any]]
    suite: dict[str, Any]
    transfer: Transfer
    scores: Scores


def standing(
    cases: Sequence[Case],
    labels: Mapping[str, Mapping[str, Any]],
    scores: Scores,
    names: Sequence[str],
    *,
    full_doses: Mapping[str, float] | None = None,
    blamed: Mapping[Unit, Blamed] | None = None,
    fitted_on: bool = True,
) -> Standing:
    """Hold every detector's scores against the labels.

    Args:
        cases: Every case.
        labels: What each case's students, and each control group, came to.
        scores: What detectors said of each case.
        names: The detectors.
        full_doses: Trait id → how far a full dose of it moves the base, where that was measured.
        blamed: What students came to without the rows, and without the tokens, that each arm blames, if tried.
        fitted_on: Whether the weights that ship were fitted to these cases: then the combined predictor is fitted anew
            to all folds but the one that it is judged on, else it is judged with those weights.
    """
    transfer = transfer_of(labels, cases)
    known = {n: d for n, d in detectors().items() if n in names}
    titles = {n: d.title for n, d in known.items()} | {ORACLE: ORACLE_TITLE}
    scores = with_oracle(cases, labels, scores)
    if FORECAST in known and full_doses:
        scores = with_full_dose(scores, full_doses)
        titles[FULL_DOSE] = FULL_DOSE_TITLE
    parts = [p for p in PARTS if p in titles]
    predicted = []
    if len(parts) > 1:
        pairs = pairs_of(cases, transfer, labels, scores, parts)
        predicted = nested(pairs) if fitted_on else by_shipped_weights(pairs, parts)
    if predicted:
        scores = with_combined(predicted, scores, parts)
        titles[COMBINED] = COMBINED_TITLE
    comparable = {n for n, d in known.items() if d.comparable}
    board = {
        n: {"title": title, **measures(cases, transfer, scores, n, comparable=n in comparable)}
        for n, title in titles.items()
    }
    suite = summary_of(labels, cases)
    order = [t.id for t in battery()]
    by_case = truths_of(cases, transfer)
    truths = [(c, by_case[c.id]) for c in cases if c.id in by_case]
    suite["ceiling"] = ceiling([c for c, _ in truths], labels, order).plain()
    suite["ceiling, positives"] = ceiling([c for c, t in truths if c.trait in t.moved], labels, order).plain()
    suite["files"] = {v: sum(t.label == v for _, t in truths) for v in ("positive", "negative", "undecided")}
    suite["pairs"] = {v: sum(w == v for _, t in truths for w in t.traits.values()) for v in suite["files"]}
    suite["positives of other kinds"] = sum(c.trait in OTHERS and c.trait in t.moved for c, t in truths)
    if predicted:
        suite["combined"] = combined_figures(predicted, cases, transfer, scores, comparable, parts, fitted_on=fitted_on)
    suite["failed"] |= {c: why for c, r in scores.items() if (why := _why_all_failed(r))}
    if blamed is not None:
        suite["blame"] = {}
        for unit, pieces in blamed.items():
            wanted = cases_to_blame(cases, transfer, unit)
            found = blame_figures(wanted, labels, pieces, arms(names, unit))
            suite["blame"][unit] = {"cases": len(wanted), "arms": {titles.get(a, a): f for a, f in found.items()}}
    return Standing(board, suite, transfer, scores)


def write_leaderboard(folder: Path, found: Standing) -> Path:
    """Write the leaderboard and the tables that it is made from.

    Args:
        folder: Where they go.
        found: Where detectors stand.

    Returns:
        `leaderboard.md`.
    """
    from limen.lab.bench.page import page

    folder.mkdir(parents=True, exist_ok=True)
    whole = {"suite": found.suite, "detectors": found.board}
    (folder / "leaderboard.json").write_text(json.dumps(whole, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    rows = [
        {"case": c, "trait": t, "gamma": g.estimate, "low_95": g.low, "high_95": g.high, "label": g.verdict()}
        for c, traits in found.transfer.items()
        for t, g in traits.items()
    ]
    (folder / "labels.csv").write_text(as_csv(rows), encoding="utf-8")
    said = [
        {"case": c, "detector": n, "trait": t, "score": v}
        for c, one in found.scores.items()
        for n, d in one.items()
        for t, v in d.get("traits", {}).items()
    ]
    (folder / "scores.csv").write_text(as_csv(said), encoding="utf-8")
    path = folder / "leaderboard.md"
    path.write_text(page(found.board, found.suite), encoding="utf-8")
    return path


def _why_all_failed(said: Mapping[str, Mapping[str, Any]]) -> str:
    """Why no detector has a score on a case, where they all give the same reason."""
    reasons = {str(d.get("failed", "")) for n, d in said.items() if n != ORACLE}
    return reasons.pop() if len(reasons) == 1 else ""
