"""LIM204."""

from __future__ import annotations

from typing import ClassVar

from limen.before.check.registry import rule
from limen.before.check.rule import Context, Rule, Severity
from limen.before.check.seen_row import SeenRow
from limen.core import Finding
from limen.data import ReadReport


@rule
class Truncated(Rule):
    """Rows that are longer than the length at which the trainer cuts them, or than the model's context.

    Tokens are counted with the model's own tokenizer and template. Needs --model; the cut is at --max-length, or else
    where the model's context ends.

    Why: A cut row loses the end of its answer and its end token: the model learns to stop nowhere, or in the middle.

    Example: A long report as a prompt, so that nothing of its summary is left.
    """

    code: ClassVar[str] = "LIM204"
    name: ClassVar[str] = "truncated-row"
    severity: ClassVar[Severity] = Severity.WARNING
    reference: ClassVar[str] = "TRL's documentation, SFT Trainer: where rows are cut."
    needs_tokenizer: ClassVar[bool] = True

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._tally = self.new_tally()
        self._total = 0

    def see(self, seen: SeenRow) -> None:
        """Count the row if its end is cut off."""
        if seen.encoded is None:
            return
        self._total += 1
        if seen.encoded.truncated:
            left = int(seen.encoded.trained.sum())
            self._tally.add(seen.row, f"{left:,} trained tokens are left" if left else "no trained token is left")

    def findings(self, report: ReadReport) -> list[Finding]:
        """How many rows are cut."""
        cut_at = self.context.max_length
        if not self.context.has_tokenizer or cut_at is None:
            known = "the model's config says no context." if self.context.has_tokenizer else "this needs the tokenizer."
            remedy = "Say where with --max-length." if self.context.has_tokenizer else "Name the model with --model."
            return [self.not_measured("Whether rows are cut was not measured.", known, remedy)]
        return [
            self.counted(
                self._tally.hits,
                self._tally.count,
                self._total,
                rows=self._tally.rows,
                title=f"Rows that are cut at {cut_at:,} tokens: {{count}} of {{total}} ({{share}}).",
                clear=f"None of {{total}} rows is cut at {cut_at:,} tokens.",
                remedy=self.context.longer,
                evidence={"max_length": cut_at},
            )
        ]
