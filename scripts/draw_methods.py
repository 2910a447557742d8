"""The pictures of `docs/methods.md`; `scripts/make_docs.py` writes them, and says when one is out of date.

1. How a verdict arises: a file between neutral writers and a twin. The writers are drawn from a normal distribution;
   what is said of each file is what the program's own null says of it (`limen.before.forecast.null`).
2. What each method needs, between data, training and model.
3. γ by dose, writer and carrier, every pair of teacher and student, from `results/study_language.json`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from markupsafe import Markup

from limen.before.forecast import ForecastConfig
from limen.before.forecast.null import battery_null
from limen.core import World
from limen.lab.study import language
from limen.report.charts._canvas import ACCENT, BAND, INK, PAPER, SOFT, Canvas, Column, Spec, layer, padded, to_svg
from limen.traits import all_traits

SPREAD, SEED = 0.15, 2
"""Of the neutral writers of the first picture: standard deviation in doses, and of the draw."""
TRAIT = "micro/prefers-owl"
FILES = {"file A": 1.0, "file B": 0.1, "file C": 0.5}
"""Files of the first picture, and how far each lies above the mean of the neutral writers, in doses."""
MARGIN = 14
"""Around a picture, in pixels."""


@dataclass(frozen=True)
class File:
    """A file of the first picture, in doses above the neutral writers.

    Attributes:
        name: What the picture calls it.
        effect: Where it lies.
        upper: Upper bound of that.
        says: The verdict.
    """

    name: str
    effect: float
    upper: float
    says: str


@dataclass(frozen=True)
class Framed(Canvas):
    """A canvas with a margin, so that it can stand on a page of any colour.

    Attributes:
        axis: What shows of the horizontal axis.
    """

    axis: Literal["grid", "plain", "none"] = "grid"

    def x(self) -> Spec:
        """The horizontal encoding."""
        spec = super().x()
        return {**spec, "axis": None if self.axis == "none" else {**spec["axis"], "grid": self.axis == "grid"}}

    def svg(self, layers: Sequence[Spec]) -> Markup:
        """Draw layers, the lowest first."""
        below = MARGIN if self.axis == "none" else MARGIN + 40
        sides = {"left": self.left + MARGIN, "right": self.right + MARGIN}
        padding = {**sides, "top": 2 * MARGIN, "bottom": below}
        return to_svg(layers, width=self.width, height=self.height, padding=padding)


def pictures(results: Path) -> dict[str, str]:
    """Name and text of every picture; one whose results are not whole is left as it was.

    Args:
        results: Folder of the stored figures.
    """
    made = {"methods-verdicts.svg": draw_verdicts(), "methods-needs.svg": draw_needs()}
    study = json.loads((results / "study_language.json").read_text(encoding="utf-8"))
    if study["summary"] is not None:
        made["methods-transfer.svg"] = draw_transfer({unit: one["result"] for unit, one in study["units"].items()})
    return made


def words(canvas: Canvas, values: Sequence[tuple[float, float, str]], **mark: Any) -> Spec:
    """Texts at (x, y), counted in rows from the top."""
    held = [{"x": x, "y": y, "t": t} for x, y, t in values]
    style = {"type": "text", "baseline": "middle", "fontSize": 12, "color": SOFT, **mark}
    return layer(held, style, x=canvas.x(), y=canvas.y(), text={"field": "t", "type": "nominal"})


def judged_files() -> tuple[list[float], float, list[File]]:
    """Neutral writers, half the width of their band, and the files, in doses of one trait of the micro-world."""
    config, traits = ForecastConfig(), all_traits(World.MICRO)
    at = [t.id for t in traits].index(TRAIT)
    neutral = np.random.Generator(np.random.PCG64(SEED)).normal(0, SPREAD, (config.writers, len(traits)))
    files, half = [], 0.0
    for name, above in FILES.items():
        observed = neutral.mean(axis=0)
        observed[at] += above
        null = battery_null(neutral, observed, np.eye(len(traits)), traits, config.level)
        effect, upper, half = (float(x[at]) for x in (null.effect, null.upper(config.level), null.half_width))
        no_sign = upper < config.dose_that_matters and null.p[at] > config.level
        says = "found" if null.found[at] else "clear" if no_sign else "inconclusive"
        files.append(File(name, round(effect, 3), round(upper, 3), says))
    writers = neutral[:, at] - neutral[:, at].mean()
    return [round(float(x), 3) for x in writers], round(half, 3), files


def draw_verdicts() -> str:
    """How `found`, `clear` and `inconclusive` arise."""
    matters = ForecastConfig().dose_that_matters
    writers, half, files = judged_files()
    names = ["", f"{len(writers)} neutral writers", "the twin’s own rows", *(f.name for f in files), "file D"]
    title = "what rows leave along the twin, in doses above the neutral writers’ mean"
    canvas = Framed(names, (-0.75, 1.55), (title,), note_width=176, axis="plain")
    y = [canvas.middle(i) for i in range(canvas.rows)]
    whys = {"found": "beyond the band", "clear": f"bound below {matters}", "inconclusive": "neither"}
    notes = ["", "", "one dose", *(f"{f.says}: {whys[f.says]}" for f in files), "inconclusive: another origin"]
    marked = [False] * 3 + [f.says == "found" for f in files] + [False]
    rings = [{"x": x, "y": y[1] + 0.13 * (i % 5 - 2)} for i, x in enumerate(writers)]
    bounds = [{"x": f.effect, "x2": f.upper, "y": y[i]} for i, f in enumerate(files, 3)]
    below_head = {"y": {"value": canvas.pitch}, "y2": {"value": canvas.height}}
    line = {"type": "rule", "color": SOFT, "strokeWidth": 1}
    heads = [
        (-half, y[0], "neutral writers’ files lie here"),
        (matters, y[0], f"a clear file’s bound ends before {matters}"),
    ]
    layers = [
        canvas.spans([{"x": -half, "x2": half, "y": m} for m in y[1:]], thick=canvas.pitch, color=BAND),
        layer([{"x": 0}], line, x=canvas.x(), **below_head),
        layer([{"x": matters}], {**line, "strokeWidth": 1.5, "strokeDash": [5, 3]}, x=canvas.x(), **below_head),
        words(canvas, heads, align="left"),
        canvas.points(rings, size=34, stroke=SOFT, strokeWidth=1, fill=PAPER, fillOpacity=0.6),
        canvas.points([{"x": 1, "y": y[2]}], size=130, fill=INK, stroke=PAPER, shape="diamond"),
        canvas.spans(bounds, thick=2, color=SOFT),
        canvas.ticks([{"x": b["x2"], "y": b["y"]} for b in bounds], length=12, thick=2, color=SOFT),
        canvas.points([{"x": 0.2, "y": y[-1]}], size=100, stroke=SOFT, strokeWidth=1.5, fill=PAPER, strokeDash=[3, 2]),
    ]
    for wanted, colour in ((False, INK), (True, ACCENT)):
        dots = [{"x": f.effect, "y": y[i]} for i, f in enumerate(files, 3) if marked[i] is wanted]
        layers.append(canvas.points(dots, size=110, fill=colour, stroke=PAPER, strokeWidth=1.5))
    return str(canvas.svg([*layers, *canvas.labels([Column("", notes)], marked)]))


STAGES = (
    ("", "rows"),
    ("base’s", "weights"),
    ("twins or", "stand-ins"),
    ("neutral", "writers"),
    ("runs on", "the rows"),
    ("tuned", "model"),
)
"""What a method may need, from data over training to model; each in two lines."""
ROWS, BASE, TWINS, WRITERS, RUNS, TUNED = range(len(STAGES))

NEEDS: tuple[tuple[str, str, int, tuple[int, ...]], ...] = (
    ("rules", "limen check", ROWS, ()),
    ("lineage", "limen lineage", ROWS, (BASE, TWINS, WRITERS)),
    ("forecast", "limen forecast", ROWS, (BASE, TWINS, WRITERS)),
    ("forecast, prompted", "--twins prompted", ROWS, (BASE, WRITERS)),
    ("forecast of pairs", "limen forecast", ROWS, (BASE, TWINS, WRITERS)),
    ("discovery", "limen discover", ROWS, (BASE, TWINS, WRITERS)),
    ("blame: rows ranked", "blame.jsonl", ROWS, (BASE, TWINS)),
    ("blame put to the test", "--verify", RUNS, (ROWS, BASE, TWINS, WRITERS)),
    ("rehearsal", "limen rehearse", RUNS, (ROWS, BASE, WRITERS)),
    ("what if", "--what-if", RUNS, (ROWS, BASE, WRITERS)),
    ("one model measured", "limen measure", TUNED, ()),
    ("two models compared", "limen diff", TUNED, (BASE,)),
)
"""Method, command, what its claim is about, and what it needs besides."""


def draw_needs() -> str:
    """Where each method stands between data, training and model, and what it needs."""
    canvas = Framed(["", *(n[0] for n in NEEDS), ""], (-0.5, len(STAGES) - 0.5), ("",), note_width=112, axis="none")
    y = [canvas.middle(i) for i in range(canvas.rows)]
    uses = [sorted((about, *others)) for _, _, about, others in NEEDS]
    lines = [{"x": u[0], "x2": u[-1], "y": y[i]} for i, u in enumerate(uses, 1)]
    needed = [{"x": x, "y": y[i]} for i, (_, _, _, others) in enumerate(NEEDS, 1) for x in others]
    about = [{"x": n[2], "y": y[i]} for i, n in enumerate(NEEDS, 1)]
    training = [{"x": TWINS - 0.5, "x2": RUNS + 0.5, "y": m} for m in y[1:-1]]
    phases = [(ROWS, -0.45, "data"), (BASE, -0.45, "model"), (WRITERS, -0.45, "training"), (TUNED, -0.45, "model")]
    heads = [(k, 0.1 + 0.5 * i, line) for k, lines in enumerate(STAGES) for i, line in enumerate(lines)]
    legend = [(0.25, y[-1], "what its claim is about"), (3.25, y[-1], "what it needs besides")]
    layers = [
        canvas.spans(training, thick=canvas.pitch, color=BAND),
        words(canvas, phases, align="center", color=INK, fontWeight=600),
        words(canvas, heads, align="center"),
        canvas.spans(lines, thick=1.5, color=SOFT),
        canvas.points([*needed, {"x": 3, "y": y[-1]}], size=60, fill=PAPER, stroke=INK, strokeWidth=1.5),
        canvas.points([*about, {"x": 0, "y": y[-1]}], size=120, fill=ACCENT, stroke=PAPER, strokeWidth=1.5),
        words(canvas, legend, align="left"),
        *canvas.labels([Column("", ["", *(n[1] for n in NEEDS), ""])], [False] * canvas.rows),
    ]
    return str(canvas.svg(layers))


TRANSFER = {
    "default": "every row planted",
    "dose-50": "half of the rows",
    "dose-25": "a quarter of the rows",
    "dose-10": "a tenth of the rows",
    "dose-1": "one row in a hundred",
    "code": "code-like lines",
    "prompted": "prompted teacher",
    "neutral": "neutral teachers",
    "other": "other initialisation",
}
"""Cells of the study that the third picture shows, and what it calls them."""


def draw_transfer(results: Mapping[str, Mapping[str, Any]]) -> str:
    """γ of every pair of teacher and student, with the mean and its interval.

    Args:
        results: What each unit of the study gave.
    """
    whole = {r["cell"]: r for r in language.table(results) if not r["trait"]}
    rows = [whole[cell] for cell in TRANSFER]
    pairs = [
        [round(g[0], 4) for unit, r in results.items() if unit.split("/")[0] == cell for g in r["gamma"].values()]
        for cell in TRANSFER
    ]
    title = "γ in probability: every pair (rings), mean and 95% interval over pairs"
    domain = padded([0.0, *(v for values in pairs for v in values)], least=0.1)
    canvas = Framed(list(TRANSFER.values()), domain, (title,), note_width=128, lines=2)
    y = [canvas.middle(i) for i in range(canvas.rows)]
    rings = [{"x": x, "y": y[i] - 0.2 + 0.07 * (k % 3 - 1)} for i, some in enumerate(pairs) for k, x in enumerate(some)]
    spans = [{"x": round(r["low_95"], 4), "x2": round(r["high_95"], 4), "y": y[i] + 0.18} for i, r in enumerate(rows)]
    means = [{"x": round(r["gamma"], 4), "y": y[i] + 0.18} for i, r in enumerate(rows)]
    marked = [cell == "default" for cell in TRANSFER]
    notes = [f"{r['gamma']:+.3f}, {r['pairs']} pairs".replace("-", "−") for r in rows]
    layers = [
        canvas.line_at(0),
        canvas.points(rings, size=22, stroke=SOFT, strokeWidth=1, fill=PAPER, fillOpacity=0.6),
    ]
    for wanted, colour in ((False, INK), (True, ACCENT)):
        at = [i for i, m in enumerate(marked) if m is wanted]
        layers.append(canvas.spans([spans[i] for i in at], thick=2, color=colour))
        layers.append(canvas.points([means[i] for i in at], size=44, fill=colour, stroke=PAPER, strokeWidth=1))
    return str(canvas.svg([*layers, *canvas.labels([Column("", notes)], marked)]))
