"""What a row format is: which columns it needs, and how it makes a row of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, TypeVar

from limen.core import Message, RowKind, UsageError


class BadRow(Exception):  # noqa: N818  a verdict on a row that the stream turns into a RowError
    """A row that a format cannot make; the stream adds file, row and line.

    Args:
        what: What was seen and what was expected.
        remedy: What the user does about it.
    """

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy


@dataclass(frozen=True)
class Parts:
    """The parts of a row that a format made; named as in `core.Row`."""

    prompt: tuple[Message, ...]
    answer: tuple[Message, ...]
    rejected: tuple[Message, ...] = ()
    rating: float | None = None
    tools: tuple[dict[str, Any], ...] = ()


class RowFormat(Protocol):
    """Recognises one way to write rows and makes rows of it.

    Attributes:
        name: What `--format` calls it.
        order: When it is tried, the lowest first: a preference pair also looks like an instruction row.
        aliases: Other names for it.
        kind: The kind of row it makes.
        expects: The columns that it needs, for errors.
    """

    name: ClassVar[str]
    order: ClassVar[int]
    aliases: ClassVar[tuple[str, ...]]
    kind: ClassVar[RowKind]
    expects: ClassVar[str]

    def match(self, record: Mapping[str, Any]) -> dict[str, str] | None:
        """Which column plays which role in a record, or None if the format is another one."""

    def parts(self, record: Mapping[str, Any], roles: Mapping[str, str]) -> Parts:
        """The row's parts.

        Args:
            record: The columns.
            roles: Column by role, as `match` gave them for the file.

        Raises:
            BadRow: A column is missing or holds something else.
        """


F = TypeVar("F", bound=type)
_FORMATS: list[RowFormat] = []


def row_format(cls: F) -> F:
    """Register a class as a row format."""
    _FORMATS.append(cls())
    _FORMATS.sort(key=lambda f: f.order)
    return cls


def all_formats() -> list[RowFormat]:
    """Every row format, in the order in which they are tried."""
    return list(_FORMATS)


def get_format(name: str) -> RowFormat:
    """A row format by its name or one of its aliases.

    Raises:
        UsageError: There is none.
    """
    wanted = name.strip().lower()
    for one in _FORMATS:
        if wanted == one.name or wanted in one.aliases:
            return one
    raise UsageError(f"no row format is called {name!r}.", remedy=f"Use one of: {', '.join(f.name for f in _FORMATS)}.")


def column(record: Mapping[str, Any], names: Sequence[str]) -> str | None:
    """The first of some column names that a record has with a value, else the first that it has at all.

    Args:
        record: The columns.
        names: Names in lower case, the most telling first; compared without regard to case.
    """
    by_folded = {key.strip().casefold(): key for key in reversed(list(record))}
    present = [by_folded[n] for n in names if n in by_folded]
    return next((key for key in present if record[key] is not None), present[0] if present else None)
