"""run_audit: the phases in order, each checkpointed, then the reports."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from limen.audit.arms import doubts
from limen.audit.battery import default_battery
from limen.audit.blame import keep_blame, nothing_to_verify, verify_file
from limen.audit.config import AuditConfig
from limen.audit.inputs import Source, encode_source, told_apart
from limen.audit.plan import check_budget, make_plan, without_done
from limen.audit.result import AuditResult
from limen.audit.scoring import scoring
from limen.audit.served import NOTE, served_plan
from limen.audit.sizes import is_sized, size_file
from limen.audit.stages import Stages
from limen.audit.what_if import measured_sweeps, what_if_file
from limen.before.check import check_rows
from limen.before.discover import DiscoverConfig, discover
from limen.before.forecast import DataFile, ForecastConfig, forecast
from limen.before.lineage import LineageConfig, lineage
from limen.before.preference import PairFile, forecast_pairs, open_title, rehearse_pairs
from limen.before.rehearse import RehearseConfig, rehearse
from limen.before.served import forecast_served
from limen.before.what_if import read_sweeps
from limen.core import Finding, Harm, Progress, Reading, RowKind, Silent, Trait, Verdict
from limen.data import EncodedRow
from limen.ledger import InputHash, Ledger, LeftOut, PlanStep
from limen.ledger.ledger import AUDIT, NOT_THE_RESULT
from limen.measure import Readings, compare_arms, read_traits
from limen.models import LanguageModel, open_model, threads_for
from limen.models.batches import context_length
from limen.models.sampling import end_ids
from limen.models.served_model import ServedModel
from limen.report import render_html, render_json


def run_audit(
    config: AuditConfig,
    folder: Path,
    *,
    base: LanguageModel,
    sources: Sequence[Source],
    command: str = "audit",
    resume: bool = True,
    on_plan: Callable[[list[PlanStep]], None] | None = None,
    notes: Sequence[str] = (),
    progress: Progress | None = None,
) -> AuditResult:
    """Audit a base and fine-tuning data.

    Args:
        config: The settings.
        folder: The ledger's folder; an interrupted audit in it is resumed.
        base: The base.
        sources: The data.
        command: What the ledger calls it.
        resume: Go on with what is in the folder.
        on_plan: Shown the plan before the work begins.
        notes: What readers of the report should know besides.
        progress: Told of the work.

    Returns:
        Where everything is.

    Raises:
        BudgetError: The plan takes longer than the budget.
        LedgerError: The folder holds another audit.
    """
    watch = progress or Silent()
    with threads_for(base):
        traits, left_out = default_battery(base.tokenizer, config.traits)
        # Nothing is written before the rows could be read and the plan was found to fit, so that a mistake leaves no
        # folder behind.
        files = [encode_source(s, base, config, traits, watch) for s in told_apart(sources)]
        doubted = doubts(config, base, traits)
        for doubt in doubted:
            watch.say(doubt)
        pairs = [f for f in files if isinstance(f, PairFile)]
        # Of pairs, blame is not put to the test, and no other dose or recipe rehearsed.
        planned = config.model_copy(update={"verify": False, "what_if": ()}) if len(pairs) == len(files) else config
        if isinstance(base, ServedModel):
            plan = served_plan(base, files, traits, config, _forecast(config))
        else:
            plan = make_plan(base, [_all_rows(f) for f in files], traits, planned)
        ahead = without_done(plan, _done(folder, command, config, base, traits, files) if resume else ())
        if on_plan:
            on_plan(ahead)
        if not (resume and _was_begun(folder, command, config, base, sources)):
            check_budget(ahead, config, pairs=bool(pairs))
        ledger = Ledger.create(
            folder,
            command,
            config.model_dump(mode="json"),
            resume=resume,
            not_the_result=NOT_THE_RESULT | (_may_be_added(folder, config) if resume else set()),
        )
        with ledger:
            ledger.add_inputs(
                [
                    InputHash(role="base", name=base.name, sha256=base.content_hash),
                    *(
                        InputHash(role="data", name=f.name, sha256=s.sha256, rows=len(f.rows))
                        for f, s in _pairs(files, sources)
                    ),
                ]
            )
            ledger.add_left_out([*left_out, *_left_out(config)])
            for note in [*notes, *_notes(config, files), *doubted]:
                ledger.add_note(note)
            ledger.set_plan(plan)
            stages = Stages(ledger, config, base, traits)
            forecasts: dict[str, list[Finding]] = {}
            if "check" in config.phases:
                for file, source in _pairs(files, sources):
                    stages.findings(f"check/{file.name}", file, _check_of(source, file, base, traits, config, watch))
            if "lineage" in config.phases:
                _lineage_all(stages, base, files, config, watch)
            if "forecast" in config.phases:
                forecasts = _forecast_all(stages, base, files, traits, config, watch)
                if config.sizes:
                    for file in files:
                        size_file(stages, base, file, traits, forecasts[file.name], config, watch)
            if "rehearse" in config.phases:
                for file in files:
                    forecast_of = forecasts.get(file.name)
                    rehearsals = _rehearse(stages, base, file, traits, forecast_of, config, watch)
                    settings = _rehearsal(config)
                    if isinstance(file, PairFile):
                        stages.ledger.add_left_out(_left_out_of_pairs(file, config))
                        continue
                    if config.verify and forecast_of:
                        verify_file(stages, base, file, traits, forecast_of, rehearsals, config, settings, watch)
                    if config.what_if:
                        what_if_file(stages, base, file, traits, rehearsals, config, settings, watch)
            if "discover" in config.phases:
                for file in files:
                    stages.findings(f"discover/{file.name}", file, partial(_discover, base, file, config, watch))
            if "diff" in config.phases and config.tuned:
                stages.readings_and_findings("diff", None, lambda: _diff(ledger, base, traits, config, watch))
        return _write_reports(ledger, folder, config)


def _all_rows(file: DataFile) -> Sequence[EncodedRow]:
    """Every row that training reads, both answers of pairs."""
    return [*file.encoded, *file.rejected] if isinstance(file, PairFile) else file.encoded


def _was_begun(folder: Path, command: str, config: AuditConfig, base: LanguageModel, sources: Sequence[Source]) -> bool:
    """Whether this very audit was begun in this folder, so that its plan fitted the budget once.

    Its plan is not held against the budget again: what is in the cache is not known to it, and a busier machine makes
    it longer.
    """
    if not (folder / AUDIT).is_file():
        return False
    record = Ledger.open(folder).record()
    fits = record.config.get("budget", 0.0) <= config.budget
    inputs = {i.sha256 for i in record.inputs}
    same = _same(record.config, config) and {base.content_hash, *(s.sha256 for s in sources)} <= inputs
    return record.command == command and fits and same


def _same(old: Mapping[str, Any], config: AuditConfig, aside: Collection[str] = ()) -> bool:
    """Whether an earlier run's settings are these, but for some and those that do not change what is found."""
    aside = NOT_THE_RESULT.union(aside)
    new = config.model_dump(mode="json")
    return {k: v for k, v in old.items() if k not in aside} == {k: v for k, v in new.items() if k not in aside}


