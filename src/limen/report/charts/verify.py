"""The picture of blame put to the test: every training run on the whole file and on what is left of it."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from limen.core import Finding
from limen.report._group import is_found
from limen.report._numbers import finite, number, share
from limen.report.charts._canvas import ACCENT, INK, PAPER, SOFT, Canvas, Column, padded

ARMS = {
    "whole": "all rows",
    "dropped": "without the blamed rows",
    "random": "without as many at random",
    "control": "control rows",
}
"""What runs were trained on, in the order of the picture."""

_TITLES = ("probability of showing the trait, one dot a training run", "probability of showing the trait")


def arms_of(finding: Finding) -> dict[str, list[float]]:
    """The runs of each arm that a finding holds; arms without a run are left out."""
    held = finding.evidence.get("arms")
    runs = {arm: finite(held.get(arm)) for arm in ARMS} if isinstance(held, Mapping) else {}
    return {arm: values for arm, values in runs.items() if values}


def taken_away(finding: Finding, arm: str) -> str:
    """Which share of the shift is gone in an arm, as a percentage; empty where that makes no sense."""
    held = finding.evidence.get("removed")
    one = held.get(arm) if isinstance(held, Mapping) else None
    return share(one.get("share"), 0) if isinstance(one, Mapping) and one.get("interval") else ""


def draw_verify(finding: Finding, *, narrow: bool = False) -> Markup | None:
    """Draw the runs of every arm, with a stroke at each arm's mean.

    Args:
        finding: A finding that put blame to the test.
        narrow: Whether to draw for a narrow screen.

    Returns:
        The SVG, or None where the finding holds no runs.
    """
    arms = arms_of(finding)
    if "dropped" not in arms:
        return None
    means = [sum(runs) / len(runs) for runs in arms.values()]
    domain = padded([v for runs in arms.values() for v in runs], least=0.1)
    canvas = Canvas([ARMS[a] for a in arms], domain, _TITLES, narrow)
    marked = [a == "dropped" and is_found(finding) for a in arms]
    layers = [
        canvas.ticks([{"x": m, "y": canvas.middle(i)} for i, m in enumerate(means)], length=18, thick=1.5, color=SOFT)
    ]
    for i, (arm, runs) in enumerate(arms.items()):
        dots = [{"x": v, "y": canvas.middle(i)} for v in runs]
        if arm == "control":
            layers.append(canvas.points(dots, size=42, stroke=SOFT, strokeWidth=1.25, fill=PAPER, fillOpacity=0.6))
        else:
            fill = ACCENT if marked[i] else INK
            layers.append(canvas.points(dots, size=62, fill=fill, stroke=PAPER, strokeWidth=1))
    notes = [
        Column("mean", [number(m, 3) for m in means]),
        Column("gone", [taken_away(finding, a) for a in arms]),
    ]
    layers += canvas.labels(notes, marked)
    return canvas.svg(layers)
