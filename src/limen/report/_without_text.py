"""Findings with the text of rows taken out, for a report that may travel further than the data may."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from limen.core import Finding
from limen.report._check_ids import without_quotes

_TEXT_KEYS = frozenset(
    (
        *("text", "texts", "row_texts", "tokens", "excerpt", "snippet", "content"),
        *("prompt", "answer", "completion", "chosen", "rejected", "messages"),
    )
)


def without_text(finding: Finding) -> Finding:
    """A finding whose rows are ids and scores alone.

    Args:
        finding: A finding.

    Returns:
        The same without tokens and without any evidence under a key that holds text of rows; one of a check without
        what its rule quotes of them.
    """
    rows = tuple(replace(r, tokens=(), token_scores=()) for r in finding.rows)
    scrubbed = replace(finding, rows=rows, evidence=_scrubbed(finding.evidence))
    return without_quotes(scrubbed) if finding.phase == "check" else scrubbed


def _scrubbed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {k: _scrubbed(v) for k, v in value.items() if str(k).lower() not in _TEXT_KEYS}
    if isinstance(value, list | tuple):
        return [_scrubbed(v) for v in value]
    return value
