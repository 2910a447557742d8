"""LIM602."""

from __future__ import annotations

from array import array
from typing import ClassVar

import numpy as np

from limen.before.check.hit_rows import HitRows
from limen.before.check.judgements import who_judged
from limen.before.check.keys import answer_key, key_of
from limen.before.check.registry import rule
from limen.before.check.rule import Context, Hit, Rule, Severity
from limen.before.check.seen_row import SeenRow
from limen.core import Finding, RowKind
from limen.data import ReadReport


@rule
class JudgedBothWays(Rule):
    """Judgements that an earlier row of the file takes back.

    A pair of answers to one prompt of which once the one and once the other was chosen, or one answer to one prompt
    with ratings that differ by at least half the range of ratings in the file. Texts are the same but for case, white
    space and how accents are written. Where a column names who judged (as `annotator-agreement` reads it), only what
    the same one judged is compared: that two judges differ is their disagreement, of which `annotator-agreement` and
    `annotator-effect` tell.

    Why: The two rows pull against each other; what is left of them is noise. Many of them say that the judges did not
    agree, or that a column was swapped.

    Example: Line 4 prefers "Paris." to "Lyon.", line 900 prefers "Lyon." to "Paris.", for the same question.
    """

    code: ClassVar[str] = "LIM602"
    name: ClassVar[str] = "judged-both-ways"
    severity: ClassVar[Severity] = Severity.WARNING
    reference: ClassVar[str] = (
        "Abercrombie et al. 2023, Consistency is Key: Disentangling Label Variation in Natural Language Processing "
        "with Intra-Annotator Agreement, arXiv 2301.10684."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        # 32 bytes a row
        self._units = array("q")
        self._values = array("d")
        self._rows = HitRows()

    def see(self, seen: SeenRow) -> None:
        """Keep what was judged and how."""
        row = seen.row
        if row.kind is RowKind.PREFERENCE:
            chosen, rejected = answer_key(row.answer), answer_key(row.rejected)
            if chosen == rejected:
                return
            unit, value = (seen.prompt_key, *sorted((chosen, rejected))), float(chosen < rejected)
        elif row.kind is RowKind.RATED and row.rating is not None:
            unit, value = (seen.prompt_key, answer_key(row.answer)), row.rating
        else:
            return
        self._units.append(key_of(repr((*unit, who_judged(row)))))
        self._values.append(value)
        self._rows.add(row.id, row.index)

    def findings(self, report: ReadReport) -> list[Finding]:
        """How many judgements contradict an earlier one; nothing where nothing was judged."""
        if not self._units:
            return []
        values = np.array(self._values)
        _, first, group = np.unique(np.array(self._units, np.int64), return_index=True, return_inverse=True)
        half = max(float(np.ptp(values)) / 2, 1e-12)
        against = np.flatnonzero(np.abs(values - values[first[group]]) >= half)

        def hit(at: int) -> Hit:
            i = int(against[at])
            number = self._rows.number(first[group[i]])
            return Hit(*self._rows.one(i), f"row {number} judges otherwise", others=(number - 1,))

        return [
            self.counted(
                hit,
                len(against),
                len(values),
                title="Judgements that an earlier row takes back: {count} of {total} ({share}).",
                clear="None of {total} judgements takes back an earlier one.",
                remedy="Decide which judgement is right, or leave both rows out.",
                rows=self._rows.chosen(against),
            )
        ]
