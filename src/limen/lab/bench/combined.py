"""Combined: one predicted shift of a trait from what several detectors say, judged on files it was not fitted to.

How a shift is predicted: `limen.before.size.fit`.

Splits are nested. The outer one leaves out the files in which a trait is planted, and so all of its teachers; clean
files go by their repetition. Which parts stay is chosen on inner splits of what is left: the fewest whose loss is
within one standard error of the least (Breiman et al. 1984, section 3.4.3). The loss is Huber's (1964): rows that are
strange to the base move some traits far and fast, and would else decide every weight. An interval is for one fresh run:
split conformal, scaled by what residuals of that size are like (Lei et al. 2018, section 5.2), from runs and files that
the weights were not fitted to.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from limen.before.size.fit import Fit, Floats, who_speaks
from limen.before.size.predict import FORECAST, FULL_DOSE, SHORT_RUN, counted, shipped_predictor, speaks
from limen.lab.bench.case import Case
from limen.lab.bench.gamma import Gamma
from limen.lab.bench.label import battery
from limen.lab.bench.scores import Scores, traits_of
from limen.lab.bench.shifts import shifts

COMBINED = "combined"
COMBINED_TITLE = "limen forecast and short fine-tunes, combined"
PARTS = (FORECAST, FULL_DOSE, SHORT_RUN)
"""What may be combined; which of them stay is chosen within each split."""
MISS = 0.1
"""How often a fresh run may fall outside its interval."""
FAR = 0.05
"""A miss beyond this shift, the smallest that fails an audit, counts by its size and no more by its square."""
LEAST = 30
"""Pairs that weights need at least."""


@dataclass(frozen=True)
class Pair:
    """A trait of a file.

    Attributes:
        case: The file.
        trait: The trait.
        said: What each part says of it [parts]; NaN by a part that is silent.
        gamma: How far training moved it, in probability.
        fresh: How far each of the runs that γ does not use moved it.
    """

    case: Case
    trait: str
    said: Floats
    gamma: float
    fresh: tuple[float, ...]

    @property
    def fold(self) -> str:
        """What is left out together."""
        return self.case.trait or f"clean {self.case.seed}"

    @property
    def planted(self) -> bool:
        """Whether the trait is the one that was planted."""
        return self.trait == self.case.trait


def pairs_of(
    cases: Sequence[Case],
    transfer: Mapping[str, Mapping[str, Gamma]],
    labels: Mapping[str, Mapping[str, Any]],
    scores: Scores,
    parts: Sequence[str] = PARTS,
) -> list[Pair]:
    """Every trait of every file that all parts were asked of.

    Args:
        cases: The cases.
        transfer: Case id → trait id → γ.
        labels: Case id, or piece of control students, → what its students came to.
        scores: What detectors said.
        parts: Names of detectors that predict shifts or tell doses.
    """
    order = [t.id for t in battery()]
    out = []
    for case in cases:
        one = scores.get(case.id, {})
        if case.id not in transfer or not all("traits" in one.get(p, {}) for p in parts):
            continue
        held = shifts(case, labels, "held_out")
        for trait in (t.id for t in traits_of(case)):
            said = np.array([_said(one[p], trait) for p in parts])
            fresh = tuple(float(x) for x in held[:, order.index(trait)])
            out.append(Pair(case, trait, said, transfer[case.id][trait].estimate, fresh))
    return out


def _said(one: Mapping[str, Any], trait: str) -> float:
    """The shift, or what counts of the dose, that a detector tells of; NaN where it cannot speak of the file at all."""
    if one["predicted"]:
        return float(one["predicted"].get(trait, math.nan))
    if one["verdicts"] and not speaks(one["verdicts"].values()):
        return math.nan
    return counted(one["doses"][trait], one["traits"][trait]) if trait in one["doses"] else math.nan


class _Table:
    """Pairs as arrays. Which parts speak of a pair is a number: bit k is set if part k does."""

    def __init__(self, pairs: Sequence[Pair]) -> None:
        said = np.array([p.said for p in pairs])
        self.speaks = who_speaks(said)
        self.said = np.nan_to_num(said)
        self.gamma = np.array([p.gamma for p in pairs])
        self.fold = np.unique([p.fold for p in pairs], return_inverse=True)[1]
        self.file = np.unique([p.case.id for p in pairs], return_inverse=True)[1]
        self.planted = np.array([p.planted for p in pairs])
        self.fresh = [p.fresh for p in pairs]

    def weights(self, kept: int, but: int | None = None) -> dict[int, Floats]:
        """Weights by which of the kept parts speak, where there are enough pairs; without one fold."""
        out = {}
        for speaking in np.unique(self.speaks & kept):
            rows = (self.speaks & kept) == speaking
            rows &= True if but is None else self.fold != but
            if speaking and rows.sum() >= LEAST:
                bits = _bits(int(speaking), self.said.shape[1])
                weights = np.zeros(len(bits))
                weights[bits] = _robust(self.said[rows][:, bits], self.gamma[rows])
                out[int(speaking)] = weights
        return out

    def out_of_fold(self, kept: int) -> Floats:
        """Each pair's prediction by weights that its fold had no part in."""
        out = np.full(len(self.fold), math.nan)
        for fold in np.unique(self.fold):
            for speaking, weights in self.weights(kept, but=int(fold)).items():
                some = (self.fold == fold) & ((self.speaks & kept) == speaking)
                out[some] = self.said[some] @ weights
        return out

    def width(self, predicted: Floats) -> tuple[float, float, float]:
        """How far fresh runs of planted traits fall from predictions that they had no part in."""
        at = np.flatnonzero(self.planted & np.isfinite(predicted))
        seen = [(abs(predicted[k]), abs(run - predicted[k])) for k in at for run in self.fresh[k]]
        if len(seen) < LEAST:
            return 0.0, 0.0, math.inf
        size, miss = np.array(seen).T
        (low, slope), _ = nnls(np.column_stack([np.ones_like(size), size]), miss)
        ratio = miss / np.maximum(low + slope * size, 1e-12)
        rank = min(1.0, math.ceil((len(ratio) + 1) * (1 - MISS)) / len(ratio))
        return float(low), float(slope), float(np.quantile(ratio, rank, method="higher"))


