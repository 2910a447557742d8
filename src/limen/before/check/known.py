"""Known: rows that a rule hits and that are not counted: a person has ignored them, or a baseline has them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from limen.before.check.baseline import Baseline
from limen.before.check.hit_rows import HitRows, ranks, sizes_of
from limen.before.check.whole_file import WholeFinding, take


@dataclass(frozen=True)
class IgnoredRow:
    """A row that a person has looked at and lets pass.

    Attributes:
        row: Its id.
        code: The code of the rule that is not to name it.
        reason: Why.
    """

    row: str
    code: str
    reason: str


@dataclass(frozen=True)
class Known:
    """What is not to be counted in the files of one check: what one takes from the baseline is gone for the next.

    Attributes:
        ignored: Rows that are ignored, with their reasons.
        baseline: What was known when the baseline was written.
    """

    ignored: Sequence[IgnoredRow] = ()
    baseline: Baseline = field(default_factory=Baseline)
    _taken: Counter[tuple[str, str]] = field(default_factory=Counter, repr=False, compare=False)
    _spent: dict[tuple[str, str], NDArray[np.uint64]] = field(default_factory=dict, repr=False, compare=False)
    _left: list[WholeFinding] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_left", list(self.baseline.findings))

    def split(self, code: str, subject: str, rows: HitRows) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Which hits are ignored, and which of the others the baseline has; both of shape (hits,).

        A row that stands in the file more often than when the baseline was written is new as often as it was added.

        Args:
            code: The rule's code.
            subject: What the finding is about.
            rows: The hits.
        """
        base = self.baseline.hits.get((code, subject))
        if base is None and not any(one.code == code for one in self.ignored):
            return np.zeros(len(rows), bool), np.zeros(len(rows), bool)
        ids = rows.ids
        ignored = np.zeros(len(ids), bool)
        for one in self.ignored:
            if one.code == code:
                these = ids == np.uint64(int(one.row, 16))
                self._taken[one.code, one.row] += int((these & ~ignored).sum())
                ignored |= these
        if base is None:
            return ignored, np.zeros(len(ids), bool)
        old = np.zeros(len(ids), bool)
        left = ids[~ignored]
        spent = self._spent.get((code, subject), np.empty(0, np.uint64))
        old[~ignored] = ranks(left) + sizes_of(left, spent) < sizes_of(left, base)
        self._spent[code, subject] = np.sort(np.concatenate([spent, ids[old]]))
        return ignored, old

    def has(self, finding: WholeFinding) -> bool:
        """Whether the baseline has a finding on a whole file, which is then gone for the next file.

        Args:
            finding: The finding.
        """
        return take(finding, self._left)

    def adopt(self, other: Known, codes: Iterable[str]) -> None:
        """Take over what another process has counted for some rules, which this one does not run.

        Args:
            other: A copy of this one, made when the other process began.
            codes: Codes of the rules that it ran.
        """
        theirs = set(codes)
        self._taken.update({key: n - self._taken[key] for key, n in other._taken.items() if key[0] in theirs})
        self._spent.update({key: spent for key, spent in other._spent.items() if key[0] in theirs})

    def may_hide(self, code: str, subject: str, row_id: str) -> bool:
        """Whether a row is ignored or in the baseline, however often it is there.

        Args:
            code: The rule's code.
            subject: What the finding is about.
            row_id: The row's id.
        """
        if any(one.code == code and one.row == row_id for one in self.ignored):
            return True
        base = self.baseline.hits.get((code, subject))
        if base is None:
            return False
        at = int(np.searchsorted(base, np.uint64(int(row_id, 16))))
        return at < len(base) and int(base[at]) == int(row_id, 16)

    def not_ignored(self, code: str, rows: HitRows) -> HitRows:
        """The hits that are not ignored, which are those that a new baseline holds.

        Args:
            code: The rule's code.
            rows: The hits.
        """
        these = np.array([int(one.row, 16) for one in self.ignored if one.code == code], dtype=np.uint64)
        if not len(these):
            return rows
        return rows.chosen(~np.isin(rows.ids, these))

    def told(self, codes: Iterable[str]) -> list[str]:
        """A line for each row that is ignored: how often it was hit, and why; one that is not hit at all is told too.

        Args:
            codes: Codes of the rules that ran.
        """
        lines = []
        ran = set(codes)
        for one in self.ignored:
            hits = self._taken[one.code, one.row]
            if hits:
                often = f" ({hits:,} times)" if hits > 1 else ""
                lines.append(f"Row {one.row} is ignored by {one.code}{often}: {one.reason}")
            elif one.code in ran:
                lines.append(f"Row {one.row} is to be ignored by {one.code}, which names no such row in these files.")
        return lines
