"""A sliding window of text over a JSON document, and the decoder on it: memory holds one value and a chunk."""

from __future__ import annotations

import json
import sys
from typing import Any, BinaryIO

from limen.core import ReadError
from limen.core.wording import json_fault
from limen.data.readers._doubled import CarefulDecoder
from limen.data.readers._text import Utf8Chunks
from limen.data.records import MAX_ROW_CHARS

CHUNK = 1 << 18
"""Bytes that are read at a time."""
SPACE = " \t\r\n"
"""White space of JSON."""
DEEP = "the JSON is nested too deeply."
DEEP_REMEDY = "A row needs only a few levels: flatten it."
LONG_NUMBER = f"a number of more than {sys.get_int_max_str_digits():,} digits."
"""What Python refuses to convert, and the only fault of JSON that it calls no fault of decoding."""
LONG_NUMBER_REMEDY = "Write such a number as a string."
_NEAR_END = 16  # longer than any literal or escape that a chunk can cut in two


class JsonWindow:
    """Moves over a JSON document value by value.

    Args:
        file: The decompressed file, at its beginning.
        where: Its name, for errors.
    """

    def __init__(self, file: BinaryIO, where: str) -> None:
        self._chunks = Utf8Chunks(file, where)
        self._where = where
        self._decoder = CarefulDecoder()
        self._text = ""
        self._pos = 0

    def _value(self) -> Any:
        """The JSON value that starts at the position."""
        self._peek()
        size = CHUNK
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._pos)
            except json.JSONDecodeError as error:
                self._decoder.twice = None  # it is decoded again from its beginning
                cut = error.msg.startswith("Unterminated string") or error.pos >= len(self._text) - _NEAR_END
                if not (cut and self._fill(size)):
                    self._pos = min(error.pos, len(self._text))
                    raise self._error(f"broken JSON: {json_fault(error)}.", "Mend the JSON at this line.") from None
            except RecursionError:
                raise self._error(DEEP, DEEP_REMEDY) from None
            except ValueError:
                raise self._error(LONG_NUMBER, LONG_NUMBER_REMEDY) from None
            else:
                # A number at the very end of the window may go on in the next chunk
                if end < len(self._text) or isinstance(value, (dict, list, str)) or not self._fill(size):
                    self._pos = end
                    return value
            size *= 2
            if len(self._text) > MAX_ROW_CHARS:
                raise self._error(
                    f"a row of more than {MAX_ROW_CHARS // 2**20} Mi characters, or a quote that is never closed.",
                    "Split the row, or close the quote.",
                )

    def _peek(self) -> str:
        """The next character that is not space, moved to; empty at the end."""
        while True:
            while self._pos < len(self._text) and self._text[self._pos] in SPACE:
                self._pos += 1
            if self._pos < len(self._text):
                return self._text[self._pos]
            if not self._fill():
                return ""

    def _fill(self, size: int = 0) -> bool:
        """Drop what is done with and read on, by default a chunk; False at the end of the file."""
        if self._chunks.eof:
            return False
        more = self._chunks.read(size or CHUNK)
        done = self._let_go()
        self._text = self._text[done:] + more
        self._pos -= done
        return bool(more) or not self._chunks.eof

    def _let_go(self) -> int:
        """How many characters of the window are done with; they are dropped now."""
        return self._pos

    def _error(self, what: str, remedy: str) -> ReadError:
        """The error to raise at the position."""
        return ReadError(what, remedy=remedy, where=self._where)