def fit(pairs: Sequence[Pair]) -> Fit:
    """Choose parts, and weigh them.

    Args:
        pairs: What to fit to.

    Returns:
        The fit, with the width of intervals.

    Raises:
        ValueError: There are no pairs.
    """
    if not pairs:
        raise ValueError("nothing to fit to.")
    table, count = _Table(pairs), len(pairs[0].said)
    subsets = [sum(1 << k for k in some) for size in range(1, count + 1) for some in combinations(range(count), size)]
    predicted, errors = {}, {}
    for kept in subsets:
        predicted[kept] = table.out_of_fold(kept)
        # What nothing is said of is predicted to stay. A file is the unit: its traits share rows and students.
        miss = _loss(table.gamma - np.nan_to_num(predicted[kept]))
        errors[kept] = np.bincount(table.file, miss) / np.bincount(table.file)
    best = min(subsets, key=lambda k: errors[k].mean())

    def close(kept: int) -> bool:
        worse = errors[kept] - errors[best]
        return float(worse.mean()) <= float(worse.std(ddof=1)) / math.sqrt(len(worse))

    kept = next(k for k in subsets if k == best or close(k))
    return Fit(kept, table.weights(kept), table.width(predicted[kept]))


def _robust(said: Floats, gamma: Floats) -> Floats:
    """Weights of at least zero with the least Huber loss, by iteratively reweighted least squares."""
    weights = np.zeros(said.shape[1])
    for _ in range(50):
        # At weights of zero the residual is the shift itself: large shifts weigh little in the first step already.
        size = np.abs(gamma - said @ weights)
        root_weight = np.sqrt(np.minimum(1.0, FAR / np.maximum(size, 1e-12)))
        table = np.column_stack([said, gamma]) * root_weight[:, None]
        # The same least squares with as many rows as parts, which takes a hundredth of the time.
        root = np.asarray(np.linalg.qr(table, mode="r"))
        before, weights = weights, nnls(root[:, :-1], root[:, -1])[0]
        if np.abs(weights - before).max() < 1e-4:
            break
    return weights


def _loss(miss: Floats) -> Floats:
    size = np.abs(miss)
    return np.where(size <= FAR, 0.5 * size**2, FAR * (size - 0.5 * FAR))


def _bits(number: int, count: int) -> NDArray[np.bool_]:
    return np.array([bool(number >> k & 1) for k in range(count)])


@dataclass(frozen=True)
class Predicted:
    """A prediction of a pair by a fit that it had no part in.

    Attributes:
        pair: The pair.
        value: The shift; NaN where no part speaks.
        half: Half the width of a fresh run's interval.
        kept: Which parts its fit kept: bit k is set if it kept part k.
    """

    pair: Pair
    value: float
    half: float
    kept: int


def nested(pairs: Sequence[Pair]) -> list[Predicted]:
    """Predict every pair by a fit to the other folds.

    Args:
        pairs: The pairs.

    Returns:
        A prediction a pair; none where there are fewer than three folds, since the inner splits need two.
    """
    folds = sorted({p.fold for p in pairs})
    if len(folds) < 3:
        return []
    fits = {f: fit([p for p in pairs if p.fold != f]) for f in folds}
    out = []
    for pair in pairs:
        one = fits[pair.fold]
        value = one.predict(pair.said)
        out.append(Predicted(pair, value, one.half(value), one.kept))
    return out


def by_shipped_weights(pairs: Sequence[Pair], parts: Sequence[str] = PARTS) -> list[Predicted]:
    """Predict every pair with the weights that ship, which the public cases of the reference model were fitted to.

    Args:
        pairs: The pairs, of other cases.
        parts: Names of what they say, in the order of `PARTS`.

    Returns:
        A prediction a pair.
    """
    one = shipped_predictor().fits[tuple(parts)]
    values = [one.predict(pair.said) for pair in pairs]
    return [Predicted(pair, value, one.half(value), one.kept) for pair, value in zip(pairs, values, strict=True)]


def with_combined(predicted: Sequence[Predicted], scores: Scores, parts: Sequence[str] = PARTS) -> Scores:
    """Scores of detectors, and beside them the combined predictor's, whose cost is that of the parts it keeps.

    Args:
        predicted: What it predicts.
        scores: What detectors said.
        parts: Their names, in the order of the predictions'.
    """
    out: dict[str, dict[str, dict[str, Any]]] = {
        c: {n: dict(said) for n, said in one.items()} for c, one in scores.items()
    }
    for one in predicted:
        beside = out[one.pair.case.id]
        mine = beside.setdefault(
            COMBINED, {"traits": {}, "predicted": {}, "doses": {}, "verdicts": {}, "provenance": None}
        )
        if not math.isnan(one.value):
            mine["traits"][one.pair.trait] = mine["predicted"][one.pair.trait] = one.value
        used = [beside[name] for k, name in enumerate(parts) if one.kept >> k & 1]
        mine["seconds"] = sum(u["seconds"] for u in used)
        mine["cold_seconds"] = sum(u["cold_seconds"] for u in used)
        mine["pass_seconds"] = used[0]["pass_seconds"]
    return out
