"""The picture of a lineage: a file between the base's own neutral writers and a model that shares no weights."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from limen.core import Finding
from limen.report._group import is_found
from limen.report._numbers import finite, is_number, p_value, share
from limen.report.charts._canvas import BAND, PAPER, SOFT, Canvas, Column, padded

_TITLES = (
    "nats a token by which the base’s own hand is fainter than in its neutral writers’ rows",
    "nats a token below the neutral writers",
)


def drawable(findings: Sequence[Finding]) -> list[Finding]:
    """The findings with an effect and with an unrelated model to hold it against."""
    held = ("writers_mean", "unrelated")
    return [f for f in findings if f.effect is not None and all(is_number(f.evidence.get(k)) for k in held)]


def way_of(finding: Finding) -> float:
    """How far an unrelated model lies below the neutral writers, nats a token."""
    return float(finding.evidence["writers_mean"]) - float(finding.evidence["unrelated"])


def draw_lineage(findings: Sequence[Finding], *, narrow: bool = False) -> Markup | None:
    """Draw one line a finding.

    Args:
        findings: Lineage findings of one file.
        narrow: Whether to draw for a narrow screen.

    Returns:
        The SVG, or None where no finding can be drawn.
    """
    rows = drawable(findings)
    effects = [f.effect for f in rows if f.effect is not None]
    if not effects:
        return None
    writers, far = [finite(f.evidence.get("writers")) for f in rows], [way_of(f) for f in rows]
    halves = [(e.high - e.low) / 2 for e in effects]
    everything = [0.0, *far, *halves, *[-h for h in halves], *[e.estimate for e in effects]]
    everything += [v for w in writers for v in w]
    canvas = Canvas(["these rows"] * len(rows), padded(everything, least=0.01), _TITLES, narrow)
    y = [canvas.middle(i) for i in range(len(rows))]
    layers = [
        canvas.spans([{"x": -h, "x2": h, "y": y[i]} for i, h in enumerate(halves)], thick=14, color=BAND),
        canvas.line_at(0),
    ]
    rings = [{"x": v, "y": y[i]} for i, w in enumerate(writers) for v in w]
    if rings:
        layers.append(canvas.points(rings, size=22, stroke=SOFT, strokeWidth=1, fill=PAPER, fillOpacity=0.6))
    layers.append(canvas.ticks([{"x": x, "y": y[i]} for i, x in enumerate(far)], length=18, thick=2, color=SOFT))
    marked = [is_found(f) for f in rows]
    layers += canvas.dots([e.estimate for e in effects], marked, size=130)
    notes = [
        Column("of the way", [share(f.evidence.get("way"), 0) for f in rows]),
        Column("p", [p_value(f.p) for f in rows]),
    ]
    layers += canvas.labels(notes, marked)
    return canvas.svg(layers)
