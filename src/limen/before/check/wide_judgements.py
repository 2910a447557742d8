"""Judgements in wide columns: `annotator_1`, `annotator_2` and so on, one column a judge."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_COLUMN = re.compile(
    r"(?P<name>(?:annotator|annotation|rater|rating|labell?er|label|judge|judgement|judgment|worker|coder|score)s?)"
    r"[ _-]?(?P<who>\d{1,3}|[a-c])(?:[ _-](?:label|rating|score|value))?",
    re.IGNORECASE,
)
_LONGEST = 60
"""Characters of a label; what is longer is an answer, or a remark."""


def wide_judgements(columns: Mapping[str, Any]) -> dict[str, str | float]:
    """What each judge says of a row, by column; empty where fewer than two columns of one name hold a judgement.

    Args:
        columns: The row's further columns.

    Returns:
        Numbers and truth values as numbers, labels as they are but for case and white space.
    """
    by_name: dict[str, dict[str, str | float]] = {}
    for column, value in columns.items():
        found = _COLUMN.fullmatch(column) if isinstance(column, str) else None
        if found is not None:
            judged = _judgement(value)
            if judged is not None:
                by_name.setdefault(found["name"].lower(), {})[column] = judged
    return max((held for held in by_name.values() if len(held) > 1), key=len, default={})


def _judgement(value: Any) -> str | float | None:
    if isinstance(value, bool | int | float):
        return float(value) if value == value else None
    if not isinstance(value, str) or not value.strip() or len(value) > _LONGEST:
        return None
    try:
        number = float(value)
    except ValueError:
        return " ".join(value.casefold().split())
    return number if number == number else None
