"""Reweight: a column of weights with which each group of a dimension counts as much as the others.

With n_g rows that mention group g and no other of the dimension, N of them in all and k groups, such a row weighs N /
(k n_g), so that each group weighs N/k and all rows as much as before; every other row weighs 1. It is the reweighing
of Kamiran and Calders (Knowledge and Information Systems 33, 2012) without an outcome. Its price is variance: rows of
weights w count as (Σ w)² / Σ w² rows of equal weight (Kish 1965).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from limen.before.check.fix.balance import Balancer, Method
from limen.before.check.groups import Lexicon
from limen.before.check.seen_row import SeenRow
from limen.core import Row, UsageError
from limen.core.wording import plural

COLUMN = "weight"


class Reweight(Balancer):
    """Gives every row a weight."""

    method = Method.REWEIGHT

    def __init__(self, dimension: str, lexicons: Sequence[Lexicon]) -> None:
        super().__init__(dimension, lexicons)
        self._alone: Counter[str] = Counter()
        self._sum = self._squares = 0.0

    def look(self, row: Row) -> None:
        """Count a row that mentions one group.

        Raises:
            UsageError: It has a weight.
        """
        if COLUMN in row.columns:
            raise UsageError(
                f"there is a column {COLUMN!r} already.", remedy="Take it out first, or rename it.", where=row.source
            )
        groups = self.groups_of(SeenRow(row))
        if len(groups) == 1:
            self._alone.update(groups)

    def column(self, seen: SeenRow) -> tuple[str, float]:
        """The row's weight.

        Raises:
            UsageError: Fewer than two groups are mentioned by a row of their own.
        """
        if len(self._alone) < 2:
            raise UsageError(
                f"fewer than two groups by {self.dimension} have a row of their own.",
                remedy="There is nothing to weigh: add rows.",
            )
        weight = self._weight(self.groups_of(seen))
        self._sum += weight
        self._squares += weight * weight
        return COLUMN, weight

    def why(self, seen: SeenRow) -> str:
        """Its weight, and of which group it is."""
        groups = self.groups_of(seen)
        if len(groups) != 1:
            return f"mentions {'several groups' if groups else 'no group'} by {self.dimension} and weighs 1"
        (group,) = groups
        weight = f"{self._weight(groups):g}"
        return f"mentions {group} alone ({plural(self._alone[group], 'such row')}) and weighs {weight}"

    def _weight(self, groups: frozenset[str]) -> float:
        if len(groups) != 1:
            return 1.0
        return round(self._alone.total() / (len(self._alone) * self._alone[next(iter(groups))]), 6)

    @property
    def effective(self) -> float:
        """How many rows of equal weight they count as."""
        return self._sum**2 / self._squares if self._squares else 0.0

    def told(self) -> dict[str, Any]:
        """What it cost, effective rows among it."""
        return {**super().told(), "effective_rows": round(self.effective, 1)}
