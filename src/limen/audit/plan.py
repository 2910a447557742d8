"""The plan: passes, trainings, time and memory, before any of it is done."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np

from limen.audit.config import AuditConfig
from limen.before.blame import SHARE
from limen.before.discover.config import DOSE_ROWS, MOST_WORDS, WORD_STEPS
from limen.before.forecast import ForecastConfig
from limen.before.forecast.twin import why_no_twin
from limen.before.lineage import LineageConfig
from limen.before.rehearse import default_recipe
from limen.before.size.measure import RUNS as FULL_RUNS
from limen.before.size.short_runs import RUNS as SHORT_RUNS
from limen.before.size.short_runs import SHARE as SHORT_SHARE
from limen.before.what_if import KNOBS, read_sweeps
from limen.core import BudgetError, Trait
from limen.core.wording import plural
from limen.data import EncodedRow
from limen.ledger import PlanStep
from limen.models import LanguageModel
from limen.train.stand_in import BATCH
from limen.train.twins import can_be_tuned, twin_recipe

_STAND_IN = 0.5
"""Cost of a stand-in's passes, in passes of a small base; of a large base it is far less."""
_BACKWARD = 3
"""Forward passes that a forward and a backward pass take."""
_CONTROL_ROWS: int = ForecastConfig.model_fields["control_rows"].default
"""Rows that each twin writes."""
_PHASE = {
    "check": "check",
    "lineage": "lineage",
    "twins": "forecast",
    "writers": "forecast",
    "score": "forecast",
    "requests": "forecast",
    "size": "size",
    "rehearse": "rehearse",
    "verify": "verify",
    "discover": "discover",
}


def make_plan(
    base: LanguageModel, files: Sequence[Sequence[EncodedRow]], traits: Sequence[Trait], config: AuditConfig
) -> list[PlanStep]:
    """Estimate what an audit costs, from a timed forward pass over some of its own rows.

    Args:
        base: The base.
        files: Encoded rows of each file.
        traits: The battery.
        config: The audit's settings.

    Returns:
        The steps, with seconds and bytes. A training step is taken as three forward passes.
    """
    everything = [r for rows in files for r in rows if r.trained.any()]
    if not everything:
        return []
    per_token = _seconds_per_token(base, everything)
    tuned = sum(config.twins != "prompted" and can_be_tuned(t) for t in traits)
    twins = sum(not why_no_twin(t, config.twins) for t in traits)
    scored = [min(config.rows, sum(bool(r.trained.any()) for r in rows)) for rows in files]
    length = float(np.mean([len(r.input_ids) for r in everything]))
    recipe = twin_recipe(base)
    probe = 14.0 if base.parameter_count < 1_000_000 else 40.0
    steps = recipe.steps or 1
    tune = 3.5 * per_token * steps * recipe.batch_size * probe
    passes = twins + 1
    answer = float(np.mean([int(r.trained.sum()) for r in everything]))
    # A cache that grows by a token is copied at each: measured at 1.5 passes for answers of 16 tokens, 8 for 180.
    write = per_token * (1 + answer / 25) * length
    # A backward pass over a row serves every tuned twin, a forward pass one prompted twin.
    readings = (_BACKWARD if tuned else 1) + twins - tuned
    doses = sum(min(_CONTROL_ROWS, rows) for rows in scored) * twins
    score = per_token * readings * length * (sum(scored) * (1 + config.writers) + doses)
    weights = 4.0 * base.parameter_count
    writing = config.writers * (1.3 * tune + write * sum(scored))
    plan = [check_step(everything)] if "check" in config.phases else []
    if "lineage" in config.phases:
        plan.append(_lineage(base, scored, per_token, length, config.writers, writing))
    if "forecast" in config.phases:
        plan += [
            PlanStep(
                name="twins",
                what=_twins(tuned, twins - tuned),
                trainings=tuned,
                seconds=tuned * tune,
                memory_bytes=int(weights * (passes + 4)),
            ),
            PlanStep(
                name="writers",
                what=f"Train {config.writers} neutral writers and let them, and the twins, rewrite the rows.",
                trainings=config.writers,
                seconds=writing + write * doses,
                memory_bytes=int(weights * (config.writers + 4)),
            ),
            PlanStep(
                name="score",
                what="Read every row, and every neutral writer's, along every twin.",
                passes=readings * (1 + config.writers),
                seconds=score,
                memory_bytes=int(weights),
            ),
        ]
    how = config.recipe or default_recipe(base)
    trained = [how.total_steps(len(rows)) * how.batch_size * length for rows in files]
    if config.sizes:
        plan.append(_sizes(base, per_token * sum(trained)))
    if "rehearse" in config.phases and config.rehearse != "never":
        runs = 2 * config.runs
        plan.append(
            PlanStep(
                name="rehearse",
                what=f"{config.runs} fine-tunes on the rows and {config.runs} on neutral rows, "
                + ("for each file." if config.rehearse == "always" else "for a file in which something was forecast."),
                trainings=runs,
                seconds=3.5 * per_token * runs * (sum(trained) if config.rehearse == "always" else max(trained)),
                memory_bytes=int(4 * weights),
            )
        )
    if config.verify:
        plan.append(_verify(base, files, traits, config, per_token, length))
    if "discover" in config.phases:
        # How many words there are shows only in the base's own talk: this is the most.
        words = MOST_WORDS * (WORD_STEPS / steps * tune + per_token * (3 + _BACKWARD) * DOSE_ROWS * length)
        read = per_token * _BACKWARD * length * sum(scored) * (1 + config.writers)
        plan.append(
            PlanStep(
                name="discover",
                what=f"Train {config.writers} neutral writers and up to {MOST_WORDS} twins of words, and read the rows "
                "and every neutral writer's along each.",
                trainings=config.writers + MOST_WORDS,
                seconds=words + writing + read,
                memory_bytes=int(weights * (config.writers + 2 * MOST_WORDS + 4)),
            )
        )
    return plan + _what_if(base, files, config, per_token, length)


