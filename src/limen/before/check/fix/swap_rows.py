"""Swap: behind each row that mentions a group, the same row about another: counterfactual data augmentation.

As in Lu, Mardziel, Wu, Amancharla and Datta (2018, arXiv 1807.11714), for gender among others, but for rows with names,
which are left as they are.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from limen.before.check.fix.balance import Balancer, Method
from limen.before.check.fix.mend import NotWritable, mapped
from limen.before.check.groups import Lexicon
from limen.before.check.groups.row_groups import row_groups
from limen.before.check.groups.swap_german import NotSwapped
from limen.before.check.groups.swapping import swap_for
from limen.before.check.seen_row import SeenRow
from limen.core import Row


class Swap(Balancer):
    """Adds the counterpart of each row that has one and does not stand in the file already. Eight bytes a row."""

    method = Method.SWAP

    def __init__(self, dimension: str, lexicons: Sequence[Lexicon]) -> None:
        super().__init__(dimension, lexicons)
        self._ids = array("Q")
        self._known: NDArray[np.uint64] = np.empty(0, np.uint64)

    def look(self, row: Row) -> None:
        """Note that the row is there."""
        self._ids.append(int(row.id, 16))

    def drops(self) -> NDArray[np.int64]:
        """None; what is there is known from now on."""
        self._known = np.unique(np.array(self._ids, np.uint64))
        return super().drops()

    def added(self, seen: SeenRow, columns: Mapping[str, Any], format: str) -> tuple[Row, dict[str, Any]] | None:
        """The row's counterpart."""
        read = row_groups(seen, self._lexicons)
        if self.dimension not in read.mentioned:
            return None
        try:
            change = swap_for(seen.row, read.lexicon, self.dimension)
            made, new = mapped(seen.row, change, columns, format)
            if self._is_there(made):
                self.skipped["counterpart is there"] += 1
                return None
            return made, new
        except NotSwapped as error:
            self.skipped[str(error)] += 1
        except NotWritable:
            self.skipped["columns"] += 1
        return None

    def why(self, seen: SeenRow) -> str:
        """Nothing: no row is left out or weighed."""
        return ""

    def why_added(self, beside: SeenRow, made: SeenRow) -> str:
        """Which groups take whose place."""
        old, new = (" and ".join(sorted(self.groups_of(one))) for one in (beside, made))
        what = f"{old} in each other's place" if old == new else f"{new or 'others'} in place of {old}"
        return f"adds the row before it again, with {what}"

    def _is_there(self, row: Row) -> bool:
        value = np.uint64(int(row.id, 16))
        at = int(np.searchsorted(self._known, value))
        return at < len(self._known) and self._known[at] == value
