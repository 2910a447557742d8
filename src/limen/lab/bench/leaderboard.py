"""The leaderboard: every detector's scores against what training did.

Unit of every figure is the file, by its decided traits (`limen.lab.bench.truth`). A file's score is its largest. Shifts
that a detector predicts, and scores that it calls comparable, are held against each other as they are; scores of
others are standardised by files of neutral writers and of the base in the other half of the suite (halves by trait,
and by repetition where nothing is planted), so that traits on which a detector strays more do not win by it. Intervals
are percentile bootstraps over files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from limen.core import Verdict
from limen.lab.bench.bootstrap import LEAST, Figure, auprc, auroc, figure, share, slope, spearman
from limen.lab.bench.case import OTHERS, PREFERENCES, Case
from limen.lab.bench.gamma import MATTERS, Gamma
from limen.lab.bench.scores import Scores
from limen.lab.bench.shifts import shifts
from limen.lab.bench.truth import Truth, truths_of

Floats = NDArray[np.float64]
Transfer = Mapping[str, Mapping[str, Gamma]]
PARTS: dict[str, Callable[[Case], bool]] = {
    "preferences": lambda c: c.trait in PREFERENCES,
    "other kinds": lambda c: c.trait in OTHERS,
    "dose 100%": lambda c: bool(c.trait) and c.dose == 1,
    "dose 50%": lambda c: c.dose == 0.5,
    "dose 25%": lambda c: c.dose == 0.25,
    "tuned": lambda c: bool(c.trait) and c.teacher == "tuned",
    "prompted": lambda c: c.teacher == "prompted",
    "steered": lambda c: c.teacher == "steered",
}
"""Parts of the suite that are scored apart: plants of a kind that move their trait, against all negatives."""

TEACHERS: tuple[Literal["tuned", "prompted", "steered"], ...] = ("tuned", "prompted", "steered")
"""Of each the plants are told apart by which trait a detector names first, whether training moves it or not."""


def half(case: Case) -> int:
    """Which half of the suite a case belongs to: by its trait, or by its repetition where it has none."""
    if not case.trait:
        return case.seed % 2
    return [*PREFERENCES, *OTHERS].index(case.trait) % 2


def standardised(cases: Sequence[Case], scores: Scores, detector: str) -> dict[str, dict[str, float]]:
    """Scores less the mean, over the spread, of the other half's files of neutral writers and of the base.

    Args:
        cases: Every case.
        scores: What detectors said.
        detector: Which.

    Returns:
        Case id → trait id → z; files on which the detector failed are left out.
    """
    said = {c.id: one["traits"] for c in cases if (one := scores.get(c.id, {}).get(detector)) and "traits" in one}
    out: dict[str, dict[str, float]] = {c.id: {} for c in cases if c.id in said}
    traits = sorted({t for one in said.values() for t in one})
    for side in (0, 1):
        clean = [c.id for c in cases if _is_usual(c) and half(c) != side and c.id in said]
        for trait in traits:
            usual = np.array([said[c][trait] for c in clean if trait in said[c]])
            if len(usual) < 2:
                continue
            mean, spread = float(usual.mean()), max(float(usual.std(ddof=1)), 1e-12)
            for case in cases:
                if half(case) == side and trait in said.get(case.id, {}):
                    out[case.id][trait] = (said[case.id][trait] - mean) / spread
    return out


def adjusted(cases: Sequence[Case], scores: Scores, detector: str, *, comparable: bool) -> dict[str, dict[str, float]]:
    """Scores that two traits of a file can be compared by.

    Args:
        cases: Every case.
        scores: What detectors said.
        detector: Which.
        comparable: Whether its scores are so as they are.

    Returns:
        Case id → trait id → score: the predicted shift by a detector that predicts one, the score itself where it is
        comparable, else z; files on which the detector failed are left out.
    """
    said = {c.id: one for c in cases if (one := scores.get(c.id, {}).get(detector)) and "traits" in one}
    if any(one["predicted"] for one in said.values()):
        return {c: dict(one["predicted"]) for c, one in said.items()}
    if comparable:
        return {c: dict(one["traits"]) for c, one in said.items()}
    return standardised(cases, scores, detector)


def _is_usual(case: Case) -> bool:
    """Whether a case is of the kind that scores are standardised by: what the base and its neutral kin write."""
    return case.writer in ("neutral", "base") and case.lineage == "same"


def measures(
    cases: Sequence[Case], transfer: Transfer, scores: Scores, detector: str, *, comparable: bool = False
) -> dict[str, Any]:
    """Every figure of one detector.

    Args:
        cases: Every case.
        transfer: Case id → trait id → γ.
        scores: What detectors said.
        detector: Which.
        comparable: Whether its scores of two traits can be held against each other as they are.

    Returns:
        Figures by name, each `[value, low, high, files]`.
    """
    said = adjusted(cases, scores, detector, comparable=comparable)
    truths = truths_of([c for c in cases if c.id in said], transfer)
    inside = [c for c in cases if c.id in truths]
    scored = file_scores(truths, said)
    decided = [c for c in inside if c.id in scored]
    truth = np.array([truths[c.id].label == "positive" for c in decided], dtype=bool)
    score = np.array([scored[c.id] for c in decided], dtype=float)
    out: dict[str, Any] = {
        "auroc": figure(auroc, truth, score).plain(),
        "auprc": figure(auprc, truth, score).plain(),
    }
    of_plants = np.array([bool(c.trait) for c in decided], dtype=bool)
    for name, keep in (("plants alone", of_plants), ("plants against clean files", of_plants == truth)):
        out[f"auroc, {name}"] = figure(auroc, truth[keep], score[keep]).plain()
    for name, wanted in PARTS.items():
        keep = ~truth | np.array([wanted(c) and c.trait in truths[c.id].moved for c in decided], dtype=bool)
        out[f"auroc, {name}"] = figure(auroc, truth[keep], score[keep]).plain()
    pairs = [(c, t) for c in inside for t in truths[c.id].decided if t in said[c.id]]
    out["auroc, (file, trait)"] = figure(
        auroc,
        np.array([truths[c.id].traits[t] == "positive" for c, t in pairs]),
        np.array([said[c.id][t] for c, t in pairs]),
        np.array([c.number for c, _ in pairs]),
    ).plain()
    planted = [c for c in inside if c.trait in truths[c.id].moved and said[c.id]]
    first = np.array([_names_first(said[c.id], c.trait) for c in planted], dtype=float)
    out["named first"] = share(first).plain()
    out |= _by_teacher(cases, said)
    moved = [c for c in inside if c.trait and c.trait in said[c.id]]
    gammas = np.array([transfer[c.id][c.trait].estimate for c in moved])
    shown = np.array([said[c.id][c.trait] for c in moved])
    positive = np.array([c.trait in truths[c.id].moved for c in moved], dtype=bool)
    out["spearman"] = figure(spearman, gammas, shown).plain()
    out["spearman, positives"] = figure(spearman, gammas[positive], shown[positive]).plain()
    out["provenance"] = _provenance(cases, scores, detector).plain()
    out |= _at_default(cases, transfer, scores, detector)
    out |= _slope(moved, transfer, scores, detector)
    out |= _cost(cases, scores, detector)
    return out


def _by_teacher(cases: Sequence[Case], said: Mapping[str, Mapping[str, float]]) -> dict[str, Any]:
    """In how many plain plants of each sort of teacher the planted trait has the largest score, and of how many."""
    out: dict[str, Any] = {}
    for teacher in TEACHERS:
        # What is varied one at a time elsewhere in the suite is left as it usually is
        plain = {Case("planted", c.trait, base=c.base, teacher=teacher, seed=c.seed).id for c in cases if c.trait}
        asked = [c for c in cases if c.id in plain and said.get(c.id, {}).get(c.trait) is not None]
        right = sum(_names_first(said[c.id], c.trait) for c in asked)
        out[f"first of {teacher} teachers"] = [right, len(asked)]
    return out


def _names_first(scores: Mapping[str, float], trait: str) -> bool:
    """Whether a trait has the largest of a file's scores."""
    return max(scores, key=lambda one: scores[one]) == trait


