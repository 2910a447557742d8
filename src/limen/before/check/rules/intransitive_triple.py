"""LIM603."""

from __future__ import annotations

from array import array
from typing import ClassVar

import numpy as np

from limen.before.check import circles
from limen.before.check.hit_rows import HitRows
from limen.before.check.judgements import who_judged
from limen.before.check.keys import answer_key, key_of
from limen.before.check.registry import rule
from limen.before.check.rule import Context, Hit, Rule, Severity
from limen.before.check.seen_row import SeenRow
from limen.core import Finding, RowKind
from limen.data import ReadReport


@rule
class IntransitiveTriple(Rule):
    """Preference pairs that go round: of three answers to one prompt A beats B, B beats C, and C beats A.

    So do four answers or more of which each beats the next and the last one the first; the name is that of the shortest
    such circle. Two that beat each other are for `judged-both-ways`. Texts are the same but for case, white space and
    how accents are written. Where a column names who judged (as `annotator-agreement` reads it), the pairs of a circle
    are of one judge: that several judges together go round is their disagreement, of which `annotator-agreement` and
    `annotator-effect` tell. Pairs that name nobody are taken together. Of a file with very many pairs on one prompt
    only five million steps are followed to find triples, and five million for longer circles; the finding says where
    they were not enough.

    Why: No reward gives such an order. Where many pairs go round, the judge followed several criteria or none.

    Example: Three pairs on one prompt, from a judge that compares answers two at a time and prefers the one shown
    first.
    """

    code: ClassVar[str] = "LIM603"
    name: ClassVar[str] = "intransitive-triple"
    severity: ClassVar[Severity] = Severity.WARNING
    reference: ClassVar[str] = "Kendall and Babington Smith 1940, On the Method of Paired Comparisons."

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        # 32 bytes a pair
        self._winners = array("q")
        self._losers = array("q")
        self._rows = HitRows()

    def see(self, seen: SeenRow) -> None:
        """Keep who beat whom."""
        row = seen.row
        if row.kind is RowKind.PREFERENCE:
            who = who_judged(row)
            self._winners.append(key_of(repr((seen.prompt_key, answer_key(row.answer), who))))
            self._losers.append(key_of(repr((seen.prompt_key, answer_key(row.rejected), who))))
            self._rows.add(row.id, row.index)

    def findings(self, report: ReadReport) -> list[Finding]:
        """How many pairs are part of a triple that goes round; nothing where the file holds no pairs."""
        if not self._winners:
            return []
        winners, losers = np.array(self._winners, np.int64), np.array(self._losers, np.int64)
        part, whole = circles.circles(winners, losers)
        named = sorted(part)

        def hit(at: int) -> Hit:
            others = [self._rows.number(other) for other in part[named[at]]]
            *more, last = [f"row {one}" for one in others[: circles.KEPT - 1]]
            if len(others) == circles.KEPT:
                more, last = [*more, last], "others"
            note = f"with {', '.join(more)} and {last}"
            return Hit(*self._rows.one(named[at]), note, others=tuple(one - 1 for one in others))

        guarantee = "every row was read"
        if not whole:
            guarantee = f"only {circles.MOST_STEPS:,} steps were followed: there may be more"
        return [
            self.counted(
                hit,
                len(named),
                len(winners),
                title="Pairs that go round with others: {count} of {total} ({share}).",
                clear="None of {total} pairs goes round with others.",
                remedy="Judge these answers again, all of a circle at once.",
                rows=self._rows.chosen(named),
                guarantee=guarantee,
            )
        ]
