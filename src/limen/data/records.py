"""Record and Broken: what a reader hands on, before anybody knows what kind of row it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MAX_ROW_CHARS = 64 * 1024 * 1024
"""Longest row that is read, in characters: bounds memory whatever the file holds."""

_NUL = "\0"


@dataclass(frozen=True)
class Record:
    """One object of a file, as its format gives it.

    Attributes:
        value: Columns by name.
        line: Line of the file on which it starts, from 1, where the format has lines.
        where: The file, where a source has several.
    """

    value: Mapping[str, Any]
    line: int | None = None
    where: str = ""


@dataclass(frozen=True)
class Broken:
    """One place of a file that gives no record, after which reading can go on.

    Attributes:
        what: What was seen and what was expected.
        remedy: What the user does about it.
        line: Line of the file, from 1, where the format has lines.
        where: The file, where a source has several.
    """

    what: str
    remedy: str
    line: int | None = None
    where: str = ""


def as_record(value: Any, line: int | None = None, where: str = "") -> Record | Broken:
    """A record if the value is an object with columns, else what is wrong with it.

    Args:
        value: Whatever was parsed.
        line: Line on which it starts.
        where: The file.
    """
    if isinstance(value, Mapping):
        if all(isinstance(key, str) for key in value):
            column = next((key for key, held in value.items() if _NUL in key or holds_nul(held)), None)
            if column is not None:
                return Broken(
                    f"a NUL character in the column {column.replace(_NUL, '')!r} (in JSON written as \\u0000).",
                    "Remove it: it is no part of any text, and a tokenizer makes of it what it likes.",
                    line,
                    where,
                )
            return Record(value, line, where)
        return Broken("the row has column names that are not text.", "Name every column with text.", line, where)
    return Broken(
        f"the row is {_kind_of(value)}, expected an object with named columns.",
        'Write each row as an object, such as {"prompt": "...", "completion": "..."}.',
        line,
        where,
    )


def holds_nul(value: Any) -> bool:
    """Whether a NUL character stands in a text, or in any text of a list or an object.

    Args:
        value: Whatever was parsed.
    """
    # No recursion: how deep a row is nested is up to whoever wrote it.
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, str):
            if _NUL in one:
                return True
        elif isinstance(one, Mapping):
            left.extend(one)
            left.extend(one.values())
        elif isinstance(one, list | tuple):
            left.extend(one)
    return False


def _kind_of(value: Any) -> str:
    names = {str: "a string", list: "a list", int: "a number", float: "a number", bool: "true or false"}
    return "null" if value is None else names.get(type(value), f"a {type(value).__name__}")