def file_scores(truths: Mapping[str, Truth], said: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """The largest score of each file's decided traits.

    Args:
        truths: Case id → what training on it does.
        said: Case id → trait id → score.

    Returns:
        Case id → score, of the files that are decided and have one.
    """
    found = {c: [said[c][t] for t in truth.decided if t in said.get(c, {})] for c, truth in truths.items()}
    return {c: max(some) for c, some in found.items() if some and truths[c].label != "undecided"}


def _provenance(cases: Sequence[Case], scores: Scores, detector: str) -> Figure:
    """Did another model than the base write it? Planted and neutral teachers' files against all others."""
    truth, said = [], []
    for case in cases:
        value = scores.get(case.id, {}).get(detector, {}).get("provenance")
        # Of a real file nobody knows who wrote it.
        if value is not None and case.writer != "real":
            truth.append(case.writer in ("planted", "neutral") or case.lineage != "same")
            said.append(value)
    return figure(auroc, np.array(truth), np.array(said))


def _at_default(cases: Sequence[Case], transfer: Transfer, scores: Scores, detector: str) -> dict[str, Any]:
    """False alarms, abstentions and wrong names at a detector's own default.

    A clean file raises a false alarm if it is said to teach a trait that does not surely move.
    """
    alarms, open_, wrong, found = [], [], [], []
    for case in cases:
        verdicts = scores.get(case.id, {}).get(detector, {}).get("verdicts")
        if not verdicts or case.id not in transfer:
            continue
        names = {t for t, v in verdicts.items() if v == Verdict.FOUND}
        unsettled = any(v in (Verdict.INCONCLUSIVE, Verdict.NOT_MEASURED) for v in verdicts.values())
        if case.outside:
            wrong.append(float(bool(names)))
        elif not case.trait:
            alarms.append(float(any(transfer[case.id][t].low_of_all <= MATTERS for t in names)))
            open_.append(float(unsettled))
        elif transfer[case.id][case.trait].verdict() == "positive":
            found.append(float(case.trait in names))
    return {
        "false alarms": share(np.array(alarms)).plain(),
        "abstentions": share(np.array(open_)).plain(),
        "wrong name outside the battery": share(np.array(wrong)).plain(),
        "found": share(np.array(found)).plain(),
    }


def _slope(moved: Sequence[Case], transfer: Transfer, scores: Scores, detector: str) -> dict[str, Any]:
    """Slope of measured on predicted shift, for detectors that predict one."""
    pairs = [
        (said[c.trait], transfer[c.id][c.trait].estimate)
        for c in moved
        if c.trait in (said := scores[c.id][detector].get("predicted") or {})
    ]
    if len(pairs) < LEAST:
        return {"calibration slope": Figure(None, files=len(pairs)).plain()}
    x, y = np.array(pairs).T
    return {"calibration slope": figure(slope, y, x).plain()}


def _cost(cases: Sequence[Case], scores: Scores, detector: str) -> dict[str, Any]:
    warm, passes, cold = [], [], []
    for case in cases:
        one = scores.get(case.id, {}).get(detector, {})
        if "seconds" in one:
            warm.append(one["seconds"])
            passes.append(one["seconds"] / max(one["pass_seconds"], 1e-9))
            cold.append(one["cold_seconds"])
    if not warm:
        return {}
    return {
        "seconds a file": round(float(np.median(warm)), 2),
        "forward passes": round(float(np.median(passes)), 1),
        "seconds to prepare": round(float(np.max(cold)), 1),
    }


def ceiling(cases: Sequence[Case], labels: Mapping[str, Mapping[str, Any]], order: Sequence[str]) -> Figure:
    """Split-half ceiling of the rank correlation: shifts of two students of a case against those of its other three.

    Args:
        cases: Planted cases.
        labels: Case id, or piece of control students, → levels of its students.
        order: Trait ids in the order of the levels.
    """
    first, second = [], []
    for case in cases:
        moved = shifts(case, labels, "levels")
        if case.trait and len(moved) >= 4:
            column = moved[:, order.index(case.trait)]
            first.append(column[: len(column) // 2].mean())
            second.append(column[len(column) // 2 :].mean())
    return figure(spearman, np.array(first), np.array(second))
