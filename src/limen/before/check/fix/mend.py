"""A row mended: its texts and then the row itself given to each rule, and put back into the columns it came from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from limen.before.check.rule import Rule
from limen.core import LimenError, Message, Row
from limen.data import read_rows


class NotWritable(Exception):  # noqa: N818  a verdict on a row, which is then left as it is
    """A row that a rule has changed in a way that cannot be put back into its columns."""


def mend(
    row: Row, record: Mapping[str, Any], rules: Sequence[Rule], format: str
) -> tuple[Row | None, dict[str, Any] | None, list[str]]:
    """A row as rules would have it.

    Args:
        row: The row.
        record: Its columns.
        rules: Rules that mend.
        format: Name of the row format.

    Returns:
        The row and its columns, both None where it is left out, and the codes of the rules that changed it. Without a
        change the row is the same object.

    Raises:
        NotWritable: It cannot be put back into its columns.
    """
    codes: list[str] = []
    mended, columns = row, dict(record)
    trained = [name for name in record if name not in row.columns]
    for rule in rules:
        fixed = {**columns, **{name: _texts(columns[name], rule.fix_text) for name in trained}}
        if fixed != columns:
            codes.append(rule.code)
            columns = fixed
    if codes:
        mended = _row_of(columns, format, row)
    for rule in rules:
        wanted = rule.fix(mended)
        if wanted is None:
            return None, None, [*codes, rule.code]
        if wanted is not mended:
            codes.append(rule.code)
            columns = _put_back(columns, trained, mended, wanted)
            mended = _row_of(columns, format, row)
            if mended.id != wanted.id:
                raise NotWritable
    return mended, columns, codes


def mapped(
    row: Row, change: Callable[[str], str], columns: Mapping[str, Any], format: str
) -> tuple[Row, dict[str, Any]]:
    """A row with each text of the columns that are trained on changed alike.

    Args:
        row: The row.
        change: Makes one text of another.
        columns: The row's columns.
        format: Name of the row format.

    Returns:
        The new row and its columns.

    Raises:
        NotWritable: The columns do not hold the row's texts as they are.
    """
    new = {name: value if name in row.columns else _texts(value, change) for name, value in columns.items()}
    made = _row_of(new, format, row)
    prompt, answer, rejected = (_changed(part, change) for part in (row.prompt, row.answer, row.rejected))
    wanted = replace(row, prompt=prompt, answer=answer, rejected=rejected)
    if made.id != wanted.id:
        raise NotWritable
    return made, new


def _changed(messages: Sequence[Message], change: Callable[[str], str]) -> tuple[Message, ...]:
    return tuple(replace(message, content=change(message.content)) for message in messages)


def _texts(value: Any, change: Callable[[str], str]) -> Any:
    """A value with each text in it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: _texts(held, change) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [_texts(held, change) for held in value]
    return value


def _put_back(columns: dict[str, Any], trained: Sequence[str], before: Row, after: Row) -> dict[str, Any]:
    """Columns in which each message's old text is its new one."""
    pairs = [
        (old.content, new.content)
        for part in ("prompt", "answer", "rejected")
        for old, new in zip(getattr(before, part), getattr(after, part), strict=False)
        if old.content != new.content
    ]
    changes = dict(pairs)
    return {**columns, **{name: _replaced(columns[name], changes) for name in trained if name in columns}}


def _replaced(value: Any, changes: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return changes.get(value, value)
    if isinstance(value, Mapping):
        return {key: _replaced(held, changes) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [_replaced(held, changes) for held in value]
    return value


def _row_of(columns: Mapping[str, Any], format: str, row: Row) -> Row:
    """The row that a reader makes of columns."""
    try:
        made = next(iter(read_rows([columns], format=format)))
    except LimenError as error:
        raise NotWritable from error
    if made.kind is not row.kind:
        raise NotWritable
    return made
