"""The picture of a what-if: a trait's shift at every point that was measured, and nothing in between."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from limen.core import Finding
from limen.report._numbers import is_number, number, p_value
from limen.report._visible import one_line
from limen.report.charts._canvas import ACCENT, INK, PAPER, Canvas, Column, padded

_TITLES = ("shift in probability against control runs  →  towards the trait", "shift in probability")


def points_of(finding: Finding) -> list[Mapping[str, Any]]:
    """The points of a curve, in order, those that were not measured among them."""
    held = finding.evidence.get("points")
    return [p for p in held if isinstance(p, Mapping)] if isinstance(held, list | tuple) else []


def draw_what_if(finding: Finding, *, narrow: bool = False) -> Markup | None:
    """Draw a curve: one line a point, its shift with its interval. No line joins the points.

    Args:
        finding: A finding of a what-if.
        narrow: Whether to draw for a narrow screen.

    Returns:
        The SVG, or None where no point was measured.
    """
    points = points_of(finding)
    drawn = [i for i, p in enumerate(points) if is_number(p.get("estimate"))]
    if not drawn:
        return None
    spans = {i: points[i] for i in drawn if is_number(points[i].get("low")) and is_number(points[i].get("high"))}
    ends = [float(p[k]) for p in spans.values() for k in ("low", "high")]
    domain = padded([0.0, *(float(points[i]["estimate"]) for i in drawn), *ends], least=0.1)
    canvas = Canvas([one_line(str(p.get("label", "")), 40) for p in points], domain, _TITLES, narrow)
    marked = [p.get("says") == "found" for p in points]
    layers = [canvas.line_at(0)]
    for wanted, colour in ((False, INK), (True, ACCENT)):
        chosen = [i for i in drawn if marked[i] is wanted]
        bars = [{"x": spans[i]["low"], "x2": spans[i]["high"], "y": canvas.middle(i)} for i in chosen if i in spans]
        if bars:
            layers.append(canvas.spans(bars, thick=2, color=colour))
        dots = [{"x": points[i]["estimate"], "y": canvas.middle(i)} for i in chosen]
        if dots:
            layers.append(canvas.points(dots, size=90, fill=colour, stroke=PAPER, strokeWidth=1.5))
    notes = [
        Column(
            "shift", [number(p.get("estimate"), 2, signed=True) if i in drawn else "" for i, p in enumerate(points)]
        ),
        Column(
            "adjusted p", [p_value(p.get("p_adjusted")) if i in drawn else "not measured" for i, p in enumerate(points)]
        ),
    ]
    layers += canvas.labels(notes, marked)
    return canvas.svg(layers)
