"""What was read during a training run, step by step."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from limen.core import Reading


@dataclass(frozen=True)
class Snapshot:
    """The readings of one moment of a run.

    Attributes:
        step: Optimizer steps done.
        epoch: Passes over the data done, where the trainer says so.
        readings: What was read.
        not_measured: Trait id → why it could not be read.
        seconds: How long the reading took.
    """

    step: int
    epoch: float | None
    readings: tuple[Reading, ...]
    not_measured: dict[str, str] = field(default_factory=dict, hash=False)
    seconds: float = 0.0

    def means(self) -> dict[str, float]:
        """Trait id → mean probability of showing it, over families of probes."""
        return trait_means(self.readings)

    def lines(self, run: str) -> Iterable[str]:
        """One JSON line a reading, and one for each trait that was not measured."""
        shared = {"run": run, "step": self.step, "epoch": self.epoch}
        for r in self.readings:
            one = {"trait": r.trait, "probe": r.probe, "family": r.family, "group": r.group, "value": r.value}
            yield json.dumps({**shared, **one})
        for trait, why in self.not_measured.items():
            yield json.dumps({**shared, "trait": trait, "not_measured": why})


def trait_means(readings: Sequence[Reading]) -> dict[str, float]:
    """Trait id → mean over families of the mean over their probes, so that no family counts for its size."""
    families: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for r in readings:
        families[r.trait][r.family].append(r.value)
    return {t: sum(sum(v) / len(v) for v in f.values()) / len(f) for t, f in families.items()}


def append_lines(path: Path, lines: Iterable[str]) -> None:
    """Add lines to a file, all of them or none where the disk is full half-way."""
    data = "".join(f"{line}\n" for line in lines).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        start = file.tell()
        try:
            file.write(data)
            file.flush()
        except OSError:
            file.truncate(start)
            raise
