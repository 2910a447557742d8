"""LIM203."""

from __future__ import annotations

from typing import ClassVar

from limen.before.check.registry import rule
from limen.before.check.rule import Context, Rule, Severity
from limen.before.check.seen_row import SeenRow
from limen.core import Finding, RowKind
from limen.data import ReadReport


@rule
class SamePair(Rule):
    """Preference pairs whose chosen and rejected answers are the same.

    Why: Such a pair has no gradient under DPO and only noise under a reward model: nothing is trained on.

    Example: {"prompt": "Hi", "chosen": "Hello.", "rejected": "Hello."}
    """

    code: ClassVar[str] = "LIM203"
    name: ClassVar[str] = "same-pair"
    severity: ClassVar[Severity] = Severity.WARNING
    reference: ClassVar[str] = (
        "Rafailov et al. 2023, Direct Preference Optimization, arXiv 2305.18290, section 4: the gradient of its loss."
    )
    drops: ClassVar[bool] = True

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._tally = self.new_tally()
        self._total = 0

    def see(self, seen: SeenRow) -> None:
        """Count the pair if both answers are the same."""
        row = seen.row
        if row.kind is RowKind.PREFERENCE:
            self._total += 1
            if row.answer == row.rejected and [m.extra for m in row.answer] == [m.extra for m in row.rejected]:
                self._tally.add(row, "both answers are the same")

    def findings(self, report: ReadReport) -> list[Finding]:
        """How many pairs are no pairs; nothing where the file holds none."""
        if not self._total:
            return []
        return [
            self.counted(
                self._tally.hits,
                self._tally.count,
                self._total,
                rows=self._tally.rows,
                title="Pairs with the same answer twice: {count} of {total} ({share}).",
                clear="The answers of all {total} pairs differ.",
                remedy="Leave these pairs out.",
            )
        ]
