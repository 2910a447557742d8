"""Renaming: which columns of a source stand for those that a row format needs, as `--format` says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from limen.core import UsageError

EXAMPLE = "prompt=question,completion=reply"


@dataclass(frozen=True)
class Renaming:
    """Columns under the names that formats know.

    Attributes:
        columns: The source's own name of each: `prompt` → `question`; none where they are named as formats know them.
    """

    columns: Mapping[str, str]

    @classmethod
    def parse(cls, text: str) -> Renaming | None:
        """What a format option says of columns; None where it names a format.

        Args:
            text: Such as `prompt=question,completion=reply`.

        Raises:
            UsageError: It is written otherwise, or says something twice.
        """
        if "=" not in text:
            return None
        pairs = [part.partition("=") for part in text.split(",")]
        columns = {name.strip().lower(): column.strip() for name, _, column in pairs}
        whole = len(columns) == len(set(columns.values())) == len(pairs)
        if not whole or not all(columns) or not all(columns.values()):
            raise UsageError(
                f"{text!r} does not say which columns are meant.",
                remedy=f"Write each once, as NAME=COLUMN, joined by commas: --format {EXAMPLE}.",
            )
        return cls(columns)

    def renamed(self, record: Mapping[str, Any]) -> Mapping[str, Any]:
        """A record under the names that formats know; a column that has such a name and is not meant is left out.

        Args:
            record: The columns of a row.
        """
        if not self.columns:
            return record
        meant = set(self.columns.values())
        rest = {k: v for k, v in record.items() if k not in meant and k.strip().lower() not in self.columns}
        return rest | {name: record[column] for name, column in self.columns.items() if column in record}

    def missing(self, record: Mapping[str, Any]) -> str | None:
        """The first column that is meant and that a record lacks.

        Args:
            record: The columns of a row.
        """
        return next((column for column in self.columns.values() if column not in record), None)

    def own(self, name: str) -> str:
        """What the source calls a column.

        Args:
            name: What a format calls it.
        """
        return self.columns.get(name, name)

    def told(self, text: str) -> str:
        """What is said of a column, by the name that the source has for it.

        Args:
            text: In which the columns that formats know stand in quotes.
        """
        for name, column in self.columns.items():
            text = text.replace(repr(name), repr(column))
        return text
