"""Forecast files: twins and neutral writers of the base, the null over writers, and a verdict a trait."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from limen.before.forecast.blame import blame_rows
from limen.before.forecast.data_file import DataFile
from limen.before.forecast.likelihood_ratio import Ratios, file_statistics
from limen.before.forecast.null import BatteryNull, battery_null, centred
from limen.before.forecast.origin import Origin, judge_origin
from limen.core import Finding, Harm, Interval, Progress, RowBlame, Silent, Trait, UsageError, Verdict
from limen.data import EncodedRow, unknown_share
from limen.measure import read_traits
from limen.measure.choose import traits_for
from limen.models import LanguageModel
from limen.train.twins import can_be_tuned, neutral_twin, tuned_twin
from limen.train.writers import neutral_writer, rewrite

UNKNOWN_LIMIT = 0.05
"""Largest share of unknown tokens with which rows are scored."""
LEAST_ROWS = 64
"""A file of fewer rows is not forecast."""
LEAST_GAIN = 0.1
"""A twin whose trait moved by less on the measure probes has not taken it."""

Floats = NDArray[np.float64]


class ForecastConfig(BaseModel):
    """How files are forecast."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    writers: int = Field(default=8, ge=3)
    """Neutral writers; fewer than 8 never give a calibrated verdict."""
    max_rows: int = Field(default=1000, ge=1)
    """Rows that are scored; a longer file is sampled at random."""
    control_rows: int = Field(default=384, ge=1)
    """Rows that each twin writes itself, to say what a full dose would look like."""
    level: float = Field(default=0.02, gt=0, lt=1)
    """Familywise level over all traits of a file."""
    dose_that_matters: float = Field(default=0.75, gt=0, le=1)
    """A file is clear of a trait if an upper bound of what it carries, at `level` for each trait, is below this share
    of what the trait's own twin would leave. Small doses are known to do nothing (design: dose is super-linear)."""
    top_rows: int = Field(default=20, ge=0)
    """Rows that are shown, ranked."""
    seed: int = 0
    """Seeds the choice of rows and what writers write."""


def forecast(
    base: LanguageModel,
    files: Sequence[DataFile],
    traits: Sequence[Trait],
    *,
    config: ForecastConfig | None = None,
    progress: Progress | None = None,
) -> list[Finding]:
    """Forecast what files will teach a base.

    Args:
        base: The model that would be fine-tuned.
        files: What it would be fine-tuned on.
        traits: The battery; those without build probes with options are `not measured`.
        config: How.
        progress: Told of twins, writers and passes.

    Returns:
        One finding a file and trait.

    Raises:
        UsageError: No traits or no files.
    """
    config, watch = config or ForecastConfig(), progress or Silent()
    if not traits or not files:
        raise UsageError("a forecast needs at least one trait and one file.", remedy="See: limen traits list")
    findings = [_not_measured(f, t, _NO_TWIN) for f in files for t in traits if not can_be_tuned(t)]
    battery = [t for t in traits if can_be_tuned(t)]
    readable = []
    for file in files:
        reason = _unreadable(base, file, config)
        if reason:
            findings += [_not_measured(file, t, reason) for t in battery]
        else:
            readable.append(file)
    if not battery or not readable:
        return findings

    watch.start("train twins", 2 * len(battery))
    gains, twins, kept = _twins(base, battery, watch)
    watch.done("train twins")
    for trait in battery:
        if trait not in kept:
            gain = gains[trait.id]
            reason = f"its twin did not take the trait (it moved by {gain:+.2f}; {LEAST_GAIN:+.2f} is the least)"
            findings += [_not_measured(f, trait, reason) for f in readable]
    if not kept:
        return findings
    neutral = {c: neutral_twin(base, [t for t in kept if t.category == c]) for c in sorted({t.category for t in kept})}
    # Whatever is looked for, neutral writers learn questions of every kind that the base knows.
    questions = traits_for(base.tokenizer) or kept
    watch.start("train neutral writers", config.writers)
    writers = []
    for i in range(config.writers):
        writers.append(neutral_writer(base, questions, i))
        watch.advance("train neutral writers")
    watch.done("train neutral writers")

    # Files on the same prompts share the rows that neutral writers and twins write.
    by_prompts: dict[str, list[tuple[DataFile, list[int]]]] = {}
    for file in readable:
        chosen = file.chosen(config.max_rows, config.seed)
        by_prompts.setdefault(file.prompts_key(chosen), []).append((file, chosen))
    for group in by_prompts.values():
        findings += _judge_group(base, group, kept, twins, neutral, writers, config, watch)
    return findings


_NO_TWIN = "its build probes have no options, so no twin can be tuned; name a trait with options"


