"""The rehearsal's picture: every training run of the data arm and the control arm, and the base."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from limen.core import Finding
from limen.report._group import is_found, trait_title
from limen.report._numbers import finite, is_number, number, p_value
from limen.report.charts._canvas import ACCENT, BAND, INK, PAPER, SOFT, Canvas, Column, padded, standing_out

_TITLES = ("probability of showing the trait, one dot a training run", "probability of showing the trait")


def drawable(findings: Sequence[Finding]) -> list[Finding]:
    """The findings that hold training runs, the largest shift first."""
    held = [f for f in findings if finite(f.evidence.get("data_runs"))]
    return standing_out(held, lambda f: f.effect.estimate if f.effect and is_number(f.effect.estimate) else 0.0)


def draw_rehearsal(findings: Sequence[Finding], *, narrow: bool = False) -> Markup | None:
    """Draw the runs of a file's rehearsal.

    The upper line of a trait holds the data runs over the interval of their shift, put where the control runs' mean
    is; the lower line holds the control runs. A stroke through both marks the base.

    Args:
        findings: Rehearsal findings of one file, one a trait.
        narrow: Whether to draw for a narrow screen.

    Returns:
        The SVG, or None where no finding holds runs.
    """
    rows = drawable(findings)
    if not rows:
        return None
    data = [finite(f.evidence.get("data_runs")) for f in rows]
    control = [finite(f.evidence.get("control_runs")) for f in rows]
    bases = [f.evidence.get("base") for f in rows]
    spans = []
    everything = [v for runs in (*data, *control) for v in runs] + [float(b) for b in bases if is_number(b)]
    for i, f in enumerate(rows):
        if f.effect is not None and control[i] and is_number(f.effect.low) and is_number(f.effect.high):
            mean = sum(control[i]) / len(control[i])
            spans.append({"i": i, "x": mean + f.effect.low, "x2": mean + f.effect.high})
            everything += [mean + f.effect.low, mean + f.effect.high]
    canvas = Canvas([trait_title(f) for f in rows], padded(everything, least=0.3), _TITLES, narrow, lines=2)
    gap = 0.12 if narrow else 0.18
    upper = [canvas.middle(i) - gap for i in range(len(rows))]
    lower = [canvas.middle(i) + gap for i in range(len(rows))]
    layers = []
    if spans:
        held = [{"x": s["x"], "x2": s["x2"], "y": upper[int(s["i"])]} for s in spans]
        layers.append(canvas.spans(held, thick=11, color=BAND))
    strokes = [{"x": float(b), "y": canvas.middle(i)} for i, b in enumerate(bases) if is_number(b)]
    if strokes:
        layers.append(canvas.ticks(strokes, length=30, thick=1.5, color=SOFT))
    rings = [{"x": v, "y": lower[i]} for i, runs in enumerate(control) for v in runs]
    if rings:
        layers.append(canvas.points(rings, size=42, stroke=SOFT, strokeWidth=1.25, fill=PAPER, fillOpacity=0.6))
    for wanted, colour in ((False, INK), (True, ACCENT)):
        dots = [{"x": v, "y": upper[i]} for i, runs in enumerate(data) if is_found(rows[i]) is wanted for v in runs]
        if dots:
            layers.append(canvas.points(dots, size=62, fill=colour, stroke=PAPER, strokeWidth=1))
    notes = [
        Column("shift", [number(f.effect.estimate, 2, signed=True) if f.effect else "" for f in rows]),
        Column("adjusted p", [p_value(f.p_adjusted) for f in rows]),
    ]
    layers += canvas.labels(notes, [is_found(f) for f in rows])
    return canvas.svg(layers)
