"""Reports, made from the ledger alone: one renderer a file.

Render an audit after its ledger is finished: one that is still running is reported as broken off.
"""

from limen.report.html import render_html
from limen.report.json import render_json, report_schema
from limen.report.registry import Renderer, get_renderer, renderer, renderers
from limen.report.terminal import render_terminal
from limen.report.verdict import AuditVerdict, FileVerdict, Level, summarise

__all__ = [
    "AuditVerdict",
    "FileVerdict",
    "Level",
    "Renderer",
    "get_renderer",
    "render_html",
    "render_json",
    "render_terminal",
    "renderer",
    "renderers",
    "report_schema",
    "summarise",
]
