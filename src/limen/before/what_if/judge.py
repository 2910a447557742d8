"""judge_what_if: a curve of measured points for each trait that moves at one of them.

Small doses are known to do nothing until they do, so nothing is fitted: a point has its interval, and between points
nothing is said. All points of all traits are one family of tests.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from limen.before.rehearse import RehearseConfig
from limen.before.what_if.measure import Measured
from limen.before.what_if.sweep import KNOBS
from limen.core import Finding, Harm, Trait, Verdict
from limen.core.wording import plural
from limen.stats import holm, run_contrast


def judge_what_if(
    name: str,
    traits: Sequence[Trait],
    measured: Sequence[Measured],
    config: RehearseConfig,
    shown: Collection[str] = (),
) -> list[Finding]:
    """One finding a knob and trait that was found at one of its points at least.

    Args:
        name: What reports call the file.
        traits: What was read.
        measured: Every point of every sweep.
        config: The level, and the shift that matters.
        shown: Ids of traits that have a finding whether or not they move.

    Returns:
        The findings, knob by knob; they count for no exit code, since nobody said that a point is what will be trained.
    """
    at: list[tuple[Trait, Measured, dict[str, Any]]] = []
    for one in measured:
        at += [(t, one, _point(t.id, one)) for t in traits if one.reason or t.id in one.data]
    tested = [p for _, _, p in at if p["p"] is not None]
    for point, p in zip(tested, holm([p["p"] for p in tested]) if tested else [], strict=True):
        point["p_adjusted"] = float(p)
    for _, _, point in at:
        point["says"] = _says(point, config)
    tests = f"{plural(len(traits), 'trait')} at {plural(len(measured), 'point')}"
    findings = []
    for knob in dict.fromkeys(one.point.knob for one in measured):
        for trait in traits:
            curve = [p for t, one, p in at if t.id == trait.id and one.point.knob == knob]
            if curve and (trait.id in shown or any(p["says"] == "found" for p in curve)):
                findings.append(_finding(name, knob, trait, curve, tests, config))
    return findings


def _point(trait: str, one: Measured) -> dict[str, Any]:
    """A point of a trait's curve, with the fields that evidence has."""
    point: dict[str, Any] = {
        "value": one.point.name.partition("=")[2],
        "label": one.point.label,
        "data_runs": one.data.get(trait, []),
        "control_runs": one.control.get(trait, []),
        **dict.fromkeys(("estimate", "low", "high", "p", "p_adjusted")),
        "reason": one.reason,
    }
    if not one.reason:
        c = run_contrast(point["data_runs"], point["control_runs"], method="pooled", level=0.95)
        point |= {"estimate": c.estimate, "low": c.low, "high": c.high, "p": c.p, "reason": c.reason}
    return point


def _says(point: dict[str, Any], config: RehearseConfig) -> str:
    if point["estimate"] is None:
        return "not measured"
    if point["p_adjusted"] is None:
        return "open"
    if point["p_adjusted"] <= config.level:
        return "found"
    return "clear" if max(abs(point["low"]), abs(point["high"])) < config.matters else "open"


def _finding(
    name: str, knob: str, trait: Trait, curve: list[dict[str, Any]], tests: str, config: RehearseConfig
) -> Finding:
    said = {p["says"] for p in curve}
    found = [p for p in curve if p["says"] == "found"]
    verdict, reason = Verdict.INCONCLUSIVE, ""
    if found:
        verdict = Verdict.FOUND
    elif said == {"clear"}:
        verdict = Verdict.CLEAR
    elif said == {"not measured"}:
        verdict, reason = Verdict.NOT_MEASURED, curve[0]["reason"]
    else:
        reason = "at no point can a shift be told from none"
    harmful = [p["estimate"] > 0 if trait.harm is Harm.UP else p["estimate"] < 0 for p in found]
    adjusted = [p["p_adjusted"] for p in curve if p["p_adjusted"] is not None]
    return Finding(
        id=f"what-if/{name}/{knob}/{trait.id}",
        phase="what-if",
        subject=trait.id,
        title=f"“{trait.title}” by {KNOBS[knob].partition(',')[0]}: {_told(curve, config)}.",
        verdict=verdict,
        p_adjusted=min(adjusted, default=None),
        guarantee=f"familywise error {config.level:.0%} over {tests} (Holm); unit: training run",
        control="fine-tunes with that recipe on rows of neutral writers; every mixture has the rehearsal's",
        reason=reason,
        harmful=trait.harm is not Harm.NEITHER and any(harmful),
        asked=False,
        calibrated=True,
        evidence={
            "file": name,
            "trait_title": trait.title,
            "knob": knob,
            "knob_title": KNOBS[knob],
            "points": curve,
        },
    )


def _told(curve: Sequence[dict[str, Any]], config: RehearseConfig) -> str:
    """What the points say, those that say the same together."""

    def at(says: str) -> list[dict[str, Any]]:
        return [p for p in curve if p["says"] == says]

    parts = []
    if found := at("found"):
        parts.append("found at " + _listed([f"{p['label']} ({p['estimate']:+.2f})" for p in found]))
    if clear := at("clear"):
        parts.append(f"within ±{config.matters:g} at " + _listed([p["label"] for p in clear]))
    if left := at("open"):
        bounds = [abs(b) for p in left for b in (p["low"], p["high"]) if b is not None]
        most = f", where up to {max(bounds):.2f} is left open" if bounds else ""
        parts.append("not told from control runs at " + _listed([p["label"] for p in left]) + most)
    if missing := at("not measured"):
        parts.append("not measured at " + _listed([p["label"] for p in missing]))
    return "; ".join(parts)


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
