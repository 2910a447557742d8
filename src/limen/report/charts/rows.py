"""The picture of ranked rows: one bar a row, the worst first."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from limen.core import RowBlame
from limen.report._numbers import is_number
from limen.report.charts._canvas import ACCENT, LINE, NARROW, SOFT, WIDE, chart_of, padded, tick_format, ticks, to_svg

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
    import altair as alt

    scores = [float(r.score) for r in rows if is_number(r.score)][:MOST_BARS]
    if len(scores) < 2:
        return None
    low, high = padded([0.0, *scores], least=1e-6, share=0.02)
    left, right = 44, 8
    width = (NARROW if narrow else WIDE) - left - right
    step = width / len(scores)
    y = alt.Y(
        "y:Q",
        scale=alt.Scale(domain=[low, high], nice=False),
        axis=alt.Axis(
            title=None,
            values=ticks(low, high, 3),
            format=tick_format(low, high, 3),
            domain=False,
            tickSize=0,
            labelPadding=8,
        ),
    )
    bars = [{"x": (i + 0.5) * step, "y": s, "zero": 0} for i, s in enumerate(scores)]
    x = alt.X("x:Q", scale=alt.Scale(domain=[0, width], nice=False), axis=None)
    layers = []
    for towards, colour in ((True, ACCENT), (False, SOFT)):
        chosen = [b for b in bars if (b["y"] >= 0) is towards]
        if chosen:
            chart = alt.Chart(alt.Data(values=chosen)).mark_rule(
                strokeWidth=round(max(1.0, step * 0.62), 2), color=colour
            )
            layers.append(chart.encode(x=x, y=y, y2="zero:Q"))
    zero = chart_of([{"y": 0}]).mark_rule(color=LINE).encode(y=y)
    chart = alt.layer(zero, *layers).properties(
        width=width,
        height=_HEIGHT,
        padding={"left": left, "right": right, "top": 8, "bottom": 8},
        autosize=alt.AutoSizeParams(type="none"),
    )
    return to_svg(chart)
