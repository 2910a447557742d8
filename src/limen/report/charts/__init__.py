"""The report's pictures: static SVG, one chart a file, the same bytes from the same findings."""

from limen.report.charts.discovery import draw_discovery
from limen.report.charts.effects import draw_effects
from limen.report.charts.forecast import draw_forecast
from limen.report.charts.lineage import draw_lineage
from limen.report.charts.rehearsal import draw_rehearsal
from limen.report.charts.rows import draw_rows
from limen.report.charts.verify import draw_verify
from limen.report.charts.what_if import draw_what_if

__all__ = [
    "draw_discovery",
    "draw_effects",
    "draw_forecast",
    "draw_lineage",
    "draw_rehearsal",
    "draw_rows",
    "draw_verify",
    "draw_what_if",
]
