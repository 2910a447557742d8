"""Arm, Reading and Shift: a model under one condition, one measurement of it, and their difference."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class ArmKind(StrEnum):
    """The condition a model is under."""

    BASE = "base"
    TUNED = "tuned"
    CONTROL = "control"
    SHUFFLED = "shuffled"
    CROSS = "cross"
    TEACHER = "teacher"
    TWIN = "twin"
    WRITER = "writer"


@dataclass(frozen=True)
class Reading:
    """One measurement of one probe on one arm.

    Attributes:
        trait: Trait id.
        probe: Probe id.
        family: Cluster of the statistics.
        arm: Name of the arm (`base`, `data`, `control`, ...).
        value: Probability of showing the trait, between 0 and 1; a scored sample gives 0 or 1.
        run: Which independently trained repetition of the arm, from 0.
        group: The probe's group.
        detail: The scorer's own fields; never the full answer of a harmful probe.
    """

    trait: str
    probe: str
    family: str
    arm: str
    value: float
    run: int = 0
    group: str = ""
    detail: dict[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Interval:
    """An estimate with its interval.

    Attributes:
        estimate: Point estimate.
        low: Lower bound.
        high: Upper bound.
        level: Confidence level, such as 0.95.
        unit: `probability`, `log-odds`, `nats/token`, ...
        sampling_unit: What was repeated: `probe family`, `training run`, `writer`, `row`.
    """

    estimate: float
    low: float
    high: float
    level: float = 0.95
    unit: str = "probability"
    sampling_unit: str = "probe family"
