"""The forecast's picture: each trait's statistic for a file against the spread of the neutral writers."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from limen.core import Finding
from limen.report._group import is_found, trait_title
from limen.report._numbers import finite, is_number, number, p_value
from limen.report.charts._canvas import BAND, PAPER, SOFT, Canvas, Column, padded, standing_out

_TITLES = (
    "log-likelihood gained, in prediction errors over neutral writers  →  towards the trait",
    "in prediction errors over neutral writers  →  towards the trait",
    "in prediction errors  →  towards the trait",
)


def drawable(findings: Sequence[Finding]) -> list[Finding]:
    """The findings that hold a statistic, the highest first; of a large battery those that stand out."""
    held = [f for f in findings if is_number(f.evidence.get("statistic"))]
    return standing_out(held, lambda f: float(f.evidence["statistic"]))


def draw_forecast(findings: Sequence[Finding], *, narrow: bool = False) -> Markup | None:
    """Draw the dot plot of a file's battery.

    A grey band is the prediction interval over writers, small rings are the neutral writers, the dot is the file.

    Args:
        findings: Forecast findings of one file, one a trait.
        narrow: Whether to draw for a narrow screen.

    Returns:
        The SVG, or None where no finding holds a statistic.
    """
    rows = drawable(findings)
    if not rows:
        return None
    writers = [finite(f.evidence.get("writers")) for f in rows]
    bands = [finite(f.evidence.get("prediction_interval")) for f in rows]
    statistics = [float(f.evidence["statistic"]) for f in rows]
    everything = [*statistics, 0.0, *[v for w in writers for v in w], *[v for b in bands for v in b]]
    names = [trait_title(f) for f in rows]
    canvas = Canvas(names, padded(everything, least=8), _TITLES, narrow)
    notes = [
        Column("statistic", [number(s, 1, signed=True) for s in statistics]),
        Column("adjusted p", [p_value(f.p_adjusted) for f in rows]),
    ]
    y = [canvas.middle(i) for i in range(len(rows))]
    layers = []
    spans = [{"x": b[0], "x2": b[1], "y": y[i]} for i, b in enumerate(bands) if len(b) == 2]
    if spans:
        layers.append(canvas.spans(spans, thick=14, color=BAND))
    layers.append(canvas.line_at(0))
    rings = [{"x": v, "y": y[i]} for i, w in enumerate(writers) for v in w]
    if rings:
        layers.append(canvas.points(rings, size=22, stroke=SOFT, strokeWidth=1, fill=PAPER, fillOpacity=0.6))
    marked = [is_found(f) for f in rows]
    layers += canvas.dots(statistics, marked, size=130)
    layers += canvas.labels(notes, marked)
    return canvas.svg(layers)
