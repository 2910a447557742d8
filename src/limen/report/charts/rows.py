"""The picture of ranked rows: one bar a row, the worst first."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from limen.core import RowBlame
from limen.report._numbers import is_number
from limen.report.charts._canvas import ACCENT, LINE, NARROW, SOFT, WIDE, layer, padded, tick_format, ticks, to_svg

MOST_BARS = 80
_HEIGHT = 120


def draw_rows(rows: Sequence[RowBlame], *, narrow: bool = False) -> Markup | None:
    """Draw the scores of the rows held against a file.

    Args:
        rows: Rows, the worst first; at most the first 80 are drawn.
        narrow: Whether to draw for a narrow screen.

    Returns:
        The SVG, or None where there are not at least two scores.
    """
    scores = [float(r.score) for r in rows if is_number(r.score)][:MOST_BARS]
    if len(scores) < 2:
        return None
    low, high = padded([0.0, *scores], least=1e-6, share=0.02)
    left, right = 44, 8
    width = (NARROW if narrow else WIDE) - left - right
    step = width / len(scores)
    y = {
        "field": "y",
        "type": "quantitative",
        "scale": {"domain": [low, high], "nice": False},
        "axis": {
            "title": None,
            "values": ticks(low, high, 3),
            "format": tick_format(low, high, 3),
            "domain": False,
            "ticks": False,
            "labelPadding": 8,
        },
    }
    x = {"field": "x", "type": "quantitative", "scale": {"domain": [0, width], "nice": False}, "axis": None}
    bars = [{"x": (i + 0.5) * step, "y": s, "zero": 0} for i, s in enumerate(scores)]
    layers = [layer([{"y": 0}], {"type": "rule", "color": LINE}, y=y)]
    for towards, colour in ((True, ACCENT), (False, SOFT)):
        chosen = [b for b in bars if (b["y"] >= 0) is towards]
        if chosen:
            mark = {"type": "rule", "strokeWidth": round(max(1.0, step * 0.62), 2), "color": colour}
            layers.append(layer(chosen, mark, x=x, y=y, y2={"field": "zero"}))
    padding = {"left": left, "right": right, "top": 8, "bottom": 8}
    return to_svg(layers, width=width, height=_HEIGHT, padding=padding)
