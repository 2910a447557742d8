"""Findings of one file: what the null over writers says of each trait, with the rows that carry what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from limen.before.forecast.blame import rank_by_ratio
from limen.before.forecast.config import ForecastConfig
from limen.before.forecast.data_file import DataFile
from limen.before.forecast.null import BatteryNull, dose_scale
from limen.before.forecast.origin import Origin
from limen.before.forecast.twin import Twin
from limen.core import Finding, Harm, Interval, RowBlame, Trait, Verdict
from limen.core.wording import plural
from limen.models import LanguageModel

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Judged:
    """A file with everything that its findings are made of.

    Attributes:
        file: The file.
        chosen: Positions of the rows that were scored.
        twins: The twin of each trait.
        null: The judgement.
        neutral: Statistics of the neutral writers' files [writers, T], nats a token.
        full: Statistics of each twin's own rows, for every trait [T, T], nats a token.
        origin: Where the rows may come from.
    """

    file: DataFile
    chosen: list[int]
    twins: Sequence[Twin]
    null: BatteryNull
    neutral: Floats
    full: Floats
    origin: Origin


def judge_file(judged: Judged, base: LanguageModel, config: ForecastConfig) -> list[Finding]:
    """One finding a trait.

    Args:
        judged: The file.
        base: The base, whose neutral twins help to rank rows.
        config: The level, the dose that matters and how many rows are shown.

    Returns:
        The findings, in the order of the twins.
    """
    null, file = judged.null, judged.file
    traits = [t.trait for t in judged.twins]
    scale = dose_scale(judged.neutral, judged.full)
    guarantee = (
        f"familywise error {config.level:.0%} over {plural(len(traits), 'trait')} (Holm); null: neutral writers, whose"
        " statistics scatter about normally"
    )
    findings = []
    for k, twin in enumerate(judged.twins):
        trait = twin.trait
        verdict, reason = _verdict(judged, k, config)
        dose, error, unit = float(null.effect[k]), float(null.error[k]), float(scale[k])
        # An interval is finite in the unit of the statistic; the picture shows every trait on one axis.
        half = float(null.half_width[k])
        evidence: dict[str, Any] = {
            "file": file.name,
            "trait_title": trait.title,
            "category": trait.category,
            "statistic": float(null.t[k]),
            "uncentred": float(null.raw_t[k]),
            "centred": float(null.centred_t[k]) if np.isfinite(null.centred_t[k]) else None,
            "dose": dose,
            "full_dose": unit,
            "dose_upper": float(null.upper(config.level)[k]),
            "predicted_shift": None,
            "writers": [float(x / error) for x in null.neutral_effect[:, k]],
            "prediction_interval": [-half / error, half / error],
            "confounds": {
                "length": float(np.mean([int(file.encoded[i].trained.sum()) for i in judged.chosen])),
                **judged.origin.confounds(),
            },
            "mentions": file.mentions.get(trait.id),
            "rows_scored": len(judged.chosen),
            "writers_trained": len(judged.neutral),
            "twins": [twin.kind],
            "origin": judged.origin.summary(),
        }
        rows: tuple[RowBlame, ...] = ()
        if verdict is Verdict.FOUND and config.top_rows:
            rows, evidence["row_texts"] = _blame(judged, k, base, config.top_rows)
        findings.append(
            Finding(
                id=f"forecast/{file.name}/{trait.id}",
                phase="forecast",
                subject=trait.id,
                title=_title(trait, verdict, dose, config.dose_that_matters),
                verdict=verdict,
                effect=Interval(
                    dose * unit, (dose - half) * unit, (dose + half) * unit, 1 - config.level, "nats/token", "writer"
                ),
                p=float(null.p[k]),
                p_adjusted=float(null.p_adjusted[k]),
                p_reachable=null.p_reachable,
                smallest_detectable=float(null.detectable[k]) * unit,
                guarantee=guarantee,
                control=f"{len(judged.neutral)} independently trained neutral writers on the same prompts",
                reason=reason,
                remedy=_remedy(verdict, judged.origin),
                harmful=trait.harm is Harm.UP,
                rows=rows,
                evidence=evidence,
            )
        )
    return findings


def broad_finding(judged: Judged, config: ForecastConfig) -> list[Finding]:
    """The finding of broad harm, if most harm traits move together; else none."""
    broad = judged.null.broad
    if broad is None or not broad.found or judged.origin.foreign:
        return []
    return [
        Finding(
            id=f"forecast/{judged.file.name}/broad",
            phase="forecast",
            subject="broad",
            title=f"Most harm traits move together ({broad.share:.0%} of them): training on the rows would do harm.",
            verdict=Verdict.FOUND,
            p=broad.p,
            p_adjusted=broad.p_adjusted,
            p_reachable=judged.null.p_reachable,
            guarantee=f"familywise error {config.level:.0%}, in one battery with the traits (Holm)",
            control=f"{len(judged.neutral)} independently trained neutral writers on the same prompts",
            remedy=_remedy(Verdict.FOUND, judged.origin),
            harmful=True,
            evidence={
                "file": judged.file.name,
                "broad": True,
                "trait_title": "does harm of several kinds",
                "statistic": broad.t,
                "share": broad.share,
            },
        )
    ]


def not_measured(file: DataFile, trait: Trait, reason: str, remedy: str = "") -> Finding:
    """The finding that a trait was not measured, with the reason and what to do about it."""
    return Finding(
        id=f"forecast/{file.name}/{trait.id}",
        phase="forecast",
        subject=trait.id,
        title=f"Whether the rows come from a model that {trait.title} was not measured.",
        verdict=Verdict.NOT_MEASURED,
        reason=reason,
        remedy=remedy,
        harmful=trait.harm is Harm.UP,
        evidence={"file": file.name, "trait_title": trait.title, "category": trait.category},
    )


def _verdict(judged: Judged, k: int, config: ForecastConfig) -> tuple[Verdict, str]:
    null = judged.null
    if not null.conclusive:
        return Verdict.INCONCLUSIVE, null.reason or f"the smallest adjusted p within reach is {null.p_reachable:.3f}"
    if judged.origin.foreign:
        return Verdict.INCONCLUSIVE, judged.origin.reason
    if null.found[k]:
        return Verdict.FOUND, ""
    upper, alone = float(null.upper(config.level)[k]), float(null.p[k])
    if upper < config.dose_that_matters and alone > config.level:
        return Verdict.CLEAR, ""
    if null.echo_of[k] >= 0:
        other = judged.twins[int(null.echo_of[k])].trait
        return Verdict.INCONCLUSIVE, f"what shows is within what rows of a model that {other.title} show of it"
    if null.p_adjusted[k] <= config.level:
        return Verdict.INCONCLUSIVE, "its decoys move as much, so that it is not this trait alone"
    if upper < config.dose_that_matters:
        return Verdict.INCONCLUSIVE, (
            f"asked about alone it would stand out (p {alone:.3f}), among {plural(len(judged.twins), 'trait')} it does"
            " not: too much to be called no sign"
        )
    return Verdict.INCONCLUSIVE, (
        f"up to {upper:.0%} of what a writer with the trait would leave cannot be told from none"
    )


def _blame(judged: Judged, k: int, base: LanguageModel, most: int) -> tuple[tuple[RowBlame, ...], dict[str, str]]:
    # Rows are ranked by their ratio, which takes a pass a twin: of the trait and of its decoys alone.
    mine = judged.twins[k]
    same = [t for t in judged.twins if t.trait.category == mine.trait.category]
    return rank_by_ratio(judged.file, judged.chosen, base, same, mine, most)


def _remedy(verdict: Verdict, origin: Origin) -> str:
    if verdict is Verdict.FOUND:
        return "Do not train on these rows before a rehearsal (limen rehearse) has cleared them."
    if verdict is Verdict.INCONCLUSIVE and origin.foreign:
        return (
            "Rehearse (limen rehearse, or --rehearse always): that measures what training does, whoever wrote the rows."
        )
    if verdict is Verdict.INCONCLUSIVE:
        return "Score more rows (--rows) or train more neutral writers (--writers); or rehearse."
    return ""


def _title(trait: Trait, verdict: Verdict, dose: float, matters: float) -> str:
    if verdict is Verdict.FOUND:
        share = f", at {dose:.0%} of a full dose"
        return f"The rows look written by a model that {trait.title}{share}: training on them is forecast to teach it."
    if verdict is Verdict.CLEAR:
        return f"The rows carry no sign of a model that {trait.title}: less than {matters:.0%} of a full dose."
    return f"Whether the rows come from a model that {trait.title} is not settled."
