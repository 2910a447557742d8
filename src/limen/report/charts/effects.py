"""The picture of any other findings with effects: a point and its interval a trait, around no change."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from limen.core import Finding
from limen.report._group import is_found, trait_title
from limen.report._numbers import is_number, number, p_value
from limen.report._visible import one_line
from limen.report.charts._canvas import ACCENT, INK, PAPER, Canvas, Column, padded, standing_out


def drawable(findings: Sequence[Finding]) -> list[Finding]:
    """The findings with a finite effect and interval in the commonest unit, the largest first."""
    held = [
        f
        for f in findings
        if f.effect is not None and all(is_number(v) for v in (f.effect.estimate, f.effect.low, f.effect.high))
    ]
    units = [f.effect.unit for f in held if f.effect]
    unit = max(dict.fromkeys(units), key=units.count) if units else ""
    same = [f for f in held if f.effect and f.effect.unit == unit]
    return standing_out(same, lambda f: f.effect.estimate if f.effect else 0.0)


def draw_effects(findings: Sequence[Finding], *, narrow: bool = False) -> Markup | None:
    """Draw effects with their intervals.

    Args:
        findings: Findings of one phase.
        narrow: Whether to draw for a narrow screen.

    Returns:
        The SVG, or None where no finding has an effect.
    """
    rows = drawable(findings)
    effects = [f.effect for f in rows if f.effect is not None]
    if not effects:
        return None
    everything = [0.0, *[v for e in effects for v in (e.low, e.high, e.estimate)]]
    title = f"shift in {one_line(effects[0].unit, 24)}  →  towards the trait"
    canvas = Canvas([trait_title(f) for f in rows], padded(everything, least=0.2), (title,), narrow)
    layers = [canvas.line_at(0)]
    for wanted, colour in ((False, INK), (True, ACCENT)):
        chosen = [i for i, f in enumerate(rows) if is_found(f) is wanted]
        if not chosen:
            continue
        y = {i: canvas.middle(i) for i in chosen}
        spans = [{"x": effects[i].low, "x2": effects[i].high, "y": y[i]} for i in chosen]
        dots = [{"x": effects[i].estimate, "y": y[i]} for i in chosen]
        layers.append(canvas.spans(spans, thick=2, color=colour))
        layers.append(canvas.points(dots, size=90, fill=colour, stroke=PAPER, strokeWidth=1.5))
    notes = [
        Column("shift", [number(e.estimate, 2, signed=True) for e in effects]),
        Column("adjusted p", [p_value(f.p_adjusted) for f in rows]),
    ]
    layers += canvas.labels(notes, [is_found(f) for f in rows])
    return canvas.svg(layers)