def _done(
    folder: Path,
    command: str,
    config: AuditConfig,
    base: LanguageModel,
    traits: Sequence[Trait],
    files: Sequence[DataFile],
) -> set[str]:
    """Phases that an earlier run of the same audit in this folder has finished for every file."""
    if not (folder / AUDIT).is_file():
        return set()
    old = Ledger.open(folder)
    record = old.record()
    # A stage that is asked for by another key is forgotten, so nobody else's is asked for.
    if record.command != command or not _same(record.config, config, _may_be_added(folder, config)):
        return set()
    stages = Stages(old, config, base, traits)
    done = {
        phase
        for phase in ("check", "lineage", "forecast", "rehearse", "discover")
        if all(stages.kept(f"{phase}/{f.name}", f) is not None for f in files)
    }
    if "forecast" in done and all(is_sized(stages, f, stages.kept(f"forecast/{f.name}", f) or []) for f in files):
        done.add("size")
    if all(_verified(stages, f) for f in files):
        done.add("verify")
    return done | measured_sweeps(old, stages, files, config)


def _verified(stages: Stages, file: DataFile) -> bool:
    """Whether blame was put to the test, or the phases before it left nothing to put to it."""
    if stages.kept(f"verify/{file.name}", file) is not None:
        return True
    forecasts, rehearsals = (stages.kept(f"{phase}/{file.name}", file) for phase in ("forecast", "rehearse"))
    return forecasts is not None and nothing_to_verify(forecasts, rehearsals)


