"""Lineage of files: stand-ins, neutral writers, and a verdict a file."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from limen.before.forecast.config import LEAST_ROWS
from limen.before.forecast.data_file import DataFile
from limen.before.lineage.finding import finding_of, not_measured
from limen.before.lineage.judge import judge_lineage, mean_ratio
from limen.core import Finding, Progress, Silent
from limen.data import EncodedRow
from limen.measure.choose import traits_for
from limen.models import LanguageModel
from limen.train.control_rows import rewritten
from limen.train.stand_in import STEPS, StandIn, tokens_of, train_stand_ins
from limen.train.twins import can_be_tuned, fits
from limen.train.writers import last_answer_only, neutral_writers, rewrite

_TOKENS = 320_000
_MOST_PASSES = 20
_SEED = 7_340_033


class LineageConfig(BaseModel):
    """How the lineage of files is judged."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    writers: int = Field(default=24, ge=3)
    """Neutral writers; fewer than 8 never give a calibrated verdict."""
    max_rows: int = Field(default=1000, ge=1)
    """Rows that are read; a longer file is sampled at random."""
    steps: int = Field(default=STEPS, ge=1)
    """Training steps of each of the two stand-ins."""
    tokens: int = Field(default=_TOKENS, ge=1)
    """Tokens that the base writes for them, about."""
    level: float = Field(default=0.02, gt=0, lt=1)
    """Of each of the two claims."""
    seed: int = 0
    """Seeds the choice of rows, what is written, and the stand-ins."""


def lineage(
    base: LanguageModel,
    files: Sequence[DataFile],
    *,
    config: LineageConfig | None = None,
    progress: Progress | None = None,
) -> list[Finding]:
    """Say of files whether a model of the base's own family wrote them.

    Two stand-ins learn what the base writes on a file's prompts. The log-likelihood ratio of base over stand-in is
    held against that of neutral writers' rows, and against that of what the other stand-in writes, which is a model
    that shares the distribution and nothing else.

    Args:
        base: The model whose family is asked for.
        files: Rows of which the last answer is trained on.
        config: How.
        progress: Told of writers, stand-ins and passes.

    Returns:
        One finding a file: `found` where another hand wrote it, `clear` where the base's family did.
    """
    config, watch = config or LineageConfig(), progress or Silent()
    findings: list[Finding] = []
    by_prompts: dict[str, list[tuple[DataFile, list[int]]]] = {}
    for file in files:
        trained = sum(bool(r.trained.any()) for r in file.encoded)
        if trained < LEAST_ROWS:
            findings.append(not_measured(file, f"{trained} rows with trained tokens; at least {LEAST_ROWS} are needed"))
            continue
        chosen = file.chosen(config.max_rows, config.seed)
        by_prompts.setdefault(file.prompts_key(chosen), []).append((file, chosen))
    known = [t for t in traits_for(base.tokenizer) if can_be_tuned(t) and fits(base, t)]
    if not known:
        why = "the base knows none of the questions that neutral writers learn"
        return findings + [not_measured(file, why) for group in by_prompts.values() for file, _ in group]
    if not by_prompts:
        return findings
    watch.start("train neutral writers", config.writers)
    writers = neutral_writers(base, known, range(config.writers), each=lambda: watch.advance("train neutral writers"))
    watch.done("train neutral writers")
    for group in by_prompts.values():
        findings += _judge_group(base, group, writers, config, watch)
    return findings


def _judge_group(
    base: LanguageModel,
    group: Sequence[tuple[DataFile, list[int]]],
    writers: Sequence[LanguageModel],
    config: LineageConfig,
    watch: Progress,
) -> list[Finding]:
    answers = [[last_answer_only(file.encoded[i]) for i in chosen] for file, chosen in group]
    asked, seed = answers[0], _SEED + 1_000_003 * config.seed
    count = sum(int(r.trained.sum()) for r in asked)
    passes = min(max(1, round(config.tokens / count)), _MOST_PASSES)
    written = rewritten(base, writers, asked, seed=seed, task="rewrite rows", progress=watch)
    task, own = "write rows of the base", []
    watch.start(task, passes)
    for k in range(passes):
        own += rewrite(base, asked, seed=seed + 6000 + k)
        watch.advance(task)
    watch.done(task)
    tokens = tokens_of([*answers, *written, own])
    task, stand_ins = "train stand-ins", []
    watch.start(task, 2)
    for one in train_stand_ins(base, own, tokens, seeds=(seed, seed + 1), steps=config.steps):
        stand_ins.append(one)
        watch.advance(task)
    watch.done(task)
    control = _unrelated(base, stand_ins, asked, seed)
    neutral = [_ratio(base, stand_ins, rows) for rows in written]
    findings = []
    for (file, chosen), rows in zip(group, answers, strict=True):
        judged = judge_lineage(neutral, _ratio(base, stand_ins, rows), control, config.level)
        findings.append(finding_of(file, judged, neutral, len(chosen), config.level, base.name))
    return findings


def _ratio(base: LanguageModel, stand_ins: Sequence[StandIn], rows: Sequence[EncodedRow]) -> float:
    says = base.token_logprobs(rows)
    return float(np.mean([mean_ratio(says, one.token_logprobs(rows)) for one in stand_ins]))


def _unrelated(base: LanguageModel, stand_ins: Sequence[StandIn], asked: Sequence[EncodedRow], seed: int) -> float:
    """The ratio of rows that the other stand-in wrote, mean over the two."""
    from limen.models.sampling import end_ids

    ends, found = end_ids(base.model, base.tokenizer), []
    for k, (one, other) in enumerate((stand_ins, stand_ins[::-1])):
        rows = other.rewrite(asked, ends, seed=seed + 7000 + k)
        found.append(mean_ratio(base.token_logprobs(rows), one.token_logprobs(rows)))
    return float(np.mean(found))
