"""One arm's readings, summed up: a mean a trait, with an interval over families."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from limen.core import Interval, Reading
from limen.stats import paired_difference


@dataclass(frozen=True)
class Summary:
    """One trait on one arm.

    Attributes:
        trait: Trait id.
        arm: The arm.
        mean: Mean reading with its interval; the unit is the probe family.
        probes: How many probes were read.
        families: In how many families.
        runs: How many runs of the arm.
        unscored: Probes whose answers could not be scored.
        labels: Label → count, where the scorer gives labels.
    """

    trait: str
    arm: str
    mean: Interval
    probes: int
    families: int
    runs: int = 1
    unscored: int = 0
    labels: dict[str, int] = field(default_factory=dict)


def summarise(readings: Sequence[Reading], *, level: float = 0.95) -> list[Summary]:
    """Sum up readings by trait and arm.

    Args:
        readings: Of any traits and arms.
        level: Confidence level of the intervals.

    Returns:
        One summary for each trait and arm, in the order in which they first appear. The interval is that of a mean
        over families (CR2, t), cut to 0 and 1.
    """
    cells: dict[tuple[str, str], list[Reading]] = defaultdict(list)
    for r in readings:
        cells[r.trait, r.arm].append(r)
    unscored: dict[tuple[str, str], int] = getattr(readings, "unscored", {})
    return [_one(trait, arm, cell, unscored.get((trait, arm), 0), level) for (trait, arm), cell in cells.items()]


def _one(trait: str, arm: str, cell: Sequence[Reading], unscored: int, level: float) -> Summary:
    values: dict[str, list[float]] = defaultdict(list)
    families: dict[str, str] = {}
    for r in cell:
        values[r.probe].append(r.value)
        families[r.probe] = r.family
    means = np.array([np.mean(v) for v in values.values()])
    # a mean is its difference from an arm that never shows the trait
    d = paired_difference(np.zeros_like(means), means, [families[p] for p in values], level=level)
    labels: Counter[str] = Counter()
    for r in cell:
        label = r.detail.get("label")
        labels.update([label] if isinstance(label, str) else label if isinstance(label, list) else [])
    return Summary(
        trait=trait,
        arm=arm,
        mean=Interval(d.estimate, max(0.0, d.low), min(1.0, d.high), level),
        probes=len(values),
        families=d.clusters,
        runs=len({r.run for r in cell}),
        unscored=unscored,
        labels=dict(sorted(labels.items())),
    )
