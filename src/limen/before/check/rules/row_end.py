"""LIM210."""

from __future__ import annotations

from typing import ClassVar

from limen.before.check.model_tokens import ModelTokens
from limen.before.check.registry import rule
from limen.before.check.rule import Context, Rule, Severity
from limen.before.check.seen_row import SeenRow
from limen.before.token_ends import ends_twice, never_ends
from limen.core import Finding
from limen.core.wording import plural
from limen.data import ReadReport


@rule
class RowEnd(Rule):
    """Rows whose training does not end in a token that stops generation, or ends in it twice.

    Tokens that stop generation are the tokenizer's end token and those of the model's generation config. One of the
    last three trained tokens must be one of them: templates write a newline or two after a turn. Twice is one of them
    right after another, or the same one with nothing but white space between. An answer that spells out the end token
    as its last text is fine where the trainer then adds none, as TRL does of rows without a template. Rows that are cut
    are left to `truncated-row` (LIM204), and rows of which nothing is trained on to `untrained-row` (LIM202). Needs
    --model.

    Why: A model that never sees the end of an answer does not learn to stop; one that sees it twice learns a turn that
    does not exist.

    Example: A template that ends a turn with `<|im_end|>` where generation stops at `<|endoftext|>` alone; or answers
    that spell out `</s>` and a line break, after which the trainer adds the end token again.
    """

    code: ClassVar[str] = "LIM210"
    name: ClassVar[str] = "row-end"
    severity: ClassVar[Severity] = Severity.WARNING
    reference: ClassVar[str] = "TRL's documentation, SFT Trainer: the end token of rows, and eos_token of SFTConfig."
    needs_tokenizer: ClassVar[bool] = True

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._tally = self.new_tally()
        self._total = 0
        self._twice = 0
        self._model: ModelTokens | None = None

    def see(self, seen: SeenRow) -> None:
        """Count the row if it never ends, or ends twice."""
        row, self._model = seen.encoded, seen.model or self._model
        if row is None or self._model is None or row.truncated or not row.trained.any():
            return
        self._total += 1
        ends = self._model.ends
        if never_ends(row, ends):
            last = int(row.input_ids[-1])
            self._tally.add(
                seen.row,
                f"it ends in {self._model.names([last])}" if last in self._model.special else "it ends in its text",
            )
        elif ends_twice(row, ends, self._model.blank):
            self._twice += 1
            self._tally.add(seen.row, "the end token stands twice")

    def findings(self, report: ReadReport) -> list[Finding]:
        """How many rows end so."""
        if not self.context.has_tokenizer:
            return [self.not_encoded("Whether rows end in a token that stops generation")]
        ends = self._model.ends if self._model else ()
        names = self._model.names(ends) if self._model and ends else "no end token is named anywhere"
        open_ended = self._tally.count - self._twice
        remedies = []
        if open_ended:
            remedies.append(
                "Let the template end the assistant's turn with the model's end token, or name the token that it does "
                "end with in the generation config's eos_token_id."
            )
        if self._twice:
            remedies.append("Take the end token out of the rows' text: the trainer or the template adds it.")
        how = f"{plural(open_ended, 'row')} without it, {self._twice:,} with two; it stops at {names}"
        return [
            self.counted(
                self._tally.hits,
                self._tally.count,
                self._total,
                rows=self._tally.rows,
                title="Rows that do not end once in a trained token that stops generation: {count} of {total} "
                "({share})",
                clear="Each of {total} rows that are not cut ends once in a trained token that stops generation",
                of_all=how,
                remedy=" ".join(remedies),
                evidence={"without_end": open_ended, "twice": self._twice, "ends": list(ends)},
            )
        ]
