"""LIM101."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from limen.before.check.hit_rows import HitRows
from limen.before.check.registry import rule
from limen.before.check.rule import Context, Hit, Rule, Severity
from limen.before.check.seen_row import SeenRow
from limen.core import Finding
from limen.data import ReadReport


@rule
class ExactDuplicate(Rule):
    """Rows whose content is the same as that of an earlier row.

    Content is everything that is trained on or rendered: turns, answers, rating, tools. Other columns are left out.

    Why: A row that stands in the file n times is trained on n times as often, and a row on both sides of a split
    makes the evaluation worthless.

    Example: The same question and answer on lines 4 and 912.
    """

    code: ClassVar[str] = "LIM101"
    name: ClassVar[str] = "exact-duplicate"
    severity: ClassVar[Severity] = Severity.WARNING
    reference: ClassVar[str] = (
        "Lee et al. 2021, Deduplicating Training Data Makes Language Models Better, arXiv 2107.06499."
    )
    drops: ClassVar[bool] = True
    compares: ClassVar[bool] = True

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        # 16 bytes a row, so that a file of ten million rows still fits
        self._rows = HitRows()

    def see(self, seen: SeenRow) -> None:
        """Keep the row's id."""
        self._rows.add(seen.row.id, seen.row.index)

    def findings(self, report: ReadReport) -> list[Finding]:
        """How many rows copy an earlier one."""
        _, first, group, sizes = np.unique(self._rows.ids, return_index=True, return_inverse=True, return_counts=True)
        later = np.flatnonzero(first[group] != np.arange(len(self._rows)))

        rows = self._rows.chosen(later).copies(self._rows.indices[first[group[later]]], "the same as")

        def hit(at: int) -> Hit:
            return Hit(*rows.one(at), rows.copy_told(at), others=(rows.copied_by(at),))

        most = int(sizes.max()) if len(sizes) else 0
        return [
            self.counted(
                hit,
                len(later),
                len(self._rows),
                rows=rows,
                title="Word-for-word copies of an earlier row: {count} of {total} rows ({share}).",
                clear="None of {total} rows copies an earlier row word for word.",
                remedy="Remove the copies, unless they are there to weigh a row more.",
                evidence={"most_copies": most},
            )
        ]