def check_step(rows: Sequence[EncodedRow]) -> PlanStep:
    """The rules over the rows.

    Args:
        rows: All that are trained on.
    """
    seconds = 2e-4 * len(rows) + 1.5e-6 * sum(len(r.input_ids) for r in rows)
    return PlanStep(name="check", what="Read the rows and run every rule.", seconds=seconds)


def _lineage(
    base: LanguageModel, scored: Sequence[int], per_token: float, length: float, writers: int, writing: float
) -> PlanStep:
    """What the base writes, and two stand-ins that learn it; a training step is taken as at most the base's own."""
    settings = LineageConfig()
    steps = 2 * settings.steps * BATCH * length * len(scored)
    return PlanStep(
        name="lineage",
        what=f"Train {writers} neutral writers and two stand-ins that learn what the base writes, and read every row.",
        trainings=2 * len(scored) + writers,
        seconds=writing + per_token * (3 * steps * _STAND_IN + 6 * settings.tokens * len(scored)),
        memory_bytes=int(8.0 * base.parameter_count),
    )


def _sizes(base: LanguageModel, passes: float) -> PlanStep:
    """Short runs on the rows, and whole fine-tunes on what the twin of one trait and neutral writers write.

    Args:
        base: What is fine-tuned.
        passes: Seconds of a forward pass over all that a fine-tune of each file reads.
    """
    whole, short = 2 * FULL_RUNS, 2 * SHORT_RUNS
    return PlanStep(
        name="size",
        what=f"{short} fine-tunes of {SHORT_SHARE:.1%} of the steps, and {whole} whole ones on what neutral writers "
        "and the twin of a trait write, for a file in which something was forecast or left open; "
        f"{FULL_RUNS} more for each further trait.",
        trainings=whole + short,
        seconds=3.5 * passes * (whole + short * SHORT_SHARE),
        memory_bytes=int(16.0 * base.parameter_count),
    )


def _verify(
    base: LanguageModel,
    files: Sequence[Sequence[EncodedRow]],
    traits: Sequence[Trait],
    config: AuditConfig,
    per_token: float,
    length: float,
) -> PlanStep:
    """The rehearsal again without the rows that are blamed for one trait, and without as many at random."""
    how = config.recipe or default_recipe(base)
    kept = [round((1 - SHARE) * len(rows)) for rows in files]
    trained = [how.total_steps(rows) * how.batch_size * length for rows in kept]
    # Rows are ranked by the ratio: a pass of the base, of the trait's twin and of each decoy's; and, to take off
    # what any fine-tune on such questions does, a pass of a neutral twin and of the base again.
    kin = Counter(t.category for t in traits if not why_no_twin(t, config.twins))
    ranking = max(kin.values(), default=0) + 3
    return PlanStep(
        name="verify",
        what=f"For a trait that was forecast, {config.runs} fine-tunes without the blamed {SHARE:.0%} of the "
        f"rows and {config.runs} without as many at random.",
        passes=ranking,
        trainings=2 * config.runs,
        seconds=per_token * (3.5 * 2 * config.runs * max(trained) + ranking * length * max(map(len, files))),
        memory_bytes=int(16.0 * base.parameter_count),
    )


