"""JSON and JSON Lines, told apart by content: suffixes are often wrong.

An array is decoded element by element over a sliding window of text, so that memory holds one row and a chunk,
never the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from limen.core import ReadError
from limen.core.wording import json_fault
from limen.data.formats import names_a_role
from limen.data.readers._doubled import CarefulDecoder, doubled
from limen.data.readers._json_window import (
    CHUNK,
    DEEP,
    DEEP_REMEDY,
    LONG_NUMBER,
    LONG_NUMBER_REMEDY,
    SPACE,
    JsonWindow,
)
from limen.data.readers._open import inner_suffix, open_bytes
from limen.data.readers._text import text_lines
from limen.data.readers.registry import reader
from limen.data.records import Broken, Record, as_record

_FIRST_LINE = 1 << 23
_MOST_COLUMNS = 1000


@reader()
class JsonRows:
    """JSON array, object around one array, and JSON Lines."""

    name = "json"
    suffixes = (".json", ".jsonl", ".ndjson", ".jsonlines")

    def records(self, path: Path) -> Iterator[Record | Broken]:
        """The rows of a JSON or JSON Lines file."""
        with open_bytes(path) as file:
            one_a_line = is_lines(file, inner_suffix(path))
        with open_bytes(path) as file:
            yield from _lines(file, str(path)) if one_a_line else _Window(file, str(path)).rows()


def is_lines(file: BinaryIO, suffix: str) -> bool:
    """Whether each line is an object of its own, judged by the first line that is not blank.

    Args:
        file: The decompressed file, at its beginning.
        suffix: The suffix that tells its format.
    """
    line = b""
    while not line:
        raw = file.readline(CHUNK)
        if not raw:
            return True
        line = raw.removeprefix(b"\xef\xbb\xbf").strip()
    if line.startswith(b"["):
        return False
    if not raw.endswith(b"\n"):
        line += file.readline(_FIRST_LINE)
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return suffix != ".json"
    return not (isinstance(value, dict) and _wrapped(value) and not file.readline(CHUNK).strip())


def _wrapped(value: dict[str, Any]) -> bool:
    """Whether an object is a wrapper around an array of rows, not itself a row."""
    return any(
        isinstance(v, list) and v and all(isinstance(x, dict) for x in v) and not names_a_role(k)
        for k, v in value.items()
    ) and not any(names_a_role(k) for k in value)


def _lines(file: BinaryIO, where: str) -> Iterator[Record | Broken]:
    decoder = CarefulDecoder()
    for number, line in text_lines(file, where):
        if isinstance(line, Broken):
            yield line
            continue
        if not line.strip():
            continue
        decoder.twice = None  # that of a line which broke further on
        try:
            value = decoder.decode(line)
            twice = decoder.twice
            yield as_record(value, number, where) if twice is None else doubled(twice, number, where)
        except json.JSONDecodeError as error:
            yield Broken(
                f"broken JSON: {json_fault(error)} at column {error.colno}.",
                "Write one complete JSON object on each line.",
                number,
                where,
            )
        except RecursionError:
            yield Broken(DEEP, DEEP_REMEDY, number, where)
        except ValueError:
            yield Broken(LONG_NUMBER, LONG_NUMBER_REMEDY, number, where)


class _Window(JsonWindow):
    """The rows of a document, with the line on which each begins."""

    def __init__(self, file: BinaryIO, where: str) -> None:
        super().__init__(file, where)
        self._counted = 0  # position up to which newlines are counted
        self._newlines = 0

    def rows(self) -> Iterator[Record | Broken]:
        """The rows of the document."""
        opening = self._peek()
        if opening == "[":
            yield from self._array()
        elif opening == "{":
            while self._peek() == "{":  # objects one after the other, pretty-printed or not
                yield from self._object()
        elif opening:
            raise self._error("the document is neither an array nor an object.", "Write an array of rows.")
        if self._peek():
            raise self._error("there is text after the end of the JSON document.", "Keep one document a file.")

    def _array(self) -> Iterator[Record | Broken]:
        self._pos += 1
        if self._peek() == "]":
            self._pos += 1
            return
        while True:
            self._peek()
            line = self._line()
            value, twice = self._value(), self._decoder.took_twice()
            yield as_record(value, line, self._where) if twice is None else doubled(twice, line, self._where)
            mark = self._peek()
            if mark not in (",", "]"):
                found = repr(mark) if mark else "the end of the file"
                raise self._error(
                    f"broken JSON: expected ',' or ']' after a row, found {found}.", "Mend the array at this line."
                )
            self._pos += 1
            if mark == "]":
                return

    def _object(self) -> Iterator[Record | Broken]:
        """Rows of the one array of rows in an object; an object without any is itself the one row."""
        line = self._line()
        own: dict[str, Any] = {}
        array_name: str | None = None
        twice: str | None = None
        self._pos += 1
        while (mark := self._peek()) != "}":
            if mark != '"':
                raise self._error("broken JSON: expected a column name in quotes.", "Mend the object at this line.")
            name = self._value()
            if self._peek() != ":":
                raise self._error("broken JSON: expected ':' after a column name.", "Mend the object at this line.")
            self._pos += 1
            twice = name if twice is None and name in own else twice
            if self._peek() == "[" and not names_a_role(name) and not own.keys() & {"messages", "prompt"}:
                if self._array_holds_rows():
                    if array_name is not None:
                        raise self._error(
                            f"the object has two arrays of rows, {array_name!r} and {name!r}, expected one.",
                            "Keep the array with the training rows and leave the other out.",
                        )
                    array_name = name
                    yield from self._array()
                else:
                    own[name] = self._value()
            else:
                own[name] = self._value()
            if len(own) > _MOST_COLUMNS:
                raise self._error(
                    f"an object with more than {_MOST_COLUMNS:,} columns, which looks like rows under keys.",
                    "Write the rows as an array, without keys.",
                )
            mark = self._peek()
            if mark == ",":
                self._pos += 1
            elif mark != "}":
                raise self._error("broken JSON: expected ',' or '}'.", "Mend the object at this line.")
        self._pos += 1
        twice = twice or self._decoder.took_twice()
        if array_name is None and own:
            yield as_record(own, line, self._where) if twice is None else doubled(twice, line, self._where)

    def _array_holds_rows(self) -> bool:
        """Whether the first element of the array at hand is an object."""
        ahead = self._pos + 1
        while True:
            while ahead < len(self._text) and self._text[ahead] in SPACE:
                ahead += 1
            if ahead < len(self._text):
                return self._text[ahead] == "{"
            offset = ahead - self._pos
            if not self._fill():
                return False
            ahead = self._pos + offset

    def _let_go(self) -> int:
        self._line()
        self._counted = 0
        return super()._let_go()

    def _line(self) -> int:
        """The line of the position, from 1."""
        self._newlines += self._text.count("\n", self._counted, self._pos)
        self._counted = self._pos
        return self._newlines + 1

    def _error(self, what: str, remedy: str) -> ReadError:
        return ReadError(what, remedy=remedy, where=f"{self._where}, line {self._line()}")
