"""Rows of a recorded-answers file: CSV or JSON Lines, with errors that name file, line and remedy."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from limen.core import ReadError
from limen.core.wording import json_fault

MAX_BYTES = 500_000_000
"""Largest file that is read; recorded answers are read whole."""

MAX_FIELD = 10_000_000


@dataclass(frozen=True)
class RecordedRow:
    """One row.

    Attributes:
        line: Line on which it starts, from 1.
        values: Column → value; texts from CSV, JSON values from JSON Lines.
    """

    line: int
    values: Mapping[str, Any]


def read_recorded_rows(path: Path) -> list[RecordedRow]:
    """Read every row of a CSV or JSON Lines file.

    Args:
        path: The file; `.csv` or `.tsv` is a table with a header, anything else JSON Lines.

    Returns:
        The rows in order.

    Raises:
        ReadError: The file is missing, empty, too large, not UTF-8, has a NUL byte, or has a broken line.
    """
    where = str(path)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ReadError(
                f"larger than {MAX_BYTES / 1e6:.0f} MB.", remedy="Split it by arm or by trait.", where=where
            )
        raw = path.read_bytes()
    except OSError as error:
        raise ReadError(f"cannot be read ({error.strerror}).", remedy="Check the path.", where=where) from None
    if b"\0" in raw:
        line = raw.count(b"\n", 0, raw.index(b"\0")) + 1
        raise ReadError(f"a NUL byte in line {line}.", remedy="Export the file again as UTF-8 text.", where=where)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ReadError(
            f"invalid UTF-8 in line {line} (byte {error.start}).", remedy="Save the file as UTF-8.", where=where
        ) from None
    rows = _table(text, path) if path.suffix.lower() in (".csv", ".tsv") else _json_lines(text, where)
    if not rows:
        raise ReadError("no rows.", remedy="Give a file with a row for each recorded answer.", where=where)
    return rows


def _table(text: str, path: Path) -> list[RecordedRow]:
    where = str(path)
    csv.field_size_limit(MAX_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if path.suffix.lower() == ".tsv" else ",")
    rows: list[RecordedRow] = []
    try:
        header = next(reader, None)
        if header is None or len(set(header)) != len(header):
            raise ReadError(
                "no header, or a column name that stands twice in it.",
                remedy="Give each column its own name in the first line.",
                where=where,
            )
        start = reader.line_num + 1
        for cells in reader:
            if cells and len(cells) != len(header):
                raise ReadError(
                    f"line {start} has {len(cells)} cells, and the header {len(header)}.",
                    remedy="Put cells with a comma or a line break in quotes.",
                    where=where,
                )
            if cells:
                rows.append(RecordedRow(start, dict(zip(header, cells, strict=True))))
            start = reader.line_num + 1
    except csv.Error as error:
        raise ReadError(f"line {reader.line_num}: {error}.", remedy="Mend that line.", where=where) from None
    return rows


def _json_lines(text: str, where: str) -> list[RecordedRow]:
    rows: list[RecordedRow] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (json.JSONDecodeError, RecursionError) as error:
            detail = json_fault(error) if isinstance(error, json.JSONDecodeError) else "nested too deeply"
            raise ReadError(
                f"broken JSON in line {number}: {detail}.",
                remedy="Each line is one JSON object; a table wants the ending .csv.",
                where=where,
            ) from None
        if not isinstance(value, dict):
            raise ReadError(f"line {number} is no JSON object.", remedy="Each line is one JSON object.", where=where)
        rows.append(RecordedRow(number, value))
    return rows
