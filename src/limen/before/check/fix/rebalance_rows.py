"""Rebalance: rows of the groups that are mentioned more often are left out until all are as rare as the rarest."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from limen.before.check.fix.balance import Balancer, Method
from limen.before.check.groups import Lexicon
from limen.before.check.keys import key_of
from limen.before.check.seen_row import SeenRow
from limen.core import Row, UsageError

LEAST_ROWS = 10
"""Rows that a group must have to be part of the balance: to come down to two would cost the file."""


class Rebalance(Balancer):
    """Leaves out rows that mention one group of the dimension alone; which ones, their content decides.

    Twenty-four bytes a row that mentions one group.
    """

    method = Method.REBALANCE

    def __init__(self, dimension: str, lexicons: Sequence[Lexicon]) -> None:
        super().__init__(dimension, lexicons)
        self._rows: dict[str, tuple[array[int], array[int]]] = {}
        self._target = 0

    def look(self, row: Row) -> None:
        """Keep the place of a row that mentions one group."""
        groups = self.groups_of(SeenRow(row))
        if len(groups) == 1:
            keys, indices = self._rows.setdefault(next(iter(groups)), (array("q"), array("q")))
            keys.append(key_of(f"{row.id} {row.index}"))
            indices.append(row.index)

    def drops(self) -> NDArray[np.int64]:
        """All rows of a group but as many as the rarest has.

        Raises:
            UsageError: Fewer than two groups have ten rows of their own.
        """
        enough = {group: held for group, held in self._rows.items() if len(held[0]) >= LEAST_ROWS}
        for group, held in self._rows.items():
            if group not in enough:
                self.skipped[f"rows of {group}, who have fewer than {LEAST_ROWS}"] = len(held[0])
        if len(enough) < 2:
            raise UsageError(
                f"fewer than two groups by {self.dimension} have {LEAST_ROWS} rows of their own.",
                remedy="There is nothing to bring down: add rows, or try swap.",
            )
        target = self._target = min(len(keys) for keys, _ in enough.values())
        left_out = [np.array(indices)[np.argsort(np.array(keys))[target:]] for keys, indices in enough.values()]
        return np.sort(np.concatenate(left_out)).astype(np.int64)

    def why(self, seen: SeenRow) -> str:
        """That its group has more rows than the rarest."""
        (group,) = self.groups_of(seen)
        had = len(self._rows[group][0])
        return f"mentions {group} alone; of {had:,} such rows {self._target:,} stay, as many as the rarest group has"
