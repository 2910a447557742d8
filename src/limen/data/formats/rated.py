"""Rated answers: an answer with a thumb up or down (KTO), or a number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from limen.core import RowKind
from limen.data.formats._turns import type_name
from limen.data.formats.base import BadRow, Parts, RowFormat, column, row_format
from limen.data.formats.completion import Completion
from limen.data.formats.instruction import Instruction
from limen.data.formats.messages import Messages
from limen.data.formats.sharegpt import ShareGpt

_THUMBS = ("label", "kto_tag", "thumbs_up")
_NUMBERS = ("rating",)
_WORDS = {"true": 1.0, "false": 0.0, "1": 1.0, "0": 0.0}
_INNER: tuple[RowFormat, ...] = (Messages(), ShareGpt(), Instruction(), Completion())


@row_format
class Rated:
    """An answer with a rating."""

    name: ClassVar[str] = "rated"
    order: ClassVar[int] = 20
    aliases: ClassVar[tuple[str, ...]] = ("kto", "rating")
    kind: ClassVar[RowKind] = RowKind.RATED
    expects: ClassVar[str] = "messages or prompt and completion, with label (true or false) or rating (a number)"

    def match(self, record: Mapping[str, Any]) -> dict[str, str] | None:
        """Which columns play which role, or None."""
        thumb, number = column(record, _THUMBS), column(record, _NUMBERS)
        if thumb is not None and _thumb(record[thumb]) is not None:
            rating = thumb
        elif number is not None and _number(record[number]) is not None:
            rating = number
        else:
            return None
        inner = next((roles for f in _INNER if (roles := f.match(record)) is not None), None)
        return None if inner is None else {**inner, "rating": rating}

    def parts(self, record: Mapping[str, Any], roles: Mapping[str, str]) -> Parts:
        """The row's parts."""
        value = record.get(roles["rating"])
        is_thumb = roles["rating"].casefold() in _THUMBS
        rating = _thumb(value) if is_thumb else _number(value)
        if rating is None:
            raise BadRow(
                f"the column {roles['rating']!r} holds {type_name(value)} ({str(value)[:20]!r}), expected "
                + ("true or false." if is_thumb else "a number."),
                "Rate every row, or leave the unrated ones out.",
            )
        inner = next((f for f in _INNER if set(_needs(f)) <= set(roles)), _INNER[-1])
        parts = inner.parts(record, roles)
        return Parts(parts.prompt, parts.answer, rating=rating, tools=parts.tools)


def _needs(inner: RowFormat) -> tuple[str, ...]:
    return {
        "messages": ("messages",),
        "sharegpt": ("conversations",),
        "instruction": ("instruction", "answer"),
        "completion": ("prompt", "answer"),
    }[inner.name]


def _thumb(value: Any) -> float | None:
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, (int, float)) and value in (0, 1):
        return float(value)
    return _WORDS.get(value.strip().lower()) if isinstance(value, str) else None


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if abs(number) < float("inf") else None
