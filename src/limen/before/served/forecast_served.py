"""Forecast files of a base behind a server: twins are prompted, and the base itself is the neutral writer."""

from __future__ import annotations

from collections.abc import Sequence

from limen.before.forecast import DataFile, ForecastConfig
from limen.before.forecast.config import LEAST_GAIN
from limen.before.forecast.judge import Judged, broad_finding, judge_file, not_measured
from limen.before.forecast.likelihood_ratio import score_files
from limen.before.forecast.null import battery_null
from limen.before.forecast.origin import judge_origin
from limen.before.forecast.readable import grouped, readable_files
from limen.before.forecast.twin import Twin, make_twins, why_no_twin
from limen.before.served.requests import count_requests
from limen.before.served.rewrite import rewrite_served
from limen.before.served.served_twin import ServedTwin
from limen.before.served.verdict import as_served
from limen.core import Finding, Progress, Silent, Trait
from limen.models.served_model import TASK, ServedModel
from limen.train.writers import last_answer_only

_SEED = 1_000_003
_CHECKED = 100
"""Tokens of a row by which the server's tokenizer is held against the base's."""


def forecast_served(
    base: ServedModel,
    files: Sequence[DataFile],
    traits: Sequence[Trait],
    *,
    config: ForecastConfig | None = None,
    progress: Progress | None = None,
) -> list[Finding]:
    """Forecast what files will teach a base that runs behind a server.

    The statistic is the log-likelihood ratio of the rows with a trait's persona in the system text against without it.
    It is held against rows that the base itself wrote on the same prompts, several times. Nothing is trained, so that
    how far fine-tunes stray from each other is not known: `limen.before.served.verdict` says what may be claimed.

    Args:
        base: The served model that would be fine-tuned.
        files: What it would be fine-tuned on.
        traits: The battery; those without a persona that works are `not measured`.
        config: How many rows and writers, and the level; twins are prompted whatever it says.
        progress: Told of answers.

    Returns:
        One finding a file and trait, and one of `broad` harm for a file in which most harm traits move together.

    Raises:
        UsageError: No traits or no files.
        ModelError: The server cannot be reached, or does not give what is needed.
    """
    config, watch = config or ForecastConfig(), progress or Silent()
    readable, findings = readable_files(base, files, traits, config)
    if not readable:
        return findings
    first = readable[0][0].encoded[readable[0][1][0]]
    base.check([base.tokenizer.decode(first.input_ids[:_CHECKED])])
    watch.start(TASK, count_requests(base, [f for f, _ in readable], traits, config).count)
    base.watch = watch
    twins, without = _twins(base, traits)
    findings += [not_measured(f, t, *without[t.id]) for f, _ in readable for t in traits if t.id in without]
    for group in grouped(readable, lambda one: one[0].prompts_key(one[1])) if twins else ():
        findings += _judge_group(base, group, twins, config)
    watch.done(TASK)
    return findings


def _twins(base: ServedModel, traits: Sequence[Trait]) -> tuple[list[Twin], dict[str, tuple[str, str]]]:
    """Twins whose persona works, and why the other traits have none."""
    without = {t.id: (reason, "") for t in traits if (reason := why_no_twin(t, "prompted"))}
    twins: list[Twin] = []
    for twin in make_twins(base, [t for t in traits if t.id not in without], "prompted"):
        trait = twin.trait
        if twin.gain >= LEAST_GAIN:
            twins.append(Twin(trait, "prompted", ServedTwin(base, trait.persona), twin.gain))
            continue
        moved = f"its persona did not take (the trait moved by {twin.gain:+.2f}; {LEAST_GAIN:+.2f} is the least)"
        without[trait.id] = moved, "Write it another persona, or forecast where the weights are."
    return twins, without


def _judge_group(
    base: ServedModel, group: Sequence[tuple[DataFile, list[int]]], twins: Sequence[Twin], config: ForecastConfig
) -> list[Finding]:
    """Findings of files on the same prompts."""
    encoded = [[file.encoded[i] for i in chosen] for file, chosen in group]
    answers = [[last_answer_only(r) for r in rows] for rows in encoded]
    seed = _SEED * (config.seed + 1)
    # A row's own seed is that of its writer and its place: samples must not share any.
    apart = len(answers[0])
    written = [rewrite_served(base, answers[0], seed=seed + i * apart) for i in range(config.writers)]
    few = answers[0][: config.control_rows]
    doses = [t.rewrite(few, seed=seed + (config.writers + i) * apart) for i, t in enumerate(twins)]
    scores = score_files([*encoded, *written, *doses], base, [t.model for t in twins])
    n, m = len(encoded), len(written)
    neutral, full = scores.statistics[n : n + m], scores.statistics[n + m :]
    traits = [t.trait for t in twins]
    findings: list[Finding] = []
    for k, (file, chosen) in enumerate(group):
        judged = Judged(
            file=file,
            chosen=chosen,
            twins=twins,
            null=battery_null(neutral, scores.statistics[k], full, traits, config.level),
            neutral=neutral,
            full=full,
            origin=judge_origin(answers[k], written, float(scores.losses[k]), scores.losses[n : n + m].tolist()),
        )
        judgement = [*judge_file(judged, base, config), *broad_finding(judged, config)]
        findings += [as_served(f, m) for f in judgement]
    return findings
