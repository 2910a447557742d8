"""Bytes to text, with the byte offset and line of whatever is wrong.

Python's own text layer reports offsets within its buffer; a user needs them within the file.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import BinaryIO

from limen.core import ReadError
from limen.data.records import MAX_ROW_CHARS, Broken

# Those of UTF-32 first: one of them begins as one of UTF-16 does
_BOMS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
_UTF8_REMEDY = "Save the file as UTF-8 (for example: iconv -f latin1 -t utf-8)."
_NUL_REMEDY = "Remove NUL bytes (for example: tr -d '\\000'); they often mean a damaged or binary file."


def invalid_utf8(offset: int, byte: int) -> tuple[str, str]:
    """What to say of a byte that is no UTF-8: the fault and its remedy."""
    return f"invalid UTF-8: byte 0x{byte:02x} at byte offset {offset}.", _UTF8_REMEDY


def nul_byte(offset: int) -> tuple[str, str]:
    """What to say of a NUL byte: the fault and its remedy."""
    return f"a NUL byte at byte offset {offset}.", _NUL_REMEDY


def refuse_utf16(head: bytes, where: str) -> None:
    """Raise if a file begins with the mark of UTF-16 or UTF-32.

    Raises:
        ReadError: It does.
    """
    for bom, name in _BOMS.items():
        if head.startswith(bom):
            remedy = f"Save the file as UTF-8 (for example: iconv -f {name} -t UTF-8)."
            raise ReadError(f"the file is {name}, expected UTF-8.", remedy=remedy, where=where)


class Utf8Chunks:
    """Reads a binary stream as text in chunks, checking as it goes.

    Args:
        binary: The stream.
        where: Its name, for errors.
    """

    def __init__(self, binary: BinaryIO, where: str) -> None:
        self._binary = binary
        self._where = where
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._offset = 0
        self._lines = 0
        self.eof = False

    def read(self, size: int) -> str:
        """Text of about the next `size` bytes; sets `eof` at the end.

        Raises:
            ReadError: Invalid UTF-8 or a NUL byte; names byte offset and line.
        """
        data = self._binary.read(size)
        if self._offset == 0:
            refuse_utf16(data, self._where)
            if data.startswith(codecs.BOM_UTF8):
                data = data[3:]
                self._offset = 3
        pending = len(self._decoder.getstate()[0])
        self.eof = not data
        try:
            text = self._decoder.decode(data, final=self.eof)
        except UnicodeDecodeError as error:
            offset = self._offset - pending + error.start
            line = self._lines + error.object[: error.start].count(b"\n") + 1
            what, remedy = invalid_utf8(offset, error.object[error.start])
            raise ReadError(what, remedy=remedy, where=f"{self._where}, line {line}") from None
        if "\0" in text:
            at = data.index(b"\0")
            line = self._lines + data[:at].count(b"\n") + 1
            what, remedy = nul_byte(self._offset + at)
            raise ReadError(what, remedy=remedy, where=f"{self._where}, line {line}")
        self._offset += len(data)
        self._lines += data.count(b"\n")
        return text


def raw_lines(binary: BinaryIO, where: str) -> Iterator[bytes]:
    """Lines of a binary stream, newline kept.

    Args:
        binary: The stream.
        where: Its name, for errors.

    Raises:
        ReadError: A line so long that reading on would not fit memory.
    """
    number = 0
    while raw := binary.readline(MAX_ROW_CHARS + 1):
        number += 1
        if len(raw) > MAX_ROW_CHARS:
            raise ReadError(
                f"a line of more than {MAX_ROW_CHARS // 2**20} MiB.",
                remedy="Write one row a line, and split rows that are longer.",
                where=f"{where}, line {number}",
            )
        yield raw


def text_lines(binary: BinaryIO, where: str) -> Iterator[tuple[int, str | Broken]]:
    """Lines of a binary stream with their numbers, from 1, newline kept; a bad line gives Broken.

    Args:
        binary: The stream.
        where: Its name, for errors.

    Raises:
        ReadError: A line so long that reading on would not fit memory, or UTF-16.
    """
    offset = 0
    for number, raw in enumerate(raw_lines(binary, where), 1):
        if number == 1:
            refuse_utf16(raw, where)
            if raw.startswith(codecs.BOM_UTF8):
                raw = raw[3:]
                offset = 3
        if b"\0" in raw:
            yield number, Broken(*nul_byte(offset + raw.index(b"\0")), number, where)
        else:
            try:
                yield number, raw.decode("utf-8")
            except UnicodeDecodeError as error:
                yield number, Broken(*invalid_utf8(offset + error.start, raw[error.start]), number, where)
        offset += len(raw)
