"""Opens a file whatever it is compressed with, judged by its first bytes and not by its name."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from limen.core import ReadError

COMPRESSED_SUFFIXES = (".gz", ".bz2", ".xz", ".zst", ".zip")
_MAGIC = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\0": "xz", b"\x28\xb5\x2f\xfd": "zstd", b"PK\x03\x04": "zip"}
_BROKEN = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile)


def hash_file(path: Path) -> str:
    """SHA-256 of a file as it lies on the disk, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def compression_of(path: Path) -> str | None:
    """What a file is compressed with, by its first bytes, or None."""
    with path.open("rb") as file:
        head = file.read(6)
    return next((name for magic, name in _MAGIC.items() if head.startswith(magic)), None)


def inner_suffix(path: Path) -> str:
    """The suffix that tells the format, compression's own suffix left out, in lower case."""
    suffixes = [s.lower() for s in path.suffixes]
    while suffixes and suffixes[-1] in COMPRESSED_SUFFIXES:
        suffixes.pop()
    return suffixes[-1] if suffixes else ""


@contextmanager
def open_bytes(path: Path) -> Iterator[BinaryIO]:
    """The decompressed bytes of a file as a stream.

    Args:
        path: The file.

    Raises:
        ReadError: It cannot be opened, is damaged, or is an archive that holds not exactly one file.
    """
    try:
        kind = compression_of(path)
        if kind == "zip":
            with _open_zip(path) as file:
                yield file
        elif kind == "zstd":
            import pyarrow as pa

            with pa.OSFile(str(path), "rb") as raw, pa.CompressedInputStream(raw, "zstd") as stream:
                yield cast(BinaryIO, io.BufferedReader(stream, 1 << 18))
        else:
            opener = {"gzip": gzip.open, "bzip2": bz2.open, "xz": lzma.open, None: open}[kind]
            with opener(path, "rb") as file:  # type: ignore[operator]
                yield file
    except _BROKEN as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: BaseException) -> ReadError:
    """The one error for a file that the system or its compression will not give."""
    if isinstance(error, FileNotFoundError):
        return ReadError("there is no such file.", remedy="Check the path.", where=str(path))
    if isinstance(error, PermissionError):
        return ReadError("the file may not be read.", remedy="Give yourself permission to read it.", where=str(path))
    said = (str(error).strip().splitlines() or [type(error).__name__])[0][:300].rstrip(".")
    return ReadError(f"the file is damaged: {said}.", remedy="Fetch or compress it again.", where=str(path))


@contextmanager
def _open_zip(path: Path) -> Iterator[BinaryIO]:
    with zipfile.ZipFile(path) as archive:
        names = [n for n in archive.namelist() if not n.endswith("/") and not n.startswith("__MACOSX/")]
        if len(names) != 1:
            raise ReadError(
                f"the archive holds {len(names)} files, expected one.",
                remedy="Unpack it and name the folder instead.",
                where=str(path),
            )
        try:
            file = archive.open(names[0])
        except (RuntimeError, NotImplementedError) as error:  # a password, or a method Python does not know
            raise unreadable(path, error) from error
        with file:
            yield cast(BinaryIO, file)
