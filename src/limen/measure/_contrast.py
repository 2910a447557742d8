"""The readings of one trait on two arms, paired by probe."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from limen.core import Reading
from limen.stats import (
    ClusterPermutation,
    McNemar,
    RunContrast,
    cluster_permutation,
    mcnemar,
    run_contrast,
)

Floats = NDArray[np.float64]

SHOWN_FAMILIES = 200
"""Families whose shifts go into the evidence."""


@dataclass(frozen=True)
class Contrast:
    """One trait on two arms.

    Attributes:
        trait: Trait id.
        arm_a: Compared with.
        arm_b: In question.
        probes: Probe ids that both arms have, in order.
        families: The family of each probe.
        before: Mean reading of arm A over its runs, one a probe.
        after: The same of arm B.
        unpaired: Probes that only one arm has.
        test: Sign flips over families.
        published: McNemar's test, where all outcomes are 0 or 1.
        runs: Contrast over training runs, where both arms have several.
        labels: Arm → label → count, where the scorer gives labels.
    """

    trait: str
    arm_a: str
    arm_b: str
    probes: tuple[str, ...]
    families: tuple[str, ...]
    before: Floats
    after: Floats
    unpaired: int
    test: ClusterPermutation
    published: McNemar | None
    runs: RunContrast | None
    labels: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def mean_a(self) -> float:
        """Mean reading of arm A."""
        return float(self.before.mean())

    @property
    def mean_b(self) -> float:
        """Mean reading of arm B."""
        return float(self.after.mean())

    def plain_interval(self, se: float, df: float, level: float = 0.95) -> tuple[float, float]:
        """The cluster-robust interval without allowance for rare change.

        Args:
            se: Cluster-robust standard error.
            df: Its degrees of freedom.
            level: Confidence level.

        Returns:
            Lower and upper bound.
        """
        half = float(stats.t.isf((1 - level) / 2, df)) * se
        middle = self.mean_b - self.mean_a
        return middle - half, middle + half

    def spread(self, low: float, high: float, df: float, level: float = 0.95) -> float:
        """The standard error that an interval stands for.

        Args:
            low: Lower bound.
            high: Upper bound.
            df: Degrees of freedom.
            level: Confidence level of the interval.

        Returns:
            Half the interval's width over the quantile of t; infinite for the whole line.
        """
        width = high - low
        return width / 2 / float(stats.t.isf((1 - level) / 2, df)) if np.isfinite(width) and df > 0 else float("inf")

    def evidence(self) -> dict[str, Any]:
        """Numbers for pictures and tables, JSON values only."""
        shifts: dict[str, list[float]] = defaultdict(list)
        for family, shift in zip(self.families, self.after - self.before, strict=True):
            shifts[family].append(float(shift))
        out: dict[str, Any] = {
            "arm_a": self.arm_a,
            "arm_b": self.arm_b,
            "mean_a": self.mean_a,
            "mean_b": self.mean_b,
            "probes": len(self.probes),
            "families": len(shifts),
            "unpaired": self.unpaired,
            "family_shifts": {f: sum(s) / len(s) for f, s in list(shifts.items())[:SHOWN_FAMILIES]},
            "sign_flip": asdict(self.test),
        }
        if self.published is not None:
            out["mcnemar"] = asdict(self.published)
        if self.runs is not None:
            out["runs"] = asdict(self.runs)
        if self.labels:
            out["labels"] = self.labels
        return out


def contrast(readings: Sequence[Reading], trait: str, arm_a: str, arm_b: str, *, seed: int = 0) -> Contrast | str:
    """Pair the readings of one trait.

    Args:
        readings: Of any traits and arms.
        trait: Trait id.
        arm_a: Compared with.
        arm_b: In question.
        seed: Of the random sign flips.

    Returns:
        The contrast, or why there is none.
    """
    cells: dict[str, dict[str, list[Reading]]] = {arm_a: defaultdict(list), arm_b: defaultdict(list)}
    for r in readings:
        if r.trait == trait and r.arm in cells:
            cells[r.arm][r.probe].append(r)
    for arm, cell in cells.items():
        if not cell:
            return f"there are no readings of it on the arm {arm!r}"
    shared = [p for p in cells[arm_a] if p in cells[arm_b]]
    if not shared:
        return "the two arms have no probe in common"
    before = np.array([np.mean([r.value for r in cells[arm_a][p]]) for p in shared])
    after = np.array([np.mean([r.value for r in cells[arm_b][p]]) for p in shared])
    families = [cells[arm_a][p][0].family for p in shared]
    return Contrast(
        trait=trait,
        arm_a=arm_a,
        arm_b=arm_b,
        probes=tuple(shared),
        families=tuple(families),
        before=before,
        after=after,
        unpaired=len(set(cells[arm_a]) ^ set(cells[arm_b])),
        test=cluster_permutation(after - before, families, seed=seed),
        published=mcnemar(before, after) if np.isin(np.r_[before, after], (0, 1)).all() else None,
        runs=_runs(cells[arm_a], cells[arm_b], shared),
        labels={arm: labels for arm in (arm_a, arm_b) if (labels := _labels(cells[arm], shared))},
    )


def _runs(a: dict[str, list[Reading]], b: dict[str, list[Reading]], shared: Sequence[str]) -> RunContrast | None:
    """Data runs against control runs, where both arms have several and each run read every probe."""
    means: list[list[float]] = []
    for cell in (a, b):
        by_run: dict[int, list[float]] = defaultdict(list)
        for probe in shared:
            for r in cell[probe]:
                by_run[r.run].append(r.value)
        whole = [float(np.mean(v)) for v in by_run.values() if len(v) == len(shared)]
        if len(whole) < 2:
            return None
        means.append(whole)
    return run_contrast(means[1], means[0])


def _labels(cell: dict[str, list[Reading]], shared: Sequence[str]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for probe in shared:
        for r in cell[probe]:
            label = r.detail.get("label")
            counts.update([label] if isinstance(label, str) else label if isinstance(label, list) else [])
    return dict(sorted(counts.items()))