def _may_be_added(folder: Path, config: AuditConfig) -> set[str]:
    """Settings that may differ from those of the audit in the folder: they add to what it found and change nothing."""
    if not (folder / AUDIT).is_file():
        return set()
    old = Ledger.open(folder).record().config
    added = {s for s in ("sizes", "verify") if getattr(config, s) or not old.get(s)}
    before, now = (
        {p for s in read_sweeps(texts) for p in s.points} for texts in (old.get("what_if", ()), config.what_if)
    )
    added |= {"what_if"} if before <= now else set()
    return added | ({"what_if_runs"} if not before else set())


def _pairs(files: Sequence[DataFile], sources: Sequence[Source]) -> list[tuple[DataFile, Source]]:
    return list(zip(files, sources, strict=True))


def _check_of(
    source: Source,
    file: DataFile,
    base: LanguageModel,
    traits: Sequence[Trait],
    config: AuditConfig,
    watch: Progress,
) -> Callable[[], list[Finding]]:
    """Every rule over the rows, when it is called."""

    def check() -> list[Finding]:
        context = context_length(base.model)
        result = check_rows(
            source.stream(),
            tokenizer=base.tokenizer,
            ends=end_ids(base.model, base.tokenizer),
            loss=config.trained_on,
            max_length=config.cut_at(context),
            context=context,
            traits=traits,
            traits_asked=False,
            progress=watch,
        )
        return [
            replace(f, id=f"{f.id}/{file.name}", evidence={**f.evidence, "file": file.name}) for f in result.findings
        ]

    return check


def _forecast_all(
    stages: Stages,
    base: LanguageModel,
    files: Sequence[DataFile],
    traits: Sequence[Trait],
    config: AuditConfig,
    watch: Progress,
) -> dict[str, list[Finding]]:
    """Forecast the files that are not in the ledger yet, together, so that they share twins and writers."""
    settings = _forecast(config)

    def make() -> list[Finding]:
        pairs = [f for f in files if isinstance(f, PairFile)]
        plain = [f for f in files if not isinstance(f, PairFile)]
        if isinstance(base, ServedModel):
            return forecast_served(base, plain, traits, config=settings, progress=watch)
        found: list[Finding] = []
        if plain:
            with scoring(config, stages.ledger.folder) as score:
                found += forecast(base, plain, traits, config=settings, progress=watch, score=score)
        found += forecast_pairs(base, pairs, traits, config=settings, progress=watch) if pairs else []
        return [_never_cleared_by_a_prompt(f) for f in found]

    return _together(stages, "forecast", files, make, partial(keep_blame, stages.ledger))


def _forecast(config: AuditConfig) -> ForecastConfig:
    return ForecastConfig(
        writers=config.writers,
        twins=config.twins,
        max_rows=config.rows,
        level=config.level,
        seed=config.seed,
        # All of them: the ledger keeps every row, and the finding those that a report shows.
        top_rows=config.rows,
    )


def _lineage_all(
    stages: Stages, base: LanguageModel, files: Sequence[DataFile], config: AuditConfig, watch: Progress
) -> None:
    """The lineage of the files that are not in the ledger yet, together, so that they share stand-ins and writers."""
    settings = LineageConfig(writers=config.writers, max_rows=config.rows, level=config.level, seed=config.seed)
    _together(stages, "lineage", files, lambda: lineage(base, files, config=settings, progress=watch))