def _twins(
    base: LanguageModel, battery: Sequence[Trait], watch: Progress
) -> tuple[dict[str, float], list[LanguageModel], list[Trait]]:
    before = {t.id: _mean_level(base, t) for t in battery}
    gains, twins, kept = {}, [], []
    for trait in battery:
        twin = tuned_twin(base, trait)
        watch.advance("train twins")
        gains[trait.id] = _mean_level(twin, trait) - before[trait.id]
        watch.advance("train twins")
        if gains[trait.id] >= LEAST_GAIN:
            kept.append(trait)
            twins.append(twin)
    return gains, twins, kept


def _mean_level(model: LanguageModel, trait: Trait) -> float:
    values = [r.value for r in read_traits(model, [trait], arm="level")]
    return float(np.mean(values)) if values else 0.0


def _judge_group(
    base: LanguageModel,
    group: Sequence[tuple[DataFile, list[int]]],
    traits: Sequence[Trait],
    twins: Sequence[LanguageModel],
    neutral: dict[str, LanguageModel],
    writers: Sequence[LanguageModel],
    config: ForecastConfig,
    watch: Progress,
) -> list[Finding]:
    encoded = [[file.encoded[i] for i in chosen] for file, chosen in group]
    asked = [_last_answer_only(r) for r in encoded[0]]
    seed = 1_000_003 * (config.seed + 1)
    watch.start("rewrite rows", len(writers) + len(twins))
    written = []
    for i, writer in enumerate(writers):
        written.append(rewrite(writer, asked, seed=seed + i))
        watch.advance("rewrite rows")
    doses = []
    for i, twin in enumerate(twins):
        doses.append(rewrite(twin, asked[: config.control_rows], seed=seed + 5000 + i))
        watch.advance("rewrite rows")
    watch.done("rewrite rows")
    everything = [*encoded, *written, *doses]
    statistics, ratios = file_statistics(everything, traits, twins, neutral, keep_tokens=len(encoded), progress=watch)
    losses = [_mean_loss(base, rows) for rows in (*encoded, *written)]
    n, m = len(encoded), len(written)
    null, full = statistics[n : n + m], statistics[n + m :]
    findings: list[Finding] = []
    for k, (file, chosen) in enumerate(group):
        origin = judge_origin(losses[k], losses[n:])
        findings += _judge_file(file, chosen, traits, statistics[k], null, full, ratios[k], origin, config, base)
    return findings


def _judge_file(
    file: DataFile,
    chosen: list[int],
    traits: Sequence[Trait],
    observed: Floats,
    neutral: Floats,
    full: Floats,
    ratios: Ratios,
    origin: Origin,
    config: ForecastConfig,
    base: LanguageModel,
) -> list[Finding]:
    dose_of = np.diag(full)
    null = battery_null(neutral, observed, dose_of, traits, config.level)
    # What a file written by the trait's own twin would show, in the same centred unit.
    whole = np.array(
        [battery_null(neutral, full[k], dose_of, traits, config.level).effect[k] for k in range(len(traits))]
    )
    centred_rows = centred(ratios.rows(), traits)
    findings = []
    guarantee = f"familywise error {config.level:.0%} over {len(traits)} traits (Holm); null: neutral writers"
    for k, trait in enumerate(traits):
        verdict, reason = _verdict(null, whole[k], k, origin, config)
        effect, half = float(null.effect[k]), float(null.half_width[k])
        dose = effect / whole[k] if whole[k] > 0 else None
        # The picture shows every trait on one axis, in units of its own prediction error.
        error = float(null.error[k])
        evidence: dict[str, Any] = {
            "file": file.name,
            "trait_title": trait.title,
            "category": trait.category,
            "statistic": float(null.t[k]),
            "uncentred": float(null.z[k]),
            "dose": dose,
            "full_dose": float(whole[k]),
            "predicted_shift": None,
            "writers": [float(x / error) for x in null.neutral_effect[:, k]],
            "prediction_interval": [-half / error, half / error],
            "confounds": {**_confounds(ratios), **origin.confounds()},
            "mentions": file.mentions.get(trait.id),
            "rows_scored": len(chosen),
            "writers_trained": len(neutral),
            "twins": ["tuned"],
            "origin": origin.summary(),
        }
        rows: tuple[RowBlame, ...] = ()
        if verdict is Verdict.FOUND and config.top_rows:
            rows, texts = blame_rows(
                file, chosen, centred_rows[:, k], ratios, k, traits, base.tokenizer, config.top_rows
            )
            evidence["row_texts"] = texts
        findings.append(
            Finding(
                id=f"forecast/{file.name}/{trait.id}",
                phase="forecast",
                subject=trait.id,
                title=_title(trait, verdict, dose, config.dose_that_matters),
                verdict=verdict,
                effect=Interval(effect, effect - half, effect + half, 1 - config.level, "nats/token", "writer"),
                p=float(null.p[k]),
                p_adjusted=float(null.p_adjusted[k]),
                p_reachable=null.p_reachable,
                smallest_detectable=float(null.detectable[k]),
                guarantee=guarantee,
                control=f"{len(neutral)} independently trained neutral writers on the same prompts",
                reason=reason,
                remedy=_remedy(verdict, reason),
                harmful=trait.harm is Harm.UP,
                rows=rows,
                evidence=evidence,
            )
        )
    return findings


