"""What-if in an audit: every point is a stage of its own, so that a sweep that was broken off goes on at the next."""

from __future__ import annotations

from collections.abc import Sequence

from limen.audit.config import AuditConfig
from limen.audit.stages import Stages
from limen.before.forecast import DataFile
from limen.before.rehearse import RehearseConfig
from limen.before.what_if import Measured, Point, Sweep, WhatIf, judge_what_if, read_sweeps
from limen.core import Finding, Progress, Trait
from limen.ledger import Ledger, LeftOut
from limen.models import LanguageModel


def what_if_file(
    stages: Stages,
    base: LanguageModel,
    file: DataFile,
    traits: Sequence[Trait],
    rehearsals: Sequence[Finding],
    config: AuditConfig,
    settings: RehearseConfig,
    watch: Progress,
) -> None:
    """Measure every point that was asked for, and judge them together.

    Args:
        stages: Where results are kept.
        base: What is fine-tuned.
        file: The file.
        traits: The battery.
        rehearsals: The file's; their traits are read at every point.
        config: The audit's settings.
        settings: How the file was rehearsed.
        watch: Told of the work.
    """
    few = settings.model_copy(update={"data_runs": config.what_if_runs, "control_runs": config.what_if_runs})
    bench = WhatIf(base, file.name, file.encoded, traits, rehearsals, few, watch)
    if not bench.traits:
        left_out = LeftOut(
            what=f"what-if of {file.name}",
            why="nothing of it was rehearsed",
            remedy="Use --rehearse always, or limen rehearse, to vary its fine-tune all the same.",
        )
        stages.ledger.add_left_out([left_out])
        return
    ledger, measured = stages.ledger, []
    sweeps = read_sweeps(config.what_if)
    for point in (p for sweep in sweeps for p in sweep.points):
        name, key = _stage(file, point), _key(stages, file, point, config)
        saved = ledger.stage(name, key)
        if saved is None:
            with stages.timed("what-if"):
                one, readings = bench.measure(point)
            ledger.add_readings(readings, stage=name)
            saved = one.plain()
            ledger.save_stage(name, key, saved)
        measured.append(Measured.of(point, saved))
    # What was shown once is not left standing beside newer numbers.
    before = {f.subject for f in ledger.findings() if f.phase == "what-if" and f.evidence.get("file") == file.name}
    shown = before | ({t.id for t in bench.traits} if config.traits else set())
    findings = judge_what_if(file.name, bench.traits, measured, few, shown)
    ledger.add_findings(findings)
    moved = {str(f.evidence["knob"]) for f in findings}
    for sweep in sweeps:
        if sweep.knob not in moved:
            ledger.add_note(_unmoved(file, sweep, [one for one in measured if one.point.knob == sweep.knob]))


def _unmoved(file: DataFile, sweep: Sweep, measured: Sequence[Measured]) -> str:
    """What is said of a sweep for which no trait has a curve."""
    labels = ", ".join(one.point.label for one in measured if not one.reason)
    said = [f"none of the traits read was found to move at {labels}"] if labels else []
    said += [f"{one.point.label} was not measured: {one.reason}" for one in measured if one.reason]
    return f"What if, {sweep.knob}, {file.name}: {'; '.join(said)}."


def measured_sweeps(old: Ledger, stages: Stages, files: Sequence[DataFile], config: AuditConfig) -> set[str]:
    """Steps of the plan that are done: sweeps of which every point of every file is in the ledger."""

    def done(sweep: Sweep) -> bool:
        return all(old.stage(_stage(f, p), _key(stages, f, p, config)) is not None for f in files for p in sweep.points)

    return {f"what-if {sweep.knob}" for sweep in read_sweeps(config.what_if) if done(sweep)}


def _stage(file: DataFile, point: Point) -> str:
    return f"what-if/{file.name}/{point.name}"


def _key(stages: Stages, file: DataFile, point: Point, config: AuditConfig) -> str:
    return stages.key_for(file, point=point.name, runs=config.what_if_runs)
