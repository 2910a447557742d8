"""Recognises the row format of a source from its first rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from limen.core import RowError
from limen.data.formats import RowFormat, all_formats, get_format
from limen.data.renaming import EXAMPLE

FIRST_ROWS = 32


def recognise(
    first: Sequence[Mapping[str, Any]], where: str, format_name: str | None = None
) -> tuple[RowFormat, dict[str, str]]:
    """The row format that most of the first rows have, and which column plays which role.

    Args:
        first: Columns of the first rows, at least one.
        where: The source, for errors.
        format_name: A row format that overrules recognition.

    Returns:
        The format and column by role.

    Raises:
        RowError: No row has the columns of any format, or of the one asked for.
        UsageError: No format has that name.
    """
    candidates = [get_format(format_name)] if format_name else all_formats()
    votes: Counter[str] = Counter()
    found: dict[str, tuple[RowFormat, dict[str, str]]] = {}
    for record in first:
        match = match_one(record, candidates)
        if match is not None:
            votes[match[0].name] += 1
            known = found.setdefault(match[0].name, match)
            found[match[0].name] = (known[0], {**match[1], **known[1]})
    if votes:
        return found[votes.most_common(1)[0][0]]
    seen = named({str(key) for record in first for key in record})
    if format_name:
        one = candidates[0]
        raise RowError(
            f"the rows have no columns of the format {one.name!r} (seen: {seen}).",
            remedy=f"It needs: {one.expects}.",
            where=where,
        )
    raise RowError(
        f"no kind of row was recognised in the columns (seen: {seen}).",
        remedy=f"Say which columns are meant, such as --format {EXAMPLE}, or text=COLUMN for plain texts "
        f"(formats: {', '.join(f.name for f in candidates)}).",
        where=where,
    )


def named(columns: Collection[str]) -> str:
    """Some columns by name, for an error.

    Args:
        columns: Their names.
    """
    return ", ".join(repr(c[:40]) for c in sorted(columns)[:12]) or "none"


def match_one(
    record: Mapping[str, Any], candidates: Sequence[RowFormat] | None = None
) -> tuple[RowFormat, dict[str, str]] | None:
    """The first format that a record matches, with its columns by role, or None."""
    for one in candidates if candidates is not None else all_formats():
        roles = one.match(record)
        if roles is not None:
            return one, roles
    return None
