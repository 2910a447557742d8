"""The canvas every chart is drawn on: one row a trait, written in Vega-Lite, made SVG by vl-convert.

Colours are those of the light page. The page's style sheet recolours an inlined chart by these very values, so one
SVG serves light, dark and print, and still reads on its own. Margins are fixed and labels are text marks, because
laying out by measured text would make the bytes depend on the fonts of a machine.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from limen.core import Finding
from limen.report._group import is_found

PAPER = "#fdfcfa"
INK = "#1d1b18"
SOFT = "#625d55"
LINE = "#dcd7ce"
BAND = "#ece8e0"
ACCENT = "#b23a1e"

WIDE, NARROW = 704, 340
_CHARACTER = 7.5
"""Width to allow for a character of a label, in pixels: generous, for any font."""

Spec = dict[str, Any]
"""A piece of Vega-Lite."""

Values = Sequence[Spec]


@dataclass(frozen=True)
class Column:
    """A column of notes beside a chart: its heading, and one text a row."""

    head: str
    values: Sequence[str]


@dataclass(frozen=True)
class Canvas:
    """Size and scales of one chart.

    Attributes:
        names: Label of each row.
        domain: Lowest and highest value of the horizontal axis.
        titles: Titles of the horizontal axis, the longest first; the first that fits is taken.
        narrow: Whether it is drawn for a narrow screen: labels above their rows, not beside them.
        note_width: Room for notes on the right, in pixels (wide charts).
        lines: How many lines of marks a row has.
    """

    names: Sequence[str]
    domain: tuple[float, float]
    titles: Sequence[str]
    narrow: bool = False
    note_width: int = 128
    lines: int = 1

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return len(self.names)

    @property
    def title(self) -> str:
        """The longest title that fits below the plot and its notes."""
        room = self.width + (0 if self.narrow else self.note_width)
        return next((t for t in self.titles if len(t) * 0.9 * _CHARACTER <= room), self.titles[-1])

    @property
    def pitch(self) -> int:
        """Height of a row in pixels."""
        return (34 if self.narrow else 16) + 14 * self.lines

    @property
    def left(self) -> int:
        """Left margin in pixels."""
        return 8 if self.narrow else label_width(self.names)

    @property
    def right(self) -> int:
        """Right margin in pixels."""
        return 8 if self.narrow else self.note_width

    @property
    def width(self) -> int:
        """Width of the plot in pixels."""
        return (NARROW if self.narrow else WIDE) - self.left - self.right

    @property
    def height(self) -> int:
        """Height of the plot in pixels."""
        return self.rows * self.pitch

    def middle(self, row: int) -> float:
        """Where the marks of a row stand, counted in rows from the top."""
        return row + (0.62 if self.narrow else 0.5)

    def x(self) -> Spec:
        """The horizontal encoding, with axis."""
        low, high = self.domain
        return {
            "field": "x",
            "type": "quantitative",
            "scale": {"domain": [low, high], "nice": False, "zero": False},
            "axis": {
                "title": self.title,
                "values": ticks(low, high, 4 if self.narrow else 6),
                "format": tick_format(low, high, 4 if self.narrow else 6),
                "domain": False,
                "ticks": False,
                "labelPadding": 8,
                "titlePadding": 10,
            },
        }

    def y(self) -> Spec:
        """The vertical encoding: rows counted from the top, no axis."""
        scale = {"domain": [self.rows, 0], "nice": False, "zero": False}
        return {"field": "y", "type": "quantitative", "scale": scale, "axis": None}

    def points(self, values: Values, *, size: float, fill: str, stroke: str, **mark: Any) -> Spec:
        """Dots at `x`, `y`."""
        style = {"type": "point", "size": size, "fill": fill, "stroke": stroke, "opacity": 1, **mark}
        return layer(values, style, x=self.x(), y=self.y())

    def dots(self, values: Sequence[float], marked: Sequence[bool], *, size: float) -> list[Spec]:
        """One dot a row, those of marked rows in the accent colour and above the others."""
        layers = []
        for wanted, colour in ((False, INK), (True, ACCENT)):
            held = [{"x": v, "y": self.middle(i)} for i, v in enumerate(values) if marked[i] is wanted]
            if held:
                layers.append(self.points(held, size=size, fill=colour, stroke=PAPER, strokeWidth=1.5))
        return layers

    def spans(self, values: Values, *, thick: float, color: str) -> Spec:
        """Horizontal lines from `x` to `x2` at `y`."""
        style = {"type": "rule", "strokeWidth": thick, "color": color}
        return layer(values, style, x=self.x(), x2={"field": "x2"}, y=self.y())

    def ticks(self, values: Values, *, length: float, thick: float, color: str) -> Spec:
        """Short vertical strokes at `x`, `y`."""
        style = {"type": "tick", "orient": "vertical", "opacity": 1, "size": length, "thickness": thick, "color": color}
        return layer(values, style, x=self.x(), y=self.y())

    def line_at(self, value: float) -> Spec:
        """A vertical line through every row."""
        ends = {"y": {"value": 0}, "y2": {"value": self.height}}
        return layer([{"x": value}], {"type": "rule", "color": SOFT, "strokeWidth": 1}, x=self.x(), **ends)

    def labels(self, notes: Sequence[Column], marked: Sequence[bool]) -> list[Spec]:
        """Names at the left and columns of notes at the right; marked rows in the accent colour and bold.

        A narrow chart has room for the last column alone, beside the name and with its heading in front.
        """
        layers: list[Spec] = []
        at = 0.22 if self.narrow else 0.5
        for wanted in (False, True):
            style: dict[str, Any] = {"baseline": "middle"}
            style |= {"color": ACCENT, "fontWeight": 600} if wanted else {"color": INK, "fontWeight": 400}
            rows = [i for i, m in enumerate(marked) if m is wanted]
            if not rows:
                continue
            room = self.width - 110 if self.narrow else self.left - 16
            names_at = [{"y": i + at, "t": fitted(self.names[i], room)} for i in rows]
            x_names = 0 if self.narrow else -self.left
            layers.append(self._text(names_at, x_names, align="left", fontSize=13, **style))
            style |= {"fontSize": 12, "align": "right", "color": ACCENT if wanted else SOFT}
            for column, x in self._columns(notes):
                head = f"{column.head} " if self.narrow else ""
                held = [{"y": i + at, "t": head + column.values[i]} for i in rows if column.values[i]]
                if held:
                    layers.append(self._text(held, x, **style))
        if not self.narrow:
            heads = {"fontSize": 11, "align": "right", "baseline": "bottom", "color": SOFT}
            layers += [self._text([{"y": 0, "t": c.head}], x, dy=-2, **heads) for c, x in self._columns(notes)]
        return layers

    def _columns(self, notes: Sequence[Column]) -> list[tuple[Column, float]]:
        if self.narrow:
            return [(c, self.width) for c in notes[-1:]]
        step = self.note_width / max(1, len(notes))
        return [(c, self.width + step * (i + 1)) for i, c in enumerate(notes)]

    def _text(self, values: Values, x: float, **mark: Any) -> Spec:
        text = {"field": "t", "type": "nominal"}
        return layer(values, {"type": "text", **mark}, x={"value": x}, y=self.y(), text=text)

    def svg(self, layers: Sequence[Spec]) -> Markup:
        """Draw layers, the lowest first.

        Returns:
            An `<svg>` element with escaped text, without scripts, links or fixed size.
        """
        top, bottom = 6 if self.narrow else 22, 46
        padding = {"left": self.left, "right": self.right, "top": top, "bottom": bottom}
        return to_svg(layers, width=self.width, height=self.height, padding=padding)


def layer(values: Values, mark: Spec, **encoding: Spec) -> Spec:
    """One layer of a chart: marks on values held in place."""
    return {"data": {"values": list(values)}, "mark": mark, "encoding": encoding}


def chart_spec(layers: Sequence[Spec], *, width: float, height: float, padding: dict[str, int]) -> Spec:
    """A chart in Vega-Lite, in the report's style.

    Args:
        layers: The lowest first.
        width: Of the plot, in pixels.
        height: Of the plot, in pixels.
        padding: Around the plot, in pixels.
    """
    return {
        "width": width,
        "height": height,
        "padding": padding,
        "autosize": {"type": "none"},
        "layer": list(layers),
        "config": _CONFIG,
    }


def to_svg(layers: Sequence[Spec], *, width: float, height: float, padding: dict[str, int]) -> Markup:
    """Render a chart (see `chart_spec`).

    Returns:
        Its `<svg>` element, scaled by its view box alone.
    """
    import vl_convert

    spec = chart_spec(layers, width=width, height=height, padding=padding)
    svg: str = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    head, _, body = svg.partition(">")
    box = re.search(r'viewBox="[\d. -]+"', head)
    kept = f'<svg xmlns="http://www.w3.org/2000/svg" {box.group(0) if box else ""}>'
    return Markup(kept + body)  # vl-convert escapes text


MOST_ROWS = 24
"""Rows of one chart; a larger battery is cut down to those that stand out most."""


def standing_out(rows: Sequence[Finding], value: Callable[[Finding], float]) -> list[Finding]:
    """The rows of a chart: every find, then those furthest from nothing, the highest first.

    Args:
        rows: Findings that can be drawn.
        value: What a finding is placed by.

    Returns:
        At most `MOST_ROWS` of them, unless more were found.
    """
    ranked = sorted(rows, key=lambda f: (not is_found(f), -abs(value(f))))
    most = max(MOST_ROWS, sum(map(is_found, rows)))
    return sorted(ranked[:most], key=lambda f: -value(f))


def label_width(names: Sequence[str]) -> int:
    """Room for labels in a wide chart, in pixels, gap included."""
    return min(270, max(110, round(max(map(len, names), default=0) * _CHARACTER) + 24))


def fitted(name: str, room: float) -> str:
    """A label cut to a room in pixels; the table below a chart holds the whole name."""
    most = int(room / _CHARACTER)
    return name if len(name) <= most else name[: most - 1].rstrip() + "…"


def padded(values: Sequence[float], *, least: float, share: float = 0.06) -> tuple[float, float]:
    """A domain that holds all values with some room at both ends.

    Args:
        values: Finite numbers; may be empty.
        least: Smallest width of the domain.
        share: Room at each end, as a share of the width.
    """
    low, high = (min(values), max(values)) if values else (0.0, 0.0)
    if high - low < least:
        middle = (low + high) / 2
        low, high = middle - least / 2, middle + least / 2
    room = (high - low) * share
    return low - room, high + room


def ticks(low: float, high: float, most: int) -> list[float]:
    """Round values inside a domain, at most so many."""
    step = _step(low, high, most)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(i * step, 12) for i in range(first, last + 1)]


def tick_format(low: float, high: float, most: int) -> str:
    """The number format (d3) that shows a domain's ticks without trailing digits."""
    step = _step(low, high, most)
    return f".{max(0, -math.floor(math.log10(step) + 1e-9))}f"


def _step(low: float, high: float, most: int) -> float:
    raw = (high - low) / most
    size = 10.0 ** math.floor(math.log10(raw))
    return next(m * size for m in (1, 2, 5, 10) if m * size >= raw * (1 - 1e-9))


_CONFIG: Spec = {
    "aria": False,
    "background": PAPER,
    "font": "system-ui, sans-serif",
    "view": {"stroke": None},
    "axis": {
        "grid": True,
        "gridColor": LINE,
        "gridWidth": 1,
        "gridDash": [1, 3],
        "labelColor": SOFT,
        "labelFontSize": 12,
        "labelLimit": 0,
        "titleColor": SOFT,
        "titleFontSize": 12,
        "titleFontWeight": 400,
        "titleAnchor": "start",
        "titleLimit": 0,
    },
}
