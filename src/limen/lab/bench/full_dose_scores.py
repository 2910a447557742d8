"""The forecast's doses as shifts: what counts of each, times how far a full dose of the trait moves the base."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from limen.before.size.predict import FULL_DOSE, counted, speaks
from limen.lab.bench.scores import Scores

FULL_DOSE_TITLE = "limen forecast, times what a full dose does"


def with_full_dose(scores: Scores, shifts: Mapping[str, float]) -> Scores:
    """Scores of detectors, and beside a forecast what its doses come to; nothing where the forecast cannot speak.

    Args:
        scores: What detectors said.
        shifts: Trait id → how far a full dose moves the base (`limen.lab.bench.full_doses`).
    """
    out: dict[str, dict[str, Mapping[str, Any]]] = {c: dict(one) for c, one in scores.items()}
    for one in out.values():
        forecast = one.get("forecast", {})
        if "traits" not in forecast:
            continue
        heard = speaks(forecast["verdicts"].values())
        doses = {t: counted(dose, forecast["traits"][t]) for t, dose in forecast["doses"].items()}
        moved = {t: dose * shifts[t] for t, dose in doses.items() if t in shifts} if heard else {}
        one[FULL_DOSE] = {**forecast, "traits": moved, "predicted": moved, "doses": {}, "verdicts": {}}
    return out