def _together(
    stages: Stages,
    phase: str,
    files: Sequence[DataFile],
    make: Callable[[], Sequence[Finding]],
    keep: Callable[[DataFile, list[Finding]], list[Finding]] = lambda _, findings: findings,
) -> dict[str, list[Finding]]:
    """Findings of a phase file by file, made for all files at once if one of them is not in the ledger yet.

    Args:
        stages: Where they are kept.
        phase: The phase.
        files: Its files.
        make: Makes the findings of all of them.
        keep: What becomes of a file's new findings before they are kept.

    Returns:
        Each file's findings, by its name.
    """
    made: dict[str, list[Finding]] = {}

    def of(file: DataFile) -> list[Finding]:
        if not made:
            for finding in make():
                made.setdefault(str(finding.evidence["file"]), []).append(finding)
        return keep(file, made[file.name])

    return {f.name: stages.findings(f"{phase}/{f.name}", f, partial(of, f)) for f in files}


def _never_cleared_by_a_prompt(finding: Finding) -> Finding:
    """A prompted twin may find a trait, but its full dose is a prompted writer's: it clears nobody of a tuned one's."""
    if finding.verdict is not Verdict.CLEAR or finding.evidence.get("twins") != ["prompted"]:
        return finding
    return replace(
        finding,
        verdict=Verdict.INCONCLUSIVE,
        title=(
            open_title(finding.evidence["trait_title"], "is not settled")
            if finding.evidence.get("pairs")
            else f"Whether the rows come from a model that {finding.evidence['trait_title']} is not settled."
        ),
        reason="a prompted twin sees too little of what a tuned writer leaves to show an absence",
        remedy="Give the trait's build probes options, so that a twin can be tuned; or rehearse (--rehearse always).",
    )


def _rehearse(
    stages: Stages,
    base: LanguageModel,
    file: DataFile,
    traits: Sequence[Trait],
    forecasts: Sequence[Finding] | None,
    config: AuditConfig,
    watch: Progress,
) -> list[Finding]:
    """Rehearse the traits that were forecast, or all of them; the findings, none where nothing was rehearsed."""
    wanted = {t.id for t in traits}
    if forecasts is not None:
        wanted = {f.subject for f in forecasts if f.verdict is not Verdict.NOT_MEASURED}
        if config.rehearse == "auto":
            wanted = {f.subject for f in forecasts if f.verdict is Verdict.FOUND}
            if "broad" in wanted:
                wanted |= {t.id for t in traits if t.harm is not Harm.NEITHER and not t.is_decoy_pool}
    if config.rehearse == "never":
        return []
    why, remedy = "", "See what the check says of the rows; limen doctor tests them with the model."
    if isinstance(file, PairFile) and not file.pairs(len(file.encoded), 0):
        why = "it has no pairs of different answers that are both trained on"
    elif not any(r.trained.any() for r in file.encoded):
        why = "no token of its rows is trained on"
    elif not wanted and config.rehearse == "auto":
        why, remedy = (
            "nothing was forecast",
            "Use --rehearse always, or limen rehearse, to fine-tune on it all the same.",
        )
    if why:
        stages.ledger.add_left_out([LeftOut(what=f"rehearsal of {file.name}", why=why, remedy=remedy)])
    if why or not wanted:
        return []
    settings = _rehearsal(config)
    chosen = [t for t in traits if t.id in wanted]

    def run() -> tuple[list[Finding], list[Reading]]:
        if isinstance(file, PairFile):
            return rehearse_pairs(base, file, chosen, config=settings, progress=watch)
        return rehearse(base, file.name, file.encoded, chosen, config=settings, progress=watch)

    return stages.readings_and_findings(f"rehearse/{file.name}", file, run)


def _rehearsal(config: AuditConfig) -> RehearseConfig:
    return RehearseConfig(
        recipe=config.recipe, data_runs=config.runs, control_runs=config.runs, level=config.level, seed=config.seed
    )


