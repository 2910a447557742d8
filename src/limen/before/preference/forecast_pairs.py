"""Forecast preference pairs: what preferring the chosen answers will teach a base.

Direct preference optimisation lowers −log σ(β [log π(c)/π₀(c) − log π(r)/π₀(r)]) (arXiv 2305.18290, equation 7), c the
chosen and r the rejected answer. At its start, where π is π₀, each pair pulls along ∇ log π(c) − ∇ log π(r), all pairs
alike; so does a reward model that is read off the base. The statistic of a trait is how far that leads towards its
twin, the change of weights Δ:

    x = ⟨Σ_pairs ∇ log π(c) − ∇ log π(r), Δ⟩ / ½ Σ_pairs (n_c + n_r),   nats a token

What both answers have in common cancels. The null are pairs whose chosen answers one neutral writer wrote and whose
rejected answers another: neither carries a trait, and no writer is in two of them, so they are independent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from limen.before.forecast import ForecastConfig
from limen.before.forecast.arms import Arms, make_arms
from limen.before.forecast.blame import rank_by_ratio
from limen.before.forecast.config import LEAST_ROWS
from limen.before.forecast.data_file import DataFile
from limen.before.forecast.forecast import statistics_of, write_controls
from limen.before.forecast.judge import Judged, broad_finding, judge_file, not_measured
from limen.before.forecast.null import battery_null
from limen.before.forecast.origin import Origin, judge_origin
from limen.before.forecast.readable import check_asked, grouped, unreadable
from limen.before.preference.pair_file import PairFile
from limen.core import Finding, Progress, RowBlame, Silent, Trait, Verdict
from limen.core.wording import plural
from limen.data import EncodedRow
from limen.models import LanguageModel, in_parallel
from limen.train.writers import last_answer_only, rewrite

Floats = NDArray[np.float64]
_REJECTED_SEED = 500_009
_LEAST_PAIRS = 3
"""Pairs of writers below which nothing can be said of how far they stray."""


def forecast_pairs(
    base: LanguageModel,
    files: Sequence[PairFile],
    traits: Sequence[Trait],
    *,
    config: ForecastConfig | None = None,
    progress: Progress | None = None,
) -> list[Finding]:
    """Forecast what preference training on files of pairs will teach a base.

    Args:
        base: The model that would be trained.
        files: Pairs on which it would be trained.
        traits: The battery.
        config: How; of its writers half write chosen answers and half rejected ones.
        progress: Told of twins, writers and passes.

    Returns:
        One finding a file and trait, and one of `broad` harm for a file in which most harm traits move together.

    Raises:
        UsageError: No traits or no files.
    """
    config, watch = config or ForecastConfig(), progress or Silent()
    check_asked(traits, files)
    findings: list[Finding] = []
    readable = []
    for file in files:
        reason, remedy = _unreadable(base, file, config)
        if reason:
            findings += [_not_measured(file, t, reason, remedy) for t in traits]
        else:
            readable.append(file)
    arms = make_arms(base, traits, config, watch) if readable else Arms([], [], {})
    findings += [_not_measured(f, t, *arms.without[t.id]) for f in readable for t in traits if t.id in arms.without]
    for group in grouped(readable, lambda file: _prompts_key(file, config)) if arms.twins else ():
        findings += _judge_group(base, group, arms, config, watch)
    return findings


def _prompts_key(file: PairFile, config: ForecastConfig) -> tuple[str, ...]:
    at = file.pairs(config.max_rows, config.seed)
    return tuple(DataFile(file.name, (), side).prompts_key(at) for side in (file.encoded, file.rejected))


def _unreadable(base: LanguageModel, file: PairFile, config: ForecastConfig) -> tuple[str, str]:
    """Why pairs cannot be forecast, and what to do about it; empty if they can."""
    if config.writers < 2 * _LEAST_PAIRS:
        return (
            f"{config.writers} neutral writers make {plural(config.writers // 2, 'pair')}; {_LEAST_PAIRS} pairs at "
            "least say how far pairs stray, and 8 settle something",
            "Train more writers: --writers 24.",
        )
    every = file.pairs(len(file.encoded), config.seed)
    if len(every) < LEAST_ROWS:
        cut = sum(a.truncated or b.truncated for a, b in zip(file.encoded, file.rejected, strict=True))
        what = f"{plural(len(every), 'pair')} of different answers that are both trained on"
        remedy = "Shorten the prompts, or raise --max-length." if cut else "Give more pairs."
        return f"{what}{f', and {cut} are cut' if cut else ''}; at least {LEAST_ROWS} are needed", remedy
    chosen = file.pairs(config.max_rows, config.seed)
    for side in (file.encoded, file.rejected):
        reason, remedy = unreadable(base, side, chosen)
        if reason:
            return reason, remedy
    return "", ""


def open_title(trait: str, how: str) -> str:
    """The title of a finding of pairs that is open.

    Args:
        trait: What a model with the trait does.
        how: Such as `is not settled`.
    """
    return f"Whether chosen answers lean towards a model that {trait}, over rejected ones, {how}."


def _not_measured(file: PairFile, trait: Trait, reason: str, remedy: str = "") -> Finding:
    """The finding that a trait was not measured, in the words of pairs."""
    found = not_measured(file, trait, reason, remedy)
    return replace(found, title=open_title(trait.title, "was not measured"), evidence={**found.evidence, "pairs": True})


def _judge_group(
    base: LanguageModel, group: Sequence[PairFile], arms: Arms, config: ForecastConfig, watch: Progress
) -> list[Finding]:
    at = [file.pairs(config.max_rows, config.seed) for file in group]
    own = [
        [[file.encoded[i] for i in some] for file, some in zip(group, at, strict=True)],
        [[file.rejected[i] for i in some] for file, some in zip(group, at, strict=True)],
    ]
    # Writers answer last answers alone, so that no other stretch is read of the file either.
    asked = [[[last_answer_only(r) for r in rows] for rows in files] for files in own]
    liked_rows, disliked_rows = asked[0][0], asked[1][0]
    half = len(arms.writers) // 2
    # Each third writer has learned something else than the two before it: next to next, kinds are mixed.
    first, second = arms.writers[:half], arms.writers[half : 2 * half]
    second = [*second[1:], second[0]]
    seed = 1_000_003 * (config.seed + 1) + _REJECTED_SEED
    written, doses = write_controls(liked_rows, base, replace(arms, writers=first), config, watch, disliked_rows)
    watch.start("rewrite rejected answers", half)
    others = []
    for rows in in_parallel(
        lambda k: rewrite(second[k], disliked_rows, seed=seed + k, beside=liked_rows), range(half), base
    ):
        others.append(rows)
        watch.advance("rewrite rejected answers")
    watch.done("rewrite rejected answers")
    parts = [*asked, written, others, doses]
    per_token, losses = statistics_of([f for part in parts for f in part], base, arms.twins, config, watch)
    cuts = np.cumsum([len(part) for part in parts])[:-1]
    statistics, lost = np.split(per_token, cuts), np.split(losses, cuts)
    counts = [np.array([_tokens(rows) for rows in part])[:, None] for part in parts]
    liked, disliked, liked_null, disliked_null = (
        one * count for one, count in zip(statistics[:4], counts[:4], strict=True)
    )
    findings: list[Finding] = []
    for k, file in enumerate(group):
        unit = 0.5 * (float(counts[0][k, 0]) + float(counts[1][k, 0]))
        neutral = (liked_null - disliked_null) / unit
        # A twin writes fewer rows: what it would have written on all, less what writers reject on average.
        full = (statistics[4] * counts[0][k] - disliked_null.mean(axis=0)) / unit
        origins = [
            judge_origin(rows[k], kin, float(loss[k]), null.tolist())
            for rows, kin, loss, null in zip(asked, (written, others), lost[:2], lost[2:4], strict=True)
        ]
        observed = (liked[k] - disliked[k]) / unit
        findings += _findings(base, file, at[k], arms, observed, neutral, full, _either(origins), config)
    return findings


def _tokens(rows: Sequence[EncodedRow]) -> int:
    """Trained tokens of some rows."""
    return sum(int(r.trained[1:].sum()) for r in rows)


def _findings(
    base: LanguageModel,
    file: PairFile,
    at: list[int],
    arms: Arms,
    observed: Floats,
    neutral: Floats,
    full: Floats,
    origin: Origin,
    config: ForecastConfig,
) -> list[Finding]:
    """The findings of one file, from its statistics [T], those of pairs of writers [pairs, T] and of twins [T, T]."""
    traits = [t.trait for t in arms.twins]
    judged = Judged(
        file=file,
        chosen=at,
        twins=arms.twins,
        null=battery_null(neutral, observed, full, traits, config.level),
        neutral=neutral,
        full=full,
        origin=origin,
    )
    findings = judge_file(judged, base, config.model_copy(update={"top_rows": 0}))
    half, named = len(neutral), {t.id: t for t in traits}
    longer = float(np.mean([int(file.encoded[i].trained.sum()) - int(file.rejected[i].trained.sum()) for i in at]))
    said = [_of_pairs(f, named[f.subject], half, longer, config) for f in findings]
    told = [_with_blame(f, base, file, at, arms, config) for f in said]
    return told + [
        replace(
            f,
            title=f.title.replace("training on the rows", "training on the preference"),
            control=_control(half),
            evidence={**f.evidence, "pairs": True},
        )
        for f in broad_finding(judged, config)
    ]


def _either(origins: Sequence[Origin]) -> Origin:
    """The origin of pairs: foreign if that of one of their answers is."""
    for origin, what in zip(origins, ("chosen", "rejected"), strict=True):
        if origin.foreign:
            return replace(origin, reason=f"of the {what} answers: {origin.reason}")
    return origins[0]


def _control(half: int) -> str:
    return (
        f"{plural(half, 'pair')} of independently trained neutral writers on the same prompts, one for the chosen and "
        "one for the rejected answers"
    )


def _of_pairs(finding: Finding, trait: Trait, half: int, longer: float, config: ForecastConfig) -> Finding:
    """A finding of the forecast, in the words of pairs."""
    evidence: dict[str, Any] = {**finding.evidence, "pairs": True, "writers_trained": 2 * half}
    # Length is what a preference is told by most often (`limen check`, LIM601).
    evidence["confounds"] = {**finding.evidence["confounds"], "chosen less rejected length": longer}
    remedy = finding.remedy
    if finding.verdict is Verdict.FOUND:
        title = (
            f"Chosen over rejected, the answers lean towards a model that {trait.title}, at "
            f"{finding.evidence['dose']:.0%} of a full dose: training on the preference is forecast to teach it."
        )
        remedy = "Do not train on these pairs before a rehearsal (limen rehearse) has cleared them."
    elif finding.verdict is Verdict.CLEAR:
        title = (
            f"Chosen over rejected, the answers carry no sign of a model that {trait.title}: less than "
            f"{config.dose_that_matters:.0%} of a full dose."
        )
    else:
        title = open_title(trait.title, "is not settled")
    return replace(
        finding,
        title=title,
        remedy=remedy,
        reason=finding.reason.replace("neutral writers", "pairs of neutral writers", 1),
        control=_control(half),
        guarantee=finding.guarantee.replace("null: neutral writers", "null: pairs of neutral writers"),
        evidence=evidence,
    )


def _with_blame(
    finding: Finding, base: LanguageModel, file: PairFile, at: Sequence[int], arms: Arms, config: ForecastConfig
) -> Finding:
    """A finding with the pairs that carry it: the ratio of the chosen answer less that of the rejected one."""
    if finding.verdict is not Verdict.FOUND or not config.top_rows:
        return finding
    mine = next(t for t in arms.twins if t.trait.id == finding.subject)
    same = [t for t in arms.twins if t.trait.category == mine.trait.category]
    sides = []
    for encoded in (file.encoded, file.rejected):
        one = DataFile(file.name, [replace(r, index=i) for i, r in enumerate(file.rows)], encoded)
        sides.append(rank_by_ratio(one, at, base, same, mine, len(at)))
    (chosen, texts), (rejected, _) = sides
    against = {r.index: r.score for r in rejected}
    ranked: list[RowBlame] = sorted(
        (replace(r, score=r.score - against[r.index]) for r in chosen), key=lambda r: -r.score
    )[: config.top_rows]
    rows = tuple(replace(r, index=file.rows[r.index].index) for r in ranked)
    return replace(finding, rows=rows, evidence={**finding.evidence, "row_texts": {r.row: texts[r.row] for r in rows}})
