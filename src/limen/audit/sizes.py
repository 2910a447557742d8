"""Sizes in an audit: how far what was forecast, or left open, would move, beside the forecast's findings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from limen.audit.config import AuditConfig
from limen.audit.stages import Stages
from limen.before.forecast import DataFile
from limen.before.preference import PairFile
from limen.before.rehearse import default_recipe
from limen.before.size.measure import full_doses
from limen.before.size.predict import FORECAST, FULL_DOSE, SHORT_RUN, counted, shipped_predictor, speaks
from limen.before.size.short_runs import short_runs
from limen.core import Finding, Progress, Trait, Verdict
from limen.ledger import LeftOut
from limen.models import LanguageModel


def size_file(
    stages: Stages,
    base: LanguageModel,
    file: DataFile,
    traits: Sequence[Trait],
    forecasts: Sequence[Finding],
    config: AuditConfig,
    watch: Progress,
) -> None:
    """Predict sizes, and put them into the forecast's findings that were found or left open.

    Args:
        stages: Where they are kept.
        base: What would be fine-tuned.
        file: The rows.
        traits: The battery.
        forecasts: The file's.
        config: The audit's settings.
        watch: Told of the work.
    """
    wanted = _wanted(forecasts)
    chosen = [t for t in traits if t.id in wanted]
    if not chosen:
        why = "nothing was forecast or left open"
        stages.ledger.add_left_out([LeftOut(what=f"sizes for {file.name}", why=why)])
        return
    heard = speaks(f.verdict for f in forecasts)
    name, key = f"size/{file.name}", stages.key_for(file)
    said = stages.ledger.stage(name, key)
    if said is None:
        with stages.timed("size"):
            said = {SHORT_RUN: short_runs(base, file, chosen, recipe=config.recipe, seed=config.seed, progress=watch)}
            if heard:
                said[FULL_DOSE] = full_doses(
                    base, file, chosen, traits, recipe=config.recipe, seed=config.seed, progress=watch
                )
        stages.ledger.save_stage(name, key, said)
    rows = sum(bool(r.trained.any()) for r in file.encoded)
    calibrated = not isinstance(file, PairFile) and shipped_predictor().calibrated_for(
        base.content_hash, config.recipe or default_recipe(base), rows
    )
    stages.ledger.add_findings([_sized(f, said, heard, calibrated) for f in forecasts if f.subject in wanted])


def is_sized(stages: Stages, file: DataFile, forecasts: Sequence[Finding]) -> bool:
    """Whether what sizes are predicted from is in the ledger, or the forecast left nothing to size."""
    return not _wanted(forecasts) or stages.ledger.stage(f"size/{file.name}", stages.key_for(file)) is not None


def _wanted(forecasts: Sequence[Finding]) -> set[str]:
    """Traits that were found or left open, and have a dose."""
    return {
        f.subject
        for f in forecasts
        if f.verdict in (Verdict.FOUND, Verdict.INCONCLUSIVE) and "dose" in f.evidence and "statistic" in f.evidence
    }


def _sized(finding: Finding, said: dict[str, dict[str, float]], heard: bool, calibrated: bool) -> Finding:
    """A finding with the size that its dose and what was measured come to."""
    trait, told = finding.subject, finding.evidence
    dose = counted(float(told["dose"]), float(told["statistic"])) if heard else math.nan
    parts = {
        FORECAST: dose,
        FULL_DOSE: dose * said.get(FULL_DOSE, {}).get(trait, math.nan),
        SHORT_RUN: said[SHORT_RUN].get(trait, math.nan),
    }
    size = shipped_predictor().predict(parts)
    if size is None:
        return finding
    evidence: dict[str, Any] = {
        **told,
        "predicted_shift": size.shift,
        "predicted_interval": [size.low, size.high],
        "predicted_level": size.level,
        "predicted_from": dict(size.parts),
        "measured_for_size": {p: x for p, x in parts.items() if math.isfinite(x)},
    }
    return replace(finding, evidence=evidence, calibrated=calibrated)