def _discover(base: LanguageModel, file: DataFile, config: AuditConfig, watch: Progress) -> list[Finding]:
    """What the rows teach that no trait was named for."""
    settings = DiscoverConfig(
        recipe=config.recipe, writers=config.writers, max_rows=config.rows, level=config.level, seed=config.seed
    )
    return [discover(base, file.name, file.encoded, config=settings, progress=watch)]


def _diff(
    ledger: Ledger, base: LanguageModel, traits: Sequence[Trait], config: AuditConfig, watch: Progress
) -> tuple[list[Finding], list[Reading]]:
    """Base, tuned and control model against each other."""
    parts = [read_traits(base, traits, arm="base", progress=watch)]
    for name, spec in config.arms().items():
        model = open_model(spec, watch)
        ledger.add_inputs([InputHash(role=name, name=spec.name, sha256=model.content_hash)])
        parts.append(read_traits(model, traits, arm=name, progress=watch))
    pairs = [("base", "tuned"), *([("control", "tuned")] if config.control else [])]
    readings = Readings.of(*parts)
    return compare_arms(readings, pairs=pairs, level=config.level), readings


def _notes(config: AuditConfig, files: Sequence[DataFile]) -> list[str]:
    """Where the rows are looked at or rehearsed otherwise than the trainer would train on them, or the base is."""
    pairs = [f.name for f in files if isinstance(f, PairFile)]
    aside = [phase for phase in ("lineage", "discover") if phase in config.phases]
    notes = [NOTE] if config.arm_endpoint else []
    if pairs and aside:
        notes.append(f"Of the preference pairs of {', '.join(pairs)}, {' and '.join(aside)} read the chosen answers.")
    if pairs and config.trained_on != "completion":
        notes.append(
            f"Of the preference pairs of {', '.join(pairs)} no prompt is read: a preference has no loss on it."
        )
    if pairs and config.engine == "ray":
        notes.append(f"The preference pairs of {', '.join(pairs)} are weighed by this process, not by workers of Ray.")
    if config.loss is None and config.recipe is not None and config.recipe.loss == "auto":
        notes += [
            f"Of the conversations of {f.name} the last answer is looked at and rehearsed; the trainer's default "
            "trains on every token of them. Ask for that with the loss 'all'."
            for f in files
            if any(r.kind is RowKind.CONVERSATION for r in f.rows)
        ]
    return notes


def _left_out_of_pairs(file: PairFile, config: AuditConfig) -> list[LeftOut]:
    """What was asked for and is not done with preference pairs."""
    asked = {"blame put to the test": config.verify, "other doses and recipes": bool(config.what_if)}
    return [
        LeftOut(
            what=f"{what} of {file.name}",
            why="its rows are preference pairs",
            remedy="Use --preference chosen to look at the chosen answers alone.",
        )
        for what, wanted in asked.items()
        if wanted
    ]


def _left_out(config: AuditConfig) -> list[LeftOut]:
    left: list[LeftOut] = []
    if "diff" not in config.phases:
        return left
    if not config.tuned:
        left.append(
            LeftOut(what="diff of the tuned model", why="no tuned model was given", remedy="Give it with --tuned.")
        )
    elif not config.control:
        left.append(
            LeftOut(
                what="diff of the tuned model against a control",
                why="no control model was given: any fine-tune moves preferences",
                remedy="Give one tuned with the same recipe on neutral rows, with --control.",
            )
        )
    if config.rehearse == "never":
        left.append(LeftOut(what="rehearsal", why="it was switched off", remedy="Leave out --rehearse never."))
    return left


def _write_reports(ledger: Ledger, folder: Path, config: AuditConfig) -> AuditResult:
    record, readings = ledger.record(), ledger.readings()
    report = folder / "report.html"
    report.write_text(render_html(record, readings), encoding="utf-8")
    (folder / "report.json").write_text(json.dumps(render_json(record), indent=2, allow_nan=False), encoding="utf-8")
    return AuditResult(folder, report, config.fail_on)
