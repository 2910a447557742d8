"""The registry of file readers: one a format, found by suffix, or by content where the suffix says nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol, TypeVar

from limen.core import ReadError
from limen.data.readers._open import inner_suffix, open_bytes
from limen.data.records import Broken, Record


class Reader(Protocol):
    """Reads one file format, row by row.

    Attributes:
        name: What the report calls the format.
        suffixes: File suffixes it answers to, in lower case, with the dot.
    """

    name: str
    suffixes: tuple[str, ...]

    def records(self, path: Path) -> Iterator[Record | Broken]:
        """The rows of a file in order, in bounded memory.

        Args:
            path: The file, perhaps compressed.

        Raises:
            ReadError: Reading cannot go on.
        """


R = TypeVar("R", bound=type)
_READERS: dict[str, Reader] = {}


def reader() -> Callable[[R], R]:
    """Register a class as a reader."""

    def add(cls: R) -> R:
        one: Reader = cls()
        _READERS[one.name] = one
        return cls

    return add


def all_readers() -> list[Reader]:
    """Every reader, in the order of registration."""
    import limen.data.readers  # noqa: F401  registers the built-in ones

    return list(_READERS.values())


def known_suffixes() -> list[str]:
    """Every suffix that some reader answers to."""
    return sorted(s for r in all_readers() for s in r.suffixes)


def reader_for(path: Path) -> Reader:
    """The reader of a file.

    Args:
        path: The file.

    Raises:
        ReadError: No reader knows it.
    """
    suffix = inner_suffix(path)
    for one in all_readers():
        if suffix in one.suffixes:
            return one
    with open_bytes(path) as file:
        head = file.read(4096)
    name = _guess(head)
    if name is not None:
        return next(r for r in all_readers() if r.name == name)
    raise ReadError(
        f"no reader knows the suffix {suffix!r}." if suffix else "the file has no suffix that tells its format.",
        remedy=f"Name it with one of {', '.join(known_suffixes())} (compressed: .gz, .bz2, .xz, .zst, .zip).",
        where=str(path),
    )


def _guess(head: bytes) -> str | None:
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return "json"
    return None