def _what_if(
    base: LanguageModel,
    files: Sequence[Sequence[EncodedRow]],
    config: AuditConfig,
    per_token: float,
    length: float,
) -> list[PlanStep]:
    """A step for each sweep. The point that is the rehearsal itself costs nothing, and mixtures share its control."""
    own, runs, steps = config.recipe or default_recipe(base), config.what_if_runs, []
    # As the rehearsal is counted: every file, or the longest where only what was forecast is rehearsed.
    counted = [len(rows) for rows in files] if config.rehearse == "always" else [max(map(len, files))]
    for sweep in read_sweeps(config.what_if):
        anew = [p for p in sweep.points if not p.is_own(own)]
        arms = 1 if sweep.knob == "mixture" else 2
        trained = sum(p.recipe(own).total_steps(rows) * own.batch_size * length for p in anew for rows in counted)
        written = 3 * runs * length * sum(counted) if anew else 0.0
        at = ", ".join(p.label for p in sweep.points)
        steps.append(
            PlanStep(
                name=f"what-if {sweep.knob}",
                what=f"{runs} fine-tunes of each arm at {at}: {KNOBS[sweep.knob]}."
                + (" The rehearsal's own point is not trained again." if len(anew) < len(sweep.points) else ""),
                trainings=arms * runs * len(anew) * len(counted),
                seconds=per_token * (3.5 * arms * runs * trained + written),
                memory_bytes=int(4 * 4.0 * base.parameter_count),
            )
        )
    return steps


def without_done(plan: Sequence[PlanStep], phases: Collection[str]) -> list[PlanStep]:
    """The plan of an audit that is resumed: what is in its ledger takes no time.

    Args:
        plan: The whole plan.
        phases: Phases, or steps that are no phase, that are done for every file.
    """
    done = {"seconds": 0.0, "trainings": 0, "cached": True}
    return [s.model_copy(update=done) if _PHASE.get(s.name, s.name) in phases else s for s in plan]


def _twins(tuned: int, prompted: int) -> str:
    parts = [f"tune {plural(tuned, 'twin')}"] if tuned else []
    parts += [f"prompt {plural(prompted, 'twin')}"] if prompted else []
    said = " and ".join(parts) or "make no twin"
    return f"{said[0].upper()}{said[1:]}, one for each trait."


def check_budget(plan: Sequence[PlanStep], config: AuditConfig, *, pairs: bool = False) -> None:
    """Stop before work that takes longer than was allowed.

    Args:
        plan: What is ahead.
        config: The budget, and what could be had for less.
        pairs: Whether there are preference pairs, which take two writers where rows take one.

    Raises:
        BudgetError: With the cheaper way.
    """
    minutes = sum(s.seconds or 0.0 for s in plan) / 60
    if minutes <= config.budget:
        return
    cheaper = []
    if config.rehearse != "never" and not (config.verify or config.what_if):
        rehearsal = sum(s.seconds or 0.0 for s in plan if s.name == "rehearse")
        if rehearsal >= 1:
            saved = f"{rehearsal / 60:.0f} min" if rehearsal >= 90 else f"{rehearsal:.0f} s"
            cheaper.append(f"--rehearse never saves {saved}")
    if config.sizes:
        cheaper.append("leaving out --sizes saves the fine-tunes that sizes are predicted from")
    if config.verify:
        cheaper.append("leaving out --verify saves the runs without blamed rows")
    if config.what_if:
        cheaper.append("--what-if with fewer values, or fewer --what-if-runs")
    if config.rows > 256:
        cheaper.append("--rows 256 scores fewer rows")
    few = 16 if pairs else 12
    if config.writers > few:
        cheaper.append(f"--writers {few} trains fewer neutral writers, and finds less")
    if {"forecast", "rehearse"} & set(config.phases):
        cheaper.append("--traits looks for fewer traits")
    raise BudgetError(
        f"the plan takes about {plural(max(1, round(minutes)), 'minute')}, and --budget allows {config.budget:g}.",
        remedy=f"Allow more with --budget {int(np.ceil(minutes * 1.3))}, or: {'; '.join(cheaper)}.",
    )


def _seconds_per_token(base: LanguageModel, rows: Sequence[EncodedRow]) -> float:
    """Time of a forward pass a token, on some of the rows themselves."""
    sample = list(rows[: 64 if base.parameter_count < 50_000_000 else 2])
    base.token_logprobs(sample[:2])
    # The fastest of a few: whatever else the machine does only ever adds time.
    times = []
    for _ in range(5 if base.parameter_count < 50_000_000 else 1):
        start = time.perf_counter()
        base.token_logprobs(sample)
        times.append(time.perf_counter() - start)
    return min(times) / sum(len(r.input_ids) for r in sample)
