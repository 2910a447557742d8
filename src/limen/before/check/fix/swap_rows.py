"""Swap: behind each row that mentions a group, the same row about another: counterfactual data augmentation.

As in Lu, Mardziel, Wu, Amancharla and Datta (2018, arXiv 1807.11714), for gender among others, but for rows with names,
which are left as they are. Where the file mentions more than two groups, a row is added about one of them alone, so
that the rarest gain most. Which rows go to which group is planned on all rows before the first is written: taken in the
order of the file, one sorted by group would not come out level.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from limen.before.check.fix.balance import Balancer, Method
from limen.before.check.fix.mend import NotWritable, mapped
from limen.before.check.groups import Lexicon
from limen.before.check.groups.row_groups import row_groups
from limen.before.check.groups.swap_german import NotSwapped
from limen.before.check.groups.swapping import EACH_OTHER, counterpart_of, counterparts
from limen.before.check.seen_row import SeenRow
from limen.core import Row

_ROUNDS = 1_000
"""Steps in which rows are planned; of a larger file a step takes several rows of a kind together."""

_Kind = tuple[str, tuple[str, ...]]


class Swap(Balancer):
    """Adds a counterpart of each row that has one and does not stand in the file already.

    Eight bytes a row, and about a hundred for each that is added.
    """

    method = Method.SWAP

    def __init__(self, dimension: str, lexicons: Sequence[Lexicon]) -> None:
        super().__init__(dimension, lexicons)
        self._ids = array("Q")
        self._known: NDArray[np.uint64] = np.empty(0, np.uint64)
        self._made: set[int] = set()
        self._rows: Counter[str] = Counter()
        self._kinds: Counter[_Kind] = Counter()
        self._present: frozenset[str] = frozenset()
        self._left: dict[_Kind, Counter[str]] = {}
        self._own: dict[str, set[str]] = {}

    def look(self, row: Row) -> None:
        """Note that the row is there, which groups it mentions, and which of others may take their place."""
        self._ids.append(int(row.id, 16))
        seen = SeenRow(row)
        read = row_groups(seen, self._lexicons)
        groups = read.mentioned.get(self.dimension, frozenset())
        self._rows.update(groups)
        if len(groups) == 1:
            try:
                others = counterparts(row, read.lexicon, self.dimension)
            except NotSwapped:
                return
            if EACH_OTHER not in others:
                self._kinds[next(iter(groups)), tuple(others)] += 1

    def drops(self) -> NDArray[np.int64]:
        """None; what is there is known from now on, and what is to be added is planned."""
        self._known = np.unique(np.array(self._ids, np.uint64))
        self._present = frozenset(self._rows)
        self._left = self._planned()
        return super().drops()

    def added(self, seen: SeenRow, columns: Mapping[str, Any], format: str) -> tuple[Row, dict[str, Any]] | None:
        """The row's counterpart."""
        read = row_groups(seen, self._lexicons)
        groups = read.mentioned.get(self.dimension)
        if groups is None:
            return None
        reason = ""
        try:
            changes = counterparts(seen.row, read.lexicon, self.dimension)
            for other in self._in_order(sorted(groups)[0], tuple(changes)):
                try:
                    made, new = mapped(seen.row, changes[other], columns, format)
                except (NotSwapped, NotWritable) as error:
                    reason = reason or str(error) or "columns"
                    continue
                if self._is_there(made):
                    reason = reason or "counterpart is there"
                    continue
                self._add(made, sorted(groups), tuple(changes), other)
                return made, new
        except NotSwapped as error:
            reason = str(error)
        self.skipped[reason or "no other group in the file"] += 1
        return None

    def why(self, seen: SeenRow) -> str:
        """Nothing: no row is left out or weighed."""
        return ""

    def why_added(self, beside: SeenRow, made: SeenRow) -> str:
        """Which groups take whose place."""
        old, new = (" and ".join(sorted(self.groups_of(one))) for one in (beside, made))
        what = f"{old} in each other's place" if old == new else f"{new or 'others'} in place of {old}"
        return f"adds the row before it again, with {what}"

    def _add(self, made: Row, groups: Sequence[str], others: tuple[str, ...], other: str) -> None:
        self._made.add(int(made.id, 16))
        self._rows.update(groups if other == EACH_OTHER else [other])
        left = self._left.get((groups[0], others))
        if left is not None:
            left[other] -= 1

    def _in_order(self, group: str, others: Sequence[str]) -> list[str]:
        """Those that may take a group's place: those first of which most is left to do, and of equals the rarest."""
        left = self._left.get((group, tuple(others)), Counter())
        return sorted(self._among(group, others), key=lambda other: (-left[other], self._rows[other], other))

    def _among(self, group: str, others: Sequence[str]) -> list[str]:
        """Those that the file mentions, and the group's own counterpart, as men are that of women."""
        if group not in self._own:
            self._own[group] = {counterpart_of(group, one, self.dimension) for one in self._lexicons}
        own = self._own[group]
        return [other for other in others if other == EACH_OTHER or other in self._present or other in own]

    def _planned(self) -> dict[_Kind, Counter[str]]:
        """How many rows of each kind become rows about each other group, so that the groups end as level as they can.

        A kind is the group of rows and those that may take its place. Rows of all kinds take turns, each for the group
        that has fewest by then.
        """
        counts = Counter(self._rows)
        among = {kind: kept for kind in sorted(self._kinds) if (kept := self._among(*kind))}
        plan: dict[_Kind, Counter[str]] = {kind: Counter() for kind in among}
        rounds = min(_ROUNDS, max((self._kinds[kind] for kind in among), default=0))
        for turn in range(rounds):
            for kind, others in among.items():
                rows = self._kinds[kind]
                now = rows * (turn + 1) // rounds - rows * turn // rounds
                fewest = min(others, key=lambda other: (counts[other], other))
                plan[kind][fewest] += now
                counts[fewest] += now
        return plan

    def _is_there(self, row: Row) -> bool:
        value = int(row.id, 16)
        at = int(np.searchsorted(self._known, np.uint64(value)))
        return value in self._made or (at < len(self._known) and int(self._known[at]) == value)
