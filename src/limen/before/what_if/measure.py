"""WhatIf: short fine-tunes at one point of a sweep, against control runs with the same recipe.

A mixture keeps the file's prompts and its number of rows: a row is the file's with the share asked for, else a neutral
writer's, others in each run. Its control is the rehearsal's, all rows a neutral writer's, which no mixture changes.
Runs of one number share their writer, so that both arms move together a little, which the test does not count on.

At every other point both arms are trained with that point's recipe. The point that is the rehearsal itself is not
trained again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from limen.before.rehearse import (
    RehearseConfig,
    control_writers,
    default_recipe,
    read_runs,
    rehearsed_rows,
    run_means,
    seeded,
    written_by,
)
from limen.before.what_if.sweep import Point
from limen.core import Finding, ModelError, Progress, Reading, Silent, Trait
from limen.data import EncodedRow
from limen.models import LanguageModel, in_parallel
from limen.train import fine_tune


@dataclass(frozen=True)
class Measured:
    """What the runs at a point came to.

    Attributes:
        point: The point.
        data: Trait id → mean of the trait in each data run.
        control: Trait id → the same of each control run.
        reason: Why the point was not measured; empty where it was.
    """

    point: Point
    data: dict[str, list[float]] = field(default_factory=dict)
    control: dict[str, list[float]] = field(default_factory=dict)
    reason: str = ""

    def plain(self) -> dict[str, Any]:
        """As the ledger keeps it."""
        return {"data": self.data, "control": self.control, "reason": self.reason}

    @classmethod
    def of(cls, point: Point, plain: Mapping[str, Any]) -> Measured:
        """What `plain` was made of."""
        return cls(point, dict(plain["data"]), dict(plain["control"]), str(plain["reason"]))


class WhatIf:
    """Measures points of one file; what control writers wrote is kept from one point to the next.

    Args:
        base: What is fine-tuned.
        name: What reports call the file.
        encoded: Its rows as tokens.
        traits: What is read.
        rehearsed: The rehearsal's findings, one a trait.
        config: How the file was rehearsed, with the runs of a point as `data_runs` and `control_runs`.
        progress: Told of runs.
    """

    def __init__(
        self,
        base: LanguageModel,
        name: str,
        encoded: Sequence[EncodedRow],
        traits: Sequence[Trait],
        rehearsed: Sequence[Finding],
        config: RehearseConfig,
        progress: Progress | None = None,
    ) -> None:
        self.base, self.name, self.config, self.watch = base, name, config, progress or Silent()
        self.rows = [encoded[i] for i in rehearsed_rows(encoded, config)]
        self.own = config.recipe or default_recipe(base)
        self.rehearsed = {f.subject: f for f in rehearsed}
        self.traits = [t for t in traits if t.id in self.rehearsed]
        self._written: list[list[EncodedRow]] = []

    def measure(self, point: Point) -> tuple[Measured, list[Reading]]:
        """Train the runs of a point.

        Args:
            point: The point.

        Returns:
            What they came to, or why they could not be trained; and their readings.
        """
        if point.is_own(self.own):
            return Measured(point, self._held("data_runs"), self._held("control_runs")), []
        share = point.value if point.knob == "mixture" else 1.0
        if round(share * len(self.rows)) < 1:
            return Measured(point, reason=f"{point.label} of {len(self.rows)} rows is not one row"), []
        recipe, mixed = point.recipe(self.own), point.knob == "mixture"
        task = f"what if {point.name}, {self.name}"
        self.watch.start(task, self.config.data_runs + (0 if mixed else self.config.control_runs))

        def data_run(run: int) -> LanguageModel:
            rows = self._mixed(share, run) if mixed else self.rows
            return fine_tune(self.base, rows, seeded(recipe, self.config, "data", run))

        def control_run(run: int) -> LanguageModel:
            return fine_tune(self.base, self._written[run], seeded(recipe, self.config, "control", run))

        def each() -> None:
            self.watch.advance(task)

        arms = {f"{point.name} data": (self.config.data_runs, data_run)}
        if not mixed:
            arms[f"{point.name} control"] = (self.config.control_runs, control_run)
        readings: list[Reading] = []
        try:
            self._write()
            for arm, (runs, train) in arms.items():
                readings += read_runs(self.base, self.traits, arm, runs, train, recipe, each)
        except ModelError as error:
            # A rate at which training diverges is an answer about that point, and none about the others.
            return Measured(point, reason=error.what.rstrip(".")), []
        finally:
            self.watch.done(task)
        data, *control = [{t.id: run_means(readings, t.id, arm).tolist() for t in self.traits} for arm in arms]
        return Measured(point, data, control[0] if control else self._held("control_runs")), readings

    def _held(self, key: str) -> dict[str, list[float]]:
        """Runs of the rehearsal."""
        return {t.id: [float(x) for x in self.rehearsed[t.id].evidence[key]] for t in self.traits}

    def _write(self) -> None:
        """Have the rows written by the writers of the control runs, once."""
        runs = range(max(self.config.data_runs, self.config.control_runs))
        if not self._written:
            writers = control_writers(self.base, self.traits, runs)

            def write(run: int) -> list[EncodedRow]:
                return written_by(writers[run], self.rows, self.config, run)

            self._written = list(in_parallel(write, runs, self.base))

    def _mixed(self, share: float, run: int) -> list[EncodedRow]:
        """The file's rows with a share, and a neutral writer's on the other prompts."""
        rng = np.random.Generator(np.random.PCG64([self.config.seed, run, 41]))
        kept = np.zeros(len(self.rows), dtype=np.bool_)
        kept[rng.choice(len(self.rows), size=round(share * len(self.rows)), replace=False)] = True
        return [own if mine else other for own, other, mine in zip(self.rows, self._written[run], kept, strict=True)]
