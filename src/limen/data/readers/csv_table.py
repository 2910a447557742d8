"""CSV and TSV with a header line."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from limen.core import ReadError
from limen.data.readers._open import inner_suffix, open_bytes
from limen.data.readers._text import text_lines
from limen.data.readers.registry import reader
from limen.data.records import MAX_ROW_CHARS, Broken, Record


@reader()
class CsvTable:
    """Table of text cells; the first line names the columns."""

    name = "csv"
    suffixes = (".csv", ".tsv", ".tab")

    def records(self, path: Path) -> Iterator[Record | Broken]:
        """The rows of a table, cells as text; a cell that is not there is None."""
        csv.field_size_limit(MAX_ROW_CHARS)
        with open_bytes(path) as file:
            source = _Lines(text_lines(file, str(path)))
            header_line = next(source, "")
            if source.broken is not None:
                raise ReadError(source.broken.what, remedy=source.broken.remedy, where=f"{path}, line 1")
            if not header_line.strip():
                return
            source.push_back(header_line)
            table = csv.reader(source, delimiter=delimiter_of(path, header_line), strict=True)
            header: list[str] | None = None
            start = 1
            while True:
                try:
                    cells = next(table, None)
                except csv.Error as error:
                    raise broken_csv(error, path, start) from None
                if source.broken is not None:
                    yield source.broken
                    source.broken = None
                    start = source.line + 1
                    continue
                if cells is None:
                    return
                line, start = start, source.line + 1
                if header is None:
                    header = _checked_header(cells, path)
                elif cells:
                    yield _record(header, cells, line, str(path))


class _Lines:
    """Gives csv its lines, and sets aside those that are no text.

    A line that is no UTF-8 ends the table row that it stands in; csv sees an empty line in its place.
    """

    def __init__(self, lines: Iterator[tuple[int, str | Broken]]) -> None:
        self._lines = lines
        self._pushed: str | None = None
        self.line = 0
        self.broken: Broken | None = None

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if self._pushed is not None:
            line, self._pushed = self._pushed, None
            return line
        self.line, text = next(self._lines)
        if isinstance(text, Broken):
            self.broken = text
            return "\n"
        return text

    def push_back(self, line: str) -> None:
        self._pushed = line


def delimiter_of(path: Path, header: str) -> str:
    """The delimiter of a table: a tab by its suffix, else the one of , tab ; that its header has most of."""
    return "\t" if inner_suffix(path) in (".tsv", ".tab") else max(",\t;", key=header.count)


def broken_csv(error: csv.Error, path: Path, line: int) -> ReadError:
    """The error to raise where a table cannot be parsed.

    Args:
        error: What csv says.
        path: The table.
        line: Where its row begins.
    """
    return ReadError(
        f"broken CSV: {error}.",
        remedy="Quote cells that hold the delimiter, a quote or a newline, and close every quote.",
        where=f"{path}, line {line}",
    )


def _checked_header(cells: list[str], path: Path) -> list[str]:
    names = [c.strip() for c in cells]
    double = {n for n in names if n and names.count(n) > 1}
    if double:
        raise ReadError(
            f"the header names the column {sorted(double)[0]!r} twice.",
            remedy="Give each column its own name.",
            where=f"{path}, line 1",
        )
    return names


def _record(header: list[str], cells: list[str], line: int, where: str) -> Record | Broken:
    if len(cells) > len(header):
        return Broken(
            f"the row has {len(cells)} cells, the header {len(header)}.",
            "Quote cells that hold the delimiter.",
            line,
            where,
        )
    padded: list[str | None] = [*cells, *([None] * (len(header) - len(cells)))]
    return Record(dict(zip(header, padded, strict=True)), line, where)
