"""One figure an experiment: points with their intervals, or lines over training steps; static SVG."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from limen.report.charts._canvas import ACCENT, INK, PAPER, SOFT, WIDE, Canvas, Column, layer, padded, to_svg

Rows = Sequence[Mapping[str, Any]]


def draw(name: str, rows: Rows) -> str:
    """The figure of an experiment, from its table.

    Args:
        name: The experiment's.
        rows: Its table.

    Returns:
        An `<svg>` element.
    """
    if name == "emergence":
        return _trajectories(rows)
    points = {"classifier": _accuracies, "mnist": _accuracies, "language": _gammas, "theorem": _cosines}[name](rows)
    title = {
        "classifier": "accuracy on digits never trained on, mean and 99% interval over models",
        "mnist": "accuracy on images never trained on, mean and 99% interval over models",
        "language": "γ, mean and 95% interval over pairs of teacher and student",
        "theorem": "cosine of student's step and teacher's update, mean and 95% interval",
    }[name]
    return _forest(points, title)


Point = tuple[str, float, float, float, str, bool]
"""Name, mean, lower and upper bound, note, and whether it is the default."""


def _forest(points: Sequence[Point], title: str) -> str:
    """Points with intervals under each other; an interval without an end is left out."""
    ends = [v for _, m, low, high, _, _ in points for v in (m, low, high) if math.isfinite(v)]
    canvas = Canvas([p[0] for p in points], padded([0.0, *ends], least=0.1), (title,))
    layers = [canvas.line_at(0)]
    for marked, colour in ((False, INK), (True, ACCENT)):
        chosen = [i for i, p in enumerate(points) if p[5] is marked]
        spans = [
            {"x": points[i][2], "x2": points[i][3], "y": canvas.middle(i)}
            for i in chosen
            if math.isfinite(points[i][2]) and math.isfinite(points[i][3])
        ]
        dots = [{"x": points[i][1], "y": canvas.middle(i)} for i in chosen]
        if spans:
            layers.append(canvas.spans(spans, thick=2, color=colour))
        if dots:
            layers.append(canvas.points(dots, size=80, fill=colour, stroke=PAPER, strokeWidth=1.5))
    layers += canvas.labels([Column("", [p[4] for p in points])], [p[5] for p in points])
    return str(canvas.svg(layers))


def _accuracies(rows: Rows) -> list[Point]:
    names = {
        "teacher": "teacher",
        "untrained": "untrained",
        "aux": "student, auxiliary logits",
        "aux-cross": "the same, other start",
        "class": "student, class logits",
        "class-cross": "the same, other start",
    }
    out = []
    for r in rows:
        name = names.get(str(r["value"]), f"{r['factor']} {r['value']}")
        published = r["published_on_mnist"]
        note = f"{r['accuracy']:.2f}" + (f" (MNIST {published:.2f})" if published else "")
        out.append((name, r["accuracy"], r["low_99"], r["high_99"], note, r["value"] == "aux"))
    return out


def _gammas(rows: Rows) -> list[Point]:
    return [
        # As long as its own title a row of students would be cut before the number of its hop.
        (
            str(r["condition"]).replace("student of a student of a student", "row of students"),
            r["gamma"],
            r["low_95"],
            r["high_95"],
            f"{r['gamma']:+.3f}",
            r["cell"] == "default",
        )
        for r in rows
        if not r["trait"] and math.isfinite(r["gamma"])
    ]


def _cosines(rows: Rows) -> list[Point]:
    return [
        (
            f"{r['model']}, {r['teacher_step']}",
            r["mean_cosine"],
            r["low_95"],
            r["high_95"],
            f"{r['negative']} of {r['trials']} below 0",
            False,
        )
        for r in rows
        if r["student_step"] == "gradient" and r["targets"] == "soft"
    ]


def _trajectories(rows: Rows) -> str:
    """Shift over steps: a line a trait and seed, and their mean."""
    height, padding = 260, {"left": 76, "right": 24, "top": 16, "bottom": 46}
    width = WIDE - padding["left"] - padding["right"]
    axis = {"domain": False, "ticks": False, "labelPadding": 8, "titlePadding": 10}
    x = {"field": "step", "type": "quantitative", "axis": {**axis, "title": "training step of the student"}}
    y = {
        "field": "shift",
        "type": "quantitative",
        "axis": {**axis, "title": "shift against the neutral student"},
    }
    lines = [{"step": r["step"], "shift": r["shift"], "one": f"{r['trait']}/{r['seed']}"} for r in rows]
    sums: dict[int, list[float]] = {}
    for r in rows:
        sums.setdefault(r["step"], []).append(r["shift"])
    mean = [{"step": step, "shift": sum(values) / len(values)} for step, values in sorted(sums.items())]
    one = {"field": "one", "type": "nominal"}
    layers = [
        layer(lines, {"type": "line", "color": SOFT, "strokeWidth": 1, "opacity": 0.6}, x=x, y=y, detail=one),
        layer(mean, {"type": "line", "color": ACCENT, "strokeWidth": 2.5}, x=x, y=y),
    ]
    return str(to_svg(layers, width=width, height=height, padding=padding))
