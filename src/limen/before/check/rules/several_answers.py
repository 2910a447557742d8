"""LIM104."""

from __future__ import annotations

from array import array
from typing import ClassVar

import numpy as np

from limen.before.check.hit_rows import HitRows
from limen.before.check.keys import answer_key
from limen.before.check.registry import rule
from limen.before.check.rule import Context, Hit, Rule, Severity
from limen.before.check.seen_row import SeenRow
from limen.core import Finding, RowKind
from limen.data import ReadReport


@rule
class SeveralAnswers(Rule):
    """Rows that answer the prompt of an earlier row in other words.

    Prompts and answers are the same but for case, white space and how accents are written. Of a preference pair the
    chosen answer counts; rated rows are left out. Whether the answers contradict each other is another question: see
    `contradicting-answer`.

    Why: Several good answers to one prompt can be meant. They weigh that prompt more than others, and where only one
    answer is right they are the place to look for the wrong ones.

    Example: "Provide a synonym for 'quick'." answered "fast" on line 720 and "rapid" on line 1051.
    """

    code: ClassVar[str] = "LIM104"
    name: ClassVar[str] = "several-answers"
    severity: ClassVar[Severity] = Severity.INFO

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        # 32 bytes a row
        self._prompts = array("q")
        self._answers = array("q")
        self._rows = HitRows()
        self._total = 0

    def see(self, seen: SeenRow) -> None:
        """Keep the keys of prompt and answer."""
        row = seen.row
        self._total += 1
        if row.kind not in (RowKind.RATED, RowKind.TEXT) and row.prompt and row.answer:
            self._prompts.append(seen.prompt_key)
            self._answers.append(answer_key(row.answer))
            self._rows.add(row.id, row.index)

    def findings(self, report: ReadReport) -> list[Finding]:
        """How many rows give another answer than the first row with their prompt."""
        prompts, answers = np.array(self._prompts, np.int64), np.array(self._answers, np.int64)
        _, first, group = np.unique(prompts, return_index=True, return_inverse=True)
        other = np.flatnonzero(answers != answers[first[group]])

        def hit(at: int) -> Hit:
            i = int(other[at])
            number = self._rows.number(first[group[i]])
            return Hit(*self._rows.one(i), f"the prompt of row {number}", others=(number - 1,))

        return [
            self.counted(
                hit,
                len(other),
                self._total,
                title="Rows that answer an earlier row's prompt in other words: {count} of {total} ({share}).",
                clear="No prompt of {total} rows is answered in two ways.",
                remedy="Where only one answer is right, look for the wrong ones here.",
                rows=self._rows.chosen(other),
                evidence={"prompts": len(first)},
            )
        ]
