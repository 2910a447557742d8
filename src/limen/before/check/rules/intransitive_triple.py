"""LIM603."""

from __future__ import annotations

from array import array
from collections import defaultdict
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from limen.before.check.hit_rows import HitRows
from limen.before.check.judgements import who_judged
from limen.before.check.keys import answer_key, key_of
from limen.before.check.registry import rule
from limen.before.check.rule import Context, Hit, Rule, Severity
from limen.before.check.seen_row import SeenRow
from limen.core import Finding, RowKind
from limen.data import ReadReport

MOST_STEPS = 5_000_000
"""Paths of two pairs that are followed at most."""


@rule
class IntransitiveTriple(Rule):
    """Preference pairs that go round: of three answers to one prompt A beats B, B beats C, and C beats A.

    Texts are the same but for case, white space and how accents are written. Where a column names who judged (as
    `annotator-agreement` reads it), the three pairs are of one judge: that several judges together go round is their
    disagreement, of which `annotator-agreement` and `annotator-effect` tell. Pairs that name nobody are taken together.
    Of a file with very many pairs on one prompt only five million paths are followed; the finding says where they were
    not enough.

    Why: No reward gives such an order. Where many triples go round, the judge followed several criteria or none.

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
        part, whole = _going_round(winners, losers)
        named = sorted(part)

        def hit(at: int) -> Hit:
            one, other = map(self._rows.number, part[named[at]])
            return Hit(*self._rows.one(named[at]), f"with row {one} and row {other}", others=(one - 1, other - 1))

        guarantee = "every row was read"
        if not whole:
            guarantee = f"only {MOST_STEPS:,} paths were followed: there may be more"
        return [
            self.counted(
                hit,
                len(named),
                len(winners),
                title="Pairs that go round with two others: {count} of {total} ({share}).",
                clear="No three of {total} pairs go round.",
                remedy="Judge these answers again, all three at once.",
                rows=self._rows.chosen(named),
                guarantee=guarantee,
            )
        ]


def _going_round(winners: NDArray[np.int64], losers: NDArray[np.int64]) -> tuple[dict[int, tuple[int, int]], bool]:
    """Pairs in triples that go round, each with its two others, and whether every path was followed."""
    # Only a pair whose winner also loses, and whose loser also wins, can be part of a circle
    kept = np.flatnonzero((winners != losers) & np.isin(winners, losers) & np.isin(losers, winners))
    after: dict[int, list[int]] = defaultdict(list)
    closing: dict[tuple[int, int], int] = {}
    for i in kept.tolist():
        after[int(winners[i])].append(i)
        closing.setdefault((int(winners[i]), int(losers[i])), i)
    part: dict[int, tuple[int, int]] = {}
    steps = 0
    for i in kept.tolist():
        for j in after[int(losers[i])]:
            steps += 1
            if steps > MOST_STEPS:
                return part, False
            last = closing.get((int(losers[j]), int(winners[i])))
            if last is not None:
                part.setdefault(i, (j, last))
                break
    return part, True
