"""Plain text: each line that is not blank is a row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from limen.data.readers._open import open_bytes
from limen.data.readers._text import text_lines
from limen.data.readers.registry import reader
from limen.data.records import Broken, Record


@reader()
class TextLines:
    """Text file, one row a line."""

    name = "text"
    suffixes = (".txt", ".text")

    def records(self, path: Path) -> Iterator[Record | Broken]:
        """The lines of a text file that are not blank."""
        with open_bytes(path) as file:
            for number, line in text_lines(file, str(path)):
                if isinstance(line, Broken):
                    yield line
                elif line.strip():
                    yield Record({"text": line.rstrip("\r\n")}, number, str(path))
