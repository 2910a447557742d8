"""LIM209."""

from __future__ import annotations

from typing import ClassVar

from limen.before.check.registry import rule
from limen.before.check.rule import Context, Rule, Severity
from limen.before.check.seen_row import SeenRow
from limen.before.token_ends import starts_twice
from limen.core import Finding
from limen.data import ReadReport

_TWICE, _LOST = "it begins with two start tokens", "it begins without the start token"


@rule
class RowStart(Rule):
    """Rows that begin with two start tokens, or without the one that the tokenizer puts in front of a text.

    Rows are looked at as the trainer tokenizes them. A row of turns is rendered by the chat template, which has to
    write the start token itself, since nothing else adds it there; it counts as lost only where the tokenizer does
    begin other texts with it. Whether rendering first and tokenizing afterwards would double it, `limen doctor` tries
    (DOC102). Needs --model.

    Why: No model has seen a text with two start tokens in pretraining, and one that was trained with it has seen none
    without: fine-tuned so it answers worse when it is served as usual.

    Example: A text column that spells out `<s>`, for a tokenizer that adds `<s>`; or a ChatML template put onto a
    model whose texts begin with `<s>`.
    """

    code: ClassVar[str] = "LIM209"
    name: ClassVar[str] = "row-start"
    severity: ClassVar[Severity] = Severity.WARNING
    reference: ClassVar[str] = (
        "Transformers' documentation, Chat templates: special tokens are the template's business."
    )
    needs_tokenizer: ClassVar[bool] = True

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._tally = self.new_tally()
        self._total = 0
        self._lost = 0

    def see(self, seen: SeenRow) -> None:
        """Count the row if it has two start tokens, or none where it should have one."""
        if seen.encoded is None or seen.model is None:
            return
        self._total += 1
        start, ids = seen.model.start, seen.encoded.input_ids
        if start is None or not len(ids):
            return
        if starts_twice(seen.encoded, start):
            self._tally.add(seen.row, f"{_TWICE}, {seen.model.names([start])}")
        elif seen.model.adds_start and ids[0] != start:
            self._lost += 1
            self._tally.add(seen.row, f"{_LOST}, {seen.model.names([start])}")

    def findings(self, report: ReadReport) -> list[Finding]:
        """How many rows begin so."""
        if not self.context.has_tokenizer:
            return [self.not_encoded("Whether rows begin with one start token")]
        twice = self._tally.count - self._lost
        remedies = []
        if twice:
            remedies.append("Take the start token out of the rows' text, or set add_bos_token=False.")
        if self._lost:
            remedies.append("Have the chat template write the start token ({{ bos_token }}) first.")
        return [
            self.counted(
                self._tally.hits,
                self._tally.count,
                self._total,
                rows=self._tally.rows,
                title="Rows that begin with two start tokens or, where texts have one, with none: {count} of {total} "
                "({share}).",
                clear="Each of {total} rows begins as the tokenizer begins a text: with one start token, or none if it "
                "has none.",
                remedy=" ".join(remedies),
                evidence={"twice": twice, "lost": self._lost},
            )
        ]
