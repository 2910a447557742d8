"""A file cut into the bytes of its rows, so that it can be written again without those of some rows.

The segments of a file, one after the other, are the file. Each holds at most one row, and rows are counted as the
readers count them.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO, cast

from limen.core import ReadError
from limen.data.readers._json_window import CHUNK, JsonWindow
from limen.data.readers._open import compression_of, inner_suffix, open_bytes
from limen.data.readers._text import raw_lines
from limen.data.readers.csv_table import broken_csv, delimiter_of
from limen.data.readers.json_rows import is_lines
from limen.data.records import MAX_ROW_CHARS


class Layout(StrEnum):
    """How rows lie in a file that can be cut."""

    LINES = "lines"
    ARRAY = "array"
    CSV = "csv"


@dataclass(frozen=True)
class Segment:
    """A piece of a file.

    Attributes:
        raw: Its bytes.
        index: Position of the row that it holds, from 0; None where it holds none (a header, a blank line, the end).
        lead: How many bytes stand in front of the row: the comma and the space after the row before.
    """

    raw: bytes
    index: int | None = None
    lead: int = 0

    @property
    def row(self) -> bytes:
        """The bytes of the row alone."""
        return self.raw[self.lead :]


def data_suffix(path: Path) -> str:
    """The suffix that tells a file's format, that of its compression left out, in lower case.

    Args:
        path: The file, which need not be there.
    """
    return inner_suffix(path)


def compressed(path: Path) -> bool:
    """Whether a file is compressed, by its first bytes.

    Args:
        path: The file.
    """
    return compression_of(path) is not None


def layout_of(path: Path, reader: str) -> Layout | None:
    """How a file's rows lie, or None where it cannot be cut: Parquet, Arrow, and JSON that is no plain array.

    Args:
        path: The file.
        reader: Name of its reader.

    Raises:
        ReadError: It cannot be opened.
    """
    if reader == "text":
        return Layout.LINES
    if reader == "csv":
        return Layout.CSV
    if reader != "json":
        return None
    with open_bytes(path) as file:
        if is_lines(file, inner_suffix(path)):
            return Layout.LINES
    with open_bytes(path) as file:
        head = file.read(CHUNK).removeprefix(codecs.BOM_UTF8).lstrip()
    return Layout.ARRAY if head.startswith(b"[") else None


def segments(path: Path, layout: Layout) -> Iterator[Segment]:
    """The segments of a file, in order and in bounded memory.

    Args:
        path: The file, perhaps compressed; the segments are those of its content.
        layout: From `layout_of`.

    Raises:
        ReadError: The file is broken in a way that no reader reads on from.
    """
    with open_bytes(path) as file:
        if layout is Layout.LINES:
            yield from _lines(file, str(path))
        elif layout is Layout.CSV:
            yield from _table(file, path)
        else:
            yield from _Array(file, str(path)).segments()


def _lines(file: BinaryIO, where: str) -> Iterator[Segment]:
    index = 0
    for number, raw in enumerate(raw_lines(file, where)):
        lead = len(codecs.BOM_UTF8) if not number and raw.startswith(codecs.BOM_UTF8) else 0
        if _blank(raw[lead:]):
            yield Segment(raw)
        else:
            yield Segment(raw, index, lead)
            index += 1


def _blank(raw: bytes) -> bool:
    """Whether a line is blank as the readers see it; one that is no text is not."""
    try:
        return "\0" not in (text := raw.decode("utf-8")) and not text.strip()
    except UnicodeDecodeError:
        return False


def _table(file: BinaryIO, path: Path) -> Iterator[Segment]:
    csv.field_size_limit(MAX_ROW_CHARS)
    source = _Kept(raw_lines(file, str(path)))
    table = csv.reader(source, delimiter=delimiter_of(path, source.peek()), strict=True)
    index, header = 0, True
    while True:
        line = source.number + 1
        try:
            cells = next(table, None)
        except csv.Error as error:
            raise broken_csv(error, path, line) from None
        raw, broken = source.take()
        if broken or (cells and not header):
            yield Segment(raw, index)
            index += 1
        elif raw:
            header = header and not cells
            yield Segment(raw)
        if cells is None and not broken:
            return


class _Kept:
    """Gives csv its lines as the reader does, and keeps the bytes of those that it took."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines = lines
        self._pushed: bytes | None = None
        self._taken: list[bytes] = []
        self._broken = False
        self.number = 0

    def __iter__(self) -> _Kept:
        return self

    def __next__(self) -> str:
        raw = next(self._lines) if self._pushed is None else self._pushed
        self._pushed = None
        self._taken.append(raw)
        self.number += 1
        text = _text(raw.removeprefix(codecs.BOM_UTF8) if self.number == 1 else raw)
        if text is None:
            self._broken = True
            return "\n"
        return text

    def peek(self) -> str:
        """The first line."""
        self._pushed = next(self._lines, b"")
        return _text(self._pushed.removeprefix(codecs.BOM_UTF8)) or ""

    def take(self) -> tuple[bytes, bool]:
        """The bytes taken since the last call, and whether some of them are no text."""
        raw, broken = b"".join(self._taken), self._broken
        self._taken, self._broken = [], False
        return raw, broken


def _text(raw: bytes) -> str | None:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


class _Array(JsonWindow):
    """A JSON array cut before each comma: a segment is a row with what stands in front of it."""

    def __init__(self, file: BinaryIO, where: str) -> None:
        super().__init__(file, where)
        self._start = 0  # where the segment at hand begins
        self._mark = codecs.BOM_UTF8 if _has_mark(file) else b""

    def segments(self) -> Iterator[Segment]:
        """The segments of the document."""
        self._expect("[")
        index = 0
        while self._peek() not in ("]", ""):
            if index:
                self._expect(",")
                self._peek()
            lead = len(self._mark) + len(self._text[self._start : self._pos].encode())
            self._value()
            yield Segment(self._taken(), index, lead)
            index += 1
        self._expect("]")
        if self._peek():
            raise self._error("there is text after the end of the JSON document.")
        yield Segment(self._taken())

    def _taken(self) -> bytes:
        raw = self._mark + self._text[self._start : self._pos].encode()
        self._mark = b""
        self._start = self._pos
        return raw

    def _expect(self, mark: str) -> None:
        if self._peek() != mark:
            raise self._error(f"broken JSON: expected {mark!r}.")
        self._pos += 1

    def _let_go(self) -> int:
        done, self._start = self._start, 0
        return done

    def _error(self, what: str, remedy: str = "") -> ReadError:
        return super()._error(what, "Mend it by hand first: limen check names the line.")


def _has_mark(file: BinaryIO) -> bool:
    """Whether a file begins with the mark of UTF-8; nothing is read from it."""
    head: bytes = cast(Any, file).peek(len(codecs.BOM_UTF8))  # every stream that open_bytes gives can peek
    return head.startswith(codecs.BOM_UTF8)
