"""LIM001."""

from __future__ import annotations

from typing import ClassVar

from limen.before.check.registry import rule
from limen.before.check.rule import EXAMPLES, Hit, Rule, Severity
from limen.before.check.seen_row import SeenRow
from limen.core import Finding
from limen.data import ReadReport


@rule
class Unreadable(Rule):
    """Rows that cannot be read.

    Broken JSON, invalid UTF-8, a NUL character (escaped ones too), a missing column, a row of another kind than the
    rest.

    Why: A trainer stops at such a row, or reads something else in it than its author wrote.

    Example: A JSON Lines file whose line 17 ends in the middle of a string.
    """

    code: ClassVar[str] = "LIM001"
    name: ClassVar[str] = "unreadable-row"
    severity: ClassVar[Severity] = Severity.ERROR
    drops: ClassVar[bool] = True

    def see(self, seen: SeenRow) -> None:
        """Nothing: reading itself has noted what it could not read."""

    def findings(self, report: ReadReport) -> list[Finding]:
        """How many rows could not be read."""
        problems = report.problems[:EXAMPLES]
        notes = [f"line {p.line}: {p.what}" if p.line else p.what for p in problems]
        return [
            self.counted(
                [Hit("", p.index, note) for p, note in zip(problems, notes, strict=True)],
                report.problem_count,
                report.problem_count + report.rows_read,
                title="Rows that cannot be read: {count} of {total} ({share}).",
                clear="All {total} rows can be read.",
                remedy=problems[0].remedy if problems else "",
            )
        ]
