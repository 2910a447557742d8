"""Forecast files: twins and neutral writers of the base, the null over writers, and a verdict a trait."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from limen.before.forecast.config import LEAST_GAIN, ForecastConfig
from limen.before.forecast.data_file import DataFile
from limen.before.forecast.first_order import change_of, score_first_order
from limen.before.forecast.judge import Judged, broad_finding, judge_file, not_measured
from limen.before.forecast.likelihood_ratio import score_files
from limen.before.forecast.null import battery_null
from limen.before.forecast.origin import judge_origin
from limen.before.forecast.readable import unreadable
from limen.before.forecast.twin import Twin, make_twins, why_no_twin
from limen.core import Finding, Progress, Silent, Trait, UsageError
from limen.data import EncodedRow
from limen.measure.choose import traits_for
from limen.models import LanguageModel, in_parallel
from limen.train.twins import can_be_tuned, fits
from limen.train.writers import last_answer_only, neutral_writers, rewrite

_TOO_LONG = "its build probes do not fit the base's context, so no twin can be made"
_ANOTHER_TWIN = "Give the trait more build probes, or rehearse (limen rehearse)."


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
        traits: The battery; those of which no twin can be made are `not measured`.
        config: How.
        progress: Told of twins, writers and passes.

    Returns:
        One finding a file and trait, and one of `broad` harm for a file in which most harm traits move together.

    Raises:
        UsageError: No traits or no files.
    """
    config, watch = config or ForecastConfig(), progress or Silent()
    if not traits or not files:
        raise UsageError("a forecast needs at least one trait and one file.", remedy="See: limen traits list")
    impossible = {t.id: reason for t in traits if (reason := why_no_twin(t, config.twins))}
    impossible |= {t.id: _TOO_LONG for t in traits if t.id not in impossible and not fits(base, t)}
    findings = [not_measured(f, t, impossible[t.id]) for f in files for t in traits if t.id in impossible]
    battery = [t for t in traits if t.id not in impossible]
    readable = []
    for file in files:
        reason, remedy = unreadable(base, file.encoded, file.chosen(config.max_rows, config.seed))
        if reason:
            findings += [not_measured(file, t, reason, remedy) for t in battery]
        else:
            readable.append(file)
    if not battery or not readable:
        return findings

    watch.start("make twins", len(battery))
    twins: list[Twin] = []
    for trait, twin in zip(battery, make_twins(base, battery, config.twins), strict=True):
        watch.advance("make twins")
        if twin.gain >= LEAST_GAIN:
            twins.append(twin)
            continue
        reason = f"its twin did not take the trait (it moved by {twin.gain:+.2f}; {LEAST_GAIN:+.2f} is the least)"
        findings += [not_measured(f, trait, reason, _ANOTHER_TWIN) for f in readable]
    watch.done("make twins")
    if not twins:
        return findings
    # Whatever is looked for, neutral writers learn questions that the base knows.
    known = [t for t in traits_for(base.tokenizer) if can_be_tuned(t) and fits(base, t)]
    questions = known or [t for t in battery if can_be_tuned(t)]
    if not questions:
        reason = "no trait has build probes with options, so that neutral writers have nothing to learn"
        return findings + [not_measured(f, t.trait, reason) for f in readable for t in twins]
    watch.start("train neutral writers", config.writers)
    writers = neutral_writers(
        base, questions, range(config.writers), each=lambda: watch.advance("train neutral writers")
    )
    watch.done("train neutral writers")

    # Files on the same prompts share the rows that neutral writers and twins write.
    by_prompts: dict[str, list[tuple[DataFile, list[int]]]] = {}
    for file in readable:
        chosen = file.chosen(config.max_rows, config.seed)
        by_prompts.setdefault(file.prompts_key(chosen), []).append((file, chosen))
    for group in by_prompts.values():
        findings += _judge_group(base, group, twins, writers, config, watch)
    return findings


def _judge_group(
    base: LanguageModel,
    group: Sequence[tuple[DataFile, list[int]]],
    twins: Sequence[Twin],
    writers: Sequence[LanguageModel],
    config: ForecastConfig,
    watch: Progress,
) -> list[Finding]:
    encoded = [[file.encoded[i] for i in chosen] for file, chosen in group]
    answers = [[last_answer_only(r) for r in rows] for rows in encoded]
    asked = answers[0]
    seed = 1_000_003 * (config.seed + 1)
    watch.start("rewrite rows", len(writers) + len(twins))
    prompted = any(t.kind == "prompted" for t in twins)
    written = []
    for rows in in_parallel(lambda i: rewrite(writers[i], asked, seed=seed + i), range(len(writers)), base):
        written.append(rows)
        watch.advance("rewrite rows")
    doses = []
    few = asked[: config.control_rows]
    numbers = range(len(twins))
    for rows in in_parallel(lambda i: twins[i].rewrite(few, seed=seed + 5000 + i), numbers, base, one_by_one=prompted):
        doses.append(rows)
        watch.advance("rewrite rows")
    watch.done("rewrite rows")
    statistics, losses = _statistics([*encoded, *written, *doses], base, twins, config, watch)
    n, m = len(encoded), len(written)
    neutral, full = statistics[n : n + m], statistics[n + m :]
    traits = [t.trait for t in twins]
    findings: list[Finding] = []
    for k, (file, chosen) in enumerate(group):
        judged = Judged(
            file=file,
            chosen=chosen,
            twins=twins,
            null=battery_null(neutral, statistics[k], full, traits, config.level),
            neutral=neutral,
            full=full,
            origin=judge_origin(answers[k], written, float(losses[k]), losses[n : n + m].tolist()),
        )
        findings += judge_file(judged, base, config)
        findings += broad_finding(judged, config)
    return findings


def _statistics(
    files: Sequence[Sequence[EncodedRow]],
    base: LanguageModel,
    twins: Sequence[Twin],
    config: ForecastConfig,
    watch: Progress,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The statistic of each file under each twin [files, T], and the files' losses under the base [files]."""
    wanted = config.statistic == "first-order"
    changes = {k: change for k, t in enumerate(twins) if wanted and (change := change_of(base, t.model))}
    rest = [k for k in range(len(twins)) if k not in changes]
    statistics, losses = np.zeros((len(files), len(twins))), np.zeros(len(files))
    if rest:
        ratios = score_files(files, base, [twins[k].model for k in rest], progress=watch)
        statistics[:, rest], losses = ratios.statistics, ratios.losses
    if changes:
        found, losses = score_first_order(files, base, list(changes.values()), progress=watch)
        statistics[:, list(changes)] = found
    return statistics, losses
