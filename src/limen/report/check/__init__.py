"""A check written to a file: SARIF, JUnit XML, Markdown, JSON and HTML, one form a file."""

from limen.report.check import html, json, junit, markdown, sarif
from limen.report.check.checked import (
    Checked,
    CheckedFile,
    RuleCard,
    code_of,
    examples_of,
    is_silent_mention,
    sentence,
    severity_of,
    silence,
    split_span,
    worst_first,
)
from limen.report.check.mentions import mentions_told
from limen.report.check.registry import CheckRenderer, check_renderer, check_renderer_for, get_check_renderer
from limen.report.check.table import Table, table_of

__all__ = [
    "CheckRenderer",
    "Checked",
    "CheckedFile",
    "RuleCard",
    "Table",
    "check_renderer",
    "check_renderer_for",
    "code_of",
    "examples_of",
    "get_check_renderer",
    "html",
    "is_silent_mention",
    "json",
    "junit",
    "markdown",
    "mentions_told",
    "sarif",
    "sentence",
    "severity_of",
    "silence",
    "split_span",
    "table_of",
    "worst_first",
]
