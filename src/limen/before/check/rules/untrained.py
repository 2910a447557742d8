"""LIM202."""

from __future__ import annotations

from typing import ClassVar

from limen.before.check.registry import rule
from limen.before.check.rule import Context, Rule, Severity
from limen.before.check.seen_row import SeenRow
from limen.core import Finding
from limen.data import ReadReport

_CUT = "it is cut before its answer begins"


@rule
class Untrained(Rule):
    """Rows of which the trainer trains on no token, or which the model's chat template cannot render.

    Tokens are made with the model's own tokenizer and template, masked as TRL's SFTTrainer does with the loss that
    --loss names, and cut where the trainer cuts them. With the loss `auto`, the trainer's default, every token of a
    conversation is trained on, so that one without an answer is not named here, but by `empty-answer` (LIM201), and
    what is trained on besides answers by `prompt-in-loss` (LIM207). Needs --model.

    Why: Such a row costs a place in the batch and teaches nothing; one that cannot be rendered stops the run.

    Example: A prompt so long that the cut leaves nothing of its answer; with `--loss completion` or `assistant`, a
    conversation that ends before the assistant has said anything.
    """

    code: ClassVar[str] = "LIM202"
    name: ClassVar[str] = "untrained-row"
    severity: ClassVar[Severity] = Severity.ERROR
    reference: ClassVar[str] = "TRL's documentation, SFT Trainer: which tokens are trained on."
    needs_tokenizer: ClassVar[bool] = True

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._tally = self.new_tally()
        self._total = 0
        self._refused = 0
        self._cut = 0
        self._remedy = ""

    def see(self, seen: SeenRow) -> None:
        """Count the row if nothing of it is trained on."""
        self._total += 1
        if seen.encoded is None:
            self._refused += 1
            self._remedy = self._remedy or seen.remedy
            self._tally.add(seen.row, seen.refused)
        elif not seen.encoded.trained.any():
            self._cut += seen.encoded.truncated
            self._tally.add(seen.row, _CUT if seen.encoded.truncated else "no token of it is trained on")

    def findings(self, report: ReadReport) -> list[Finding]:
        """How many rows are not trained on."""
        if not self.context.has_tokenizer:
            return [self.not_encoded("Whether each row is trained on")]
        return [
            self.counted(
                self._tally.hits,
                self._tally.count,
                self._total,
                rows=self._tally.rows,
                title="Rows that are not trained on at all: {count} of {total} ({share}).",
                clear="Something of each of {total} rows is trained on.",
                remedy=self._remedy or self._what_to_do(),
                evidence={"cannot_render": self._refused, "cut": self._cut},
            )
        ]

    def _what_to_do(self) -> str:
        if not self._cut:
            return "Leave these rows out, or give them an answer."
        others = self._tally.count - self._cut
        rest = f" {others:,} others have no answer: leave them out, or give them one." if others else ""
        return f"Their answers begin after the cut at {self.context.max_length:,} tokens. {self.context.longer}{rest}"
