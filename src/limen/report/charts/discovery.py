"""The picture of a discovery: how far the rows pull the base towards the words that stand out most."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from limen.core import Finding
from limen.report._numbers import is_number, p_value, share
from limen.report._visible import one_line
from limen.report.charts._canvas import BAND, Canvas, Column, padded

_TITLES = ("dose: 1 is what rows by a model that says the word wherever it can would leave", "dose of the word")


def proposals_of(finding: Finding) -> list[Mapping[str, Any]]:
    """The words that stand out most, with a dose and a bound, the first first."""
    held = finding.evidence.get("proposals")
    words = [p for p in held if isinstance(p, Mapping)] if isinstance(held, list | tuple) else []
    return [p for p in words if is_number(p.get("dose")) and is_number(p.get("half_width"))]


def amplified_of(finding: Finding) -> list[Mapping[str, Any]]:
    """What the base and an amplified fine-tune answer to the same questions."""
    held = finding.evidence.get("amplified")
    return [a for a in held if isinstance(a, Mapping)] if isinstance(held, list | tuple) else []


def draw_discovery(finding: Finding, *, narrow: bool = False) -> Markup | None:
    """Draw the words, each with the band in which a neutral writer's rows are expected.

    Args:
        finding: A finding of a discovery.
        narrow: Whether to draw for a narrow screen.

    Returns:
        The SVG, or None where no word was read.
    """
    words = proposals_of(finding)
    if not words:
        return None
    doses, halves = [float(p["dose"]) for p in words], [float(p["half_width"]) for p in words]
    marked = [p.get("found") is True for p in words]
    names = [one_line(str(p.get("word", "")), 30) for p in words]
    canvas = Canvas(names, padded([0.0, *doses, *halves, *[-h for h in halves]], least=0.5), _TITLES, narrow)
    bands = [{"x": -h, "x2": h, "y": canvas.middle(i)} for i, h in enumerate(halves)]
    layers = [canvas.spans(bands, thick=14, color=BAND), canvas.line_at(0), *canvas.dots(doses, marked, size=130)]
    notes = [
        Column("dose", [share(d, 0) for d in doses]),
        Column("adjusted p", [p_value(p.get("p")) for p in words]),
    ]
    layers += canvas.labels(notes, marked)
    return canvas.svg(layers)
