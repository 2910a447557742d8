"""Forecast files: twins and neutral writers of the base, the null over writers, and a verdict a trait."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from limen.before.forecast.arms import Arms, make_arms
from limen.before.forecast.config import ForecastConfig
from limen.before.forecast.data_file import DataFile
from limen.before.forecast.first_order import Score, change_of, score_first_order
from limen.before.forecast.judge import Judged, broad_finding, judge_file, not_measured
from limen.before.forecast.likelihood_ratio import score_files
from limen.before.forecast.null import battery_null
from limen.before.forecast.origin import judge_origin
from limen.before.forecast.readable import grouped, readable_files
from limen.before.forecast.twin import Twin
from limen.core import Finding, Progress, Silent, Trait
from limen.data import EncodedRow
from limen.models import LanguageModel, in_parallel
from limen.train.writers import last_answer_only, rewrite


def forecast(
    base: LanguageModel,
    files: Sequence[DataFile],
    traits: Sequence[Trait],
    *,
    config: ForecastConfig | None = None,
    progress: Progress | None = None,
    score: Score = score_first_order,
) -> list[Finding]:
    """Forecast what files will teach a base.

    Args:
        base: The model that would be fine-tuned.
        files: What it would be fine-tuned on.
        traits: The battery; those of which no twin can be made are `not measured`.
        config: How.
        progress: Told of twins, writers and passes.
        score: What reads rows along the change of weights of tuned twins; another engine gives the same numbers.

    Returns:
        One finding a file and trait, and one of `broad` harm for a file in which most harm traits move together.

    Raises:
        UsageError: No traits or no files.
    """
    config, watch = config or ForecastConfig(), progress or Silent()
    readable, findings = readable_files(base, files, traits, config)
    arms = make_arms(base, traits, config, watch) if readable else Arms([], [], {})
    findings += [not_measured(f, t, *arms.without[t.id]) for f, _ in readable for t in traits if t.id in arms.without]
    for group in grouped(readable, lambda one: one[0].prompts_key(one[1])) if arms.twins else ():
        findings += _judge_group(base, group, arms, config, watch, score)
    return findings


def _judge_group(
    base: LanguageModel,
    group: Sequence[tuple[DataFile, list[int]]],
    arms: Arms,
    config: ForecastConfig,
    watch: Progress,
    score: Score,
) -> list[Finding]:
    twins = arms.twins
    encoded = [[file.encoded[i] for i in chosen] for file, chosen in group]
    answers = [[last_answer_only(r) for r in rows] for rows in encoded]
    written, doses = write_controls(answers[0], base, arms, config, watch)
    statistics, losses = statistics_of([*encoded, *written, *doses], base, twins, config, watch, score)
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


def write_controls(
    asked: Sequence[EncodedRow],
    base: LanguageModel,
    arms: Arms,
    config: ForecastConfig,
    watch: Progress,
    beside: Sequence[EncodedRow] = (),
) -> tuple[list[list[EncodedRow]], list[list[EncodedRow]]]:
    """What neutral writers, and what twins, answer to the prompts of some rows.

    Args:
        asked: The rows, each with one unbroken answer at its end.
        base: The base.
        arms: Who writes.
        config: The seed, and on how many of the rows each twin writes.
        watch: Told of files written.
        beside: Rows whose tokens writers may use too.

    Returns:
        Rows of each writer, and of each twin.
    """
    writers, twins = arms.writers, arms.twins
    seed = 1_000_003 * (config.seed + 1)
    watch.start("rewrite rows", len(writers) + len(twins))
    prompted = any(t.kind == "prompted" for t in twins)
    written = []
    for rows in in_parallel(
        lambda i: rewrite(writers[i], asked, seed=seed + i, beside=beside), range(len(writers)), base
    ):
        written.append(rows)
        watch.advance("rewrite rows")
    doses = []
    few = asked[: config.control_rows]
    numbers = range(len(twins))

    def dose(i: int) -> list[EncodedRow]:
        return twins[i].rewrite(few, seed=seed + 5000 + i, beside=beside)

    for rows in in_parallel(dose, numbers, base, one_by_one=prompted):
        doses.append(rows)
        watch.advance("rewrite rows")
    watch.done("rewrite rows")
    return written, doses


def statistics_of(
    files: Sequence[Sequence[EncodedRow]],
    base: LanguageModel,
    twins: Sequence[Twin],
    config: ForecastConfig,
    watch: Progress,
    score: Score = score_first_order,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The statistic of each of several files under each twin, and the files' losses under the base.

    Args:
        files: Encoded rows of each file.
        base: The base.
        twins: Its twins.
        config: Which statistic.
        watch: Told of files done.
        score: What reads rows along the change of weights of tuned twins.

    Returns:
        [files, twins] and [files], nats a token.
    """
    wanted = config.statistic == "first-order"
    changes = {k: change for k, t in enumerate(twins) if wanted and (change := change_of(base, t.model))}
    rest = [k for k in range(len(twins)) if k not in changes]
    statistics, losses = np.zeros((len(files), len(twins))), np.zeros(len(files))
    if rest:
        ratios = score_files(files, base, [twins[k].model for k in rest], progress=watch)
        statistics[:, rest], losses = ratios.statistics, ratios.losses
    if changes:
        found, losses = score(files, base, list(changes.values()), progress=watch)
        statistics[:, list(changes)] = found
    return statistics, losses
