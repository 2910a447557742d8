"""LIM201."""

from __future__ import annotations

from typing import ClassVar

from limen.before.check.registry import rule
from limen.before.check.rule import Context, Rule, Severity
from limen.before.check.seen_row import SeenRow
from limen.core import Finding, Message
from limen.data import ReadReport


@rule
class EmptyAnswer(Rule):
    """Rows without anything to learn from: no answer, or one of white space only.

    Of a preference pair both answers are looked at. An answer that calls a tool is not empty.

    Why: The model learns to stop at once, or to say nothing.

    Example: {"instruction": "Name a bird.", "output": " "}
    """

    code: ClassVar[str] = "LIM201"
    name: ClassVar[str] = "empty-answer"
    severity: ClassVar[Severity] = Severity.ERROR
    reference: ClassVar[str] = (
        "AlpacaDataCleaned, a cleaned copy of Alpaca's rows: its README lists empty outputs among their faults."
    )
    drops: ClassVar[bool] = True

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._tally = self.new_tally()
        self._total = 0

    def see(self, seen: SeenRow) -> None:
        """Count the row if an answer of it is empty."""
        row = seen.row
        self._total += 1
        if not _says_something(row.answer):
            self._tally.add(row, "no answer")
        elif row.rejected and not _says_something(row.rejected):
            self._tally.add(row, "the rejected answer is empty")

    def findings(self, report: ReadReport) -> list[Finding]:
        """How many rows have no answer."""
        return [
            self.counted(
                self._tally.hits,
                self._tally.count,
                self._total,
                rows=self._tally.rows,
                title="Rows without an answer: {count} of {total} ({share}).",
                clear="All {total} rows have an answer.",
                remedy="Leave these rows out, or write their answers.",
            )
        ]


def _says_something(messages: tuple[Message, ...]) -> bool:
    return any(m.content.strip() or m.extra.get("tool_calls") or m.extra.get("content") for m in messages)