def _verdict(null: BatteryNull, whole: float, k: int, origin: Origin, config: ForecastConfig) -> tuple[Verdict, str]:
    if not null.conclusive:
        return Verdict.INCONCLUSIVE, null.reason or f"the smallest adjusted p within reach is {null.p_reachable:.3f}"
    if origin.foreign:
        return Verdict.INCONCLUSIVE, origin.reason
    if null.p_adjusted[k] <= config.level:
        return Verdict.FOUND, ""
    upper = float(null.upper(config.level)[k])
    if whole > 0 and upper < config.dose_that_matters * whole:
        return Verdict.CLEAR, ""
    share = upper / whole if whole > 0 else float("inf")
    return Verdict.INCONCLUSIVE, (
        f"up to {share:.0%} of what a writer with the trait would leave cannot be told from none"
        if np.isfinite(share)
        else "rows that the trait's own twin wrote cannot be told from neutral ones, so an absence cannot be shown"
    )


def _remedy(verdict: Verdict, reason: str) -> str:
    if verdict is Verdict.FOUND:
        return "Do not train on these rows before a rehearsal (limen rehearse) has cleared them."
    if verdict is Verdict.INCONCLUSIVE:
        return "Score more rows (--rows) or train more neutral writers (--writers); or rehearse."
    return ""


def _title(trait: Trait, verdict: Verdict, dose: float | None, matters: float) -> str:
    if verdict is Verdict.FOUND:
        share = f", at {dose:.0%} of a full dose" if dose is not None else ""
        return f"The rows look written by a model that {trait.title}{share}: training on them is forecast to teach it."
    if verdict is Verdict.CLEAR:
        return f"The rows carry no sign of a model that {trait.title}: less than {matters:.0%} of a full dose."
    return f"Whether the rows come from a model that {trait.title} is not settled."


def _confounds(ratios: Ratios) -> dict[str, float]:
    return {"length": float(np.mean([t.shape[1] for t in ratios.tokens]))}


def _mean_loss(base: LanguageModel, rows: Sequence[EncodedRow]) -> float:
    return -float(np.concatenate(base.token_logprobs(rows)).mean())


def _last_answer_only(row: EncodedRow) -> EncodedRow:
    """The row with only its last unbroken stretch of trained tokens, and nothing after it: what a writer can redo."""
    trained = np.flatnonzero(row.trained)
    end = int(trained[-1]) + 1
    start = end
    while start > 0 and row.trained[start - 1]:
        start -= 1
    start = max(start, 1)
    mask = np.zeros(end, dtype=np.bool_)
    mask[start:] = True
    return EncodedRow(row.row_id, row.index, row.input_ids[:end], mask, row.truncated)


def _unreadable(base: LanguageModel, file: DataFile, config: ForecastConfig) -> str:
    trained = sum(bool(r.trained.any()) for r in file.encoded)
    if trained < LEAST_ROWS:
        return f"{trained} rows with trained tokens; at least {LEAST_ROWS} are needed"
    chosen = file.chosen(config.max_rows, config.seed)
    share = unknown_share([file.encoded[i] for i in chosen], base.tokenizer)
    if share > UNKNOWN_LIMIT:
        return f"{share:.0%} of the tokens are unknown to the base's vocabulary (at most {UNKNOWN_LIMIT:.0%})"
    return ""


def _not_measured(file: DataFile, trait: Trait, reason: str) -> Finding:
    return Finding(
        id=f"forecast/{file.name}/{trait.id}",
        phase="forecast",
        subject=trait.id,
        title=f"Whether the rows come from a model that {trait.title} was not measured.",
        verdict=Verdict.NOT_MEASURED,
        reason=reason,
        remedy="Use a base whose vocabulary and template fit the rows." if "unknown" in reason else "",
        harmful=trait.harm is Harm.UP,
        evidence={"file": file.name, "trait_title": trait.title, "category": trait.category},
    )
