"""Balance: what `--fix` is asked to do about groups of people, and what it finds on the way."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from limen.before.check.groups import Lexicon
from limen.before.check.groups.row_groups import row_groups
from limen.before.check.seen_row import SeenRow
from limen.core import Row, UsageError


class Method(StrEnum):
    """How groups are balanced."""

    SWAP = "swap"
    REWEIGHT = "reweight"
    REBALANCE = "rebalance"


@dataclass(frozen=True)
class Balance:
    """What is asked for.

    Attributes:
        method: How.
        dimension: Of which groups, such as `gender`.
    """

    method: Method
    dimension: str


def parse_balance(text: str, lexicons: Sequence[Lexicon]) -> Balance:
    """What a user asks for, such as `swap:gender`.

    Args:
        text: Method and dimension.
        lexicons: Which know the dimensions.

    Raises:
        UsageError: There is no such method or dimension.
    """
    method, _, dimension = (part.strip().lower() for part in text.partition(":"))
    if method not in [m.value for m in Method]:
        raise UsageError(f"there is no way to balance called {method!r}.", remedy=f"Say one of: {', '.join(Method)}.")
    known = list(dict.fromkeys(d for one in lexicons for d in one.groups))
    if dimension not in known:
        near = get_close_matches(dimension, known, n=1)
        raise UsageError(
            f"there is no dimension {dimension!r} of groups.",
            remedy=f"Did you mean {method}:{near[0]}?" if near else f"Say one of: {', '.join(known)}.",
        )
    return Balance(Method(method), dimension)


class Balancer(ABC):
    """Is shown every row that rules keep, and then says what becomes of each.

    Args:
        dimension: Of which groups.
        lexicons: Their words.

    Attributes:
        before: Rows by group of what was read, those left out by rules among them.
        after: The same of what is written, by weight where rows have one.
        skipped: Rows that it could not balance, by reason.
    """

    method: Method

    def __init__(self, dimension: str, lexicons: Sequence[Lexicon]) -> None:
        self.dimension = dimension
        self._lexicons = lexicons
        self.before: Counter[str] = Counter()
        self.after: dict[str, float] = {}
        self.skipped: Counter[str] = Counter()

    def groups_of(self, seen: SeenRow) -> frozenset[str]:
        """The groups that a row mentions."""
        return row_groups(seen, self._lexicons).mentioned.get(self.dimension, frozenset())

    @abstractmethod
    def look(self, row: Row) -> None:
        """See a row that rules keep, before anything is written."""

    def drops(self) -> NDArray[np.int64]:
        """Positions of the rows to leave out, sorted; asked once, after the last row was looked at."""
        return np.empty(0, np.int64)

    def column(self, seen: SeenRow) -> tuple[str, float] | None:
        """A further column of a row, by name; None for none."""
        return None

    def added(self, seen: SeenRow, columns: Mapping[str, Any], format: str) -> tuple[Row, dict[str, Any]] | None:
        """A row to be written behind one, with its columns; None for none.

        Args:
            seen: The row as it is written.
            columns: Its columns.
            format: Name of the row format.
        """
        return None

    @abstractmethod
    def why(self, seen: SeenRow) -> str:
        """Why a row is left out or weighed, as the manifest says it.

        Args:
            seen: The row as rules have it.
        """

    def why_added(self, beside: SeenRow, made: SeenRow) -> str:
        """Why a row is added, as the manifest says it.

        Args:
            beside: The row behind which it stands.
            made: The row.
        """
        return ""

    def count(self, before: SeenRow | None, after: SeenRow | None, weight: float = 1.0) -> None:
        """Count a row for the balance before and after.

        Args:
            before: As it was read; None for one that is added or cannot be read.
            after: As it is written; None where it is left out.
            weight: Its weight.
        """
        was = self.groups_of(before) if before is not None else frozenset()
        self.before.update(was)
        if after is not None:
            for group in was if after is before else self.groups_of(after):
                self.after[group] = self.after.get(group, 0.0) + weight

    @property
    def groups(self) -> list[str]:
        """Every group that is mentioned before or after, those with most rows before first."""
        return sorted({*self.before, *self.after}, key=lambda one: (-self.before[one], -self.after.get(one, 0.0), one))

    def told(self) -> dict[str, Any]:
        """What it cost, in numbers, for the manifest."""
        groups = sorted(self.groups)
        return {
            "method": self.method.value,
            "dimension": self.dimension,
            "before": {group: self.before[group] for group in groups},
            "after": {group: round(self.after.get(group, 0.0), 3) for group in groups},
            "skipped": dict(self.skipped.most_common()),
        }
