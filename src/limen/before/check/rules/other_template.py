"""LIM208."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from limen.before.check.registry import rule
from limen.before.check.rule import Severity
from limen.before.check.seen_row import SeenRow
from limen.before.check.spotting import Spot, Spotting
from limen.core import Finding, RowKind
from limen.data import ReadReport

# What opens a turn in the templates of models in use, behind the token that begins a text
_OPENING = re.compile(
    r"\s*(?:<s>|<bos>|<\|begin_of_text\|>|<｜begin▁of▁sentence｜>|<\|startoftext\|>)?\s*"
    r"(<\|(?:im_start|start_header_id|start_of_role|start|user|assistant|system)\|>|<start_of_turn>|\[INST\]|"
    r"\[SYSTEM_PROMPT\]|<｜(?:User|Assistant)｜>)"
)


@rule
class OtherTemplate(Spotting):
    """Rows that were rendered with a chat template that is not this model's.

    Rows of plain text and of prompt and completion are looked at: one that begins with the mark that opens a turn in a
    known template (`<|im_start|>`, `[INST]`, `<start_of_turn>`, `<|start_header_id|>` and the like) is named if the
    tokenizer has no token for that mark, and its own template does not write it either. Rows of turns are rendered
    with the model's template, and marks inside them are for `control-token` (LIM406); whether that template can render
    them is for `untrained-row` (LIM202). Needs --model.

    Why: The marks become a dozen pieces of text, which the model learns to write; its deployment sends other ones.

    Example: {"text": "<|im_start|>user ..."}, for a model whose turns begin with `<start_of_turn>`.
    """

    code: ClassVar[str] = "LIM208"
    name: ClassVar[str] = "other-template"
    severity: ClassVar[Severity] = Severity.WARNING
    reference: ClassVar[str] = "Hugging Face Transformers' documentation, Chat templates."
    needs_tokenizer: ClassVar[bool] = True
    title = "Rows that are rendered with another model's chat template: {count} of {total} ({share})."
    clear = "None of {total} rows of text is rendered with another model's chat template."
    remedy = "Write the rows as turns, or render them with this model's own template."

    def looks_at(self, seen: SeenRow) -> bool:
        """Whether nothing but the row itself says how it is rendered."""
        return seen.row.kind in (RowKind.TEXT, RowKind.COMPLETION)

    def spots(self, seen: SeenRow) -> Iterator[Spot]:
        """The mark that the row begins with, if the model does not know it."""
        first = seen.passages[0] if seen.passages else None
        if first is None or first.role != "text" or seen.model is None:
            return
        match = _OPENING.match(first.text)
        if match is not None and not seen.model.knows(match[1]):
            yield Spot(match[1], f"the tokenizer has no token {match[1]}", first.field, match.start(1), match.end(1))

    def findings(self, report: ReadReport) -> list[Finding]:
        """How many rows are rendered so."""
        if not self.context.has_tokenizer:
            return [self.not_encoded("Whether rows are rendered with another model's chat template")]
        return super().findings(report)
