"""What the combined predictor adds to the better of its parts, and how often its intervals hold a fresh run."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from limen.lab.bench.bootstrap import auroc, figure, gain, share, spearman
from limen.lab.bench.case import Case
from limen.lab.bench.combined import COMBINED, MISS, PARTS, Predicted
from limen.lab.bench.gamma import Gamma
from limen.lab.bench.leaderboard import adjusted, file_scores
from limen.lab.bench.scores import Scores
from limen.lab.bench.truth import truths_of


def combined_figures(
    predicted: Sequence[Predicted],
    cases: Sequence[Case],
    transfer: Mapping[str, Mapping[str, Gamma]],
    scores: Scores,
    comparable: Collection[str],
    parts: Sequence[str] = PARTS,
    *,
    fitted_on: bool = True,
) -> dict[str, Any]:
    """Figures of the combined predictor.

    Args:
        predicted: What it predicts, each by a fit that it had no part in.
        cases: Every case.
        transfer: Case id → trait id → γ.
        scores: What detectors said, and it.
        comparable: Names of the detectors whose scores of two traits can be held against each other as they are.
        parts: Names of its parts.
        fitted_on: Whether it was fitted to other folds of these cases, and not to others.

    Returns:
        `fitted_on`; `covered`, of one fresh run a file; `kept`, in what share of the folds each part stayed; `best`,
        the part with the larger AUROC; `gain, auroc` and `gain, spearman` over it, on the files that both score.
    """
    truths = truths_of(cases, transfer)
    said = {n: adjusted(cases, scores, n, comparable=n in comparable) for n in (*parts, COMBINED)}
    of_files = {n: file_scores(truths, one) for n, one in said.items()}
    common = sorted(set.intersection(*(set(one) for one in of_files.values())))
    truth = np.array([truths[c].label == "positive" for c in common], dtype=bool)
    by_file = {n: np.array([one[c] for c in common]) for n, one in of_files.items()}
    best = max(parts, key=lambda n: figure(auroc, truth, by_file[n]).value or 0.0)
    planted = [
        c for c in cases if c.trait and c.id in truths and all(c.trait in one.get(c.id, {}) for one in said.values())
    ]
    moved = np.array([transfer[c.id][c.trait].estimate for c in planted])
    by_plant = {n: np.array([said[n][c.id][c.trait] for c in planted]) for n in (best, COMBINED)}
    covered = [
        abs(p.pair.fresh[0] - p.value) <= p.half
        for p in predicted
        if p.pair.planted and p.pair.fresh and np.isfinite(p.value)
    ]
    folds = {p.pair.fold: p.kept for p in predicted}
    return {
        "fitted_on": fitted_on,
        "miss": MISS,
        "best": best,
        "kept": {n: float(np.mean([kept >> k & 1 for kept in folds.values()])) for k, n in enumerate(parts)},
        "covered": share(np.array(covered)).plain(),
        "gain, auroc": gain(auroc, truth, by_file[COMBINED], by_file[best]).plain(),
        "gain, spearman": gain(spearman, moved, by_plant[COMBINED], by_plant[best]).plain(),
    }
