"""LIM102."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from limen.before.check._minhash import MAX_ROWS, SIMILARITY, MinHashIndex
from limen.before.check.hit_rows import HitRows
from limen.before.check.registry import rule
from limen.before.check.rule import Context, Hit, Rule, SeenRow, Severity
from limen.core import Finding, Verdict
from limen.data import ReadReport


@rule
class NearDuplicate(Rule):
    """Rows that share most of their five-word sequences with an earlier, different row.

    The Jaccard similarity of the sets of word 5-grams is estimated by MinHash; rows with at least 0.8 count.
    Exact copies are LIM101's and do not count here.

    Why: Near copies weigh an example more just as copies do, leak over splits, and often come from one template
    that the model will learn by heart.

    Example: Two rows that differ in a name or in a comma.
    """

    code: ClassVar[str] = "LIM102"
    name: ClassVar[str] = "near-duplicate"
    severity: ClassVar[Severity] = Severity.WARNING
    drops: ClassVar[bool] = True
    compares: ClassVar[bool] = True

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._index = MinHashIndex()

    def see(self, seen: SeenRow) -> None:
        """Keep the row's signature."""
        self._index.add(seen.row.text, int(seen.row.id, 16), seen.row.index)

    def findings(self, report: ReadReport) -> list[Finding]:
        """How many rows nearly copy an earlier one."""
        pairs = self._index.near_copies()

        def hit(at: int) -> Hit:
            pair = pairs[at]
            return Hit(f"{pair.row_id:012x}", pair.index, f"nearly the same as row {pair.of + 1}")

        finding = self.counted(
            hit,
            len(pairs),
            self._index.compared,
            rows=HitRows((p.row_id for p in pairs), (p.index for p in pairs)),
            title="Near copies of an earlier row: {count} of {total} rows ({share}).",
            clear="None of {total} rows nearly copies an earlier row.",
            remedy="Keep one of each group, or say why they repeat.",
            guarantee=f"estimated by MinHash: Jaccard similarity of word 5-grams of at least {SIMILARITY}",
        )
        if self._index.left_out and finding.verdict is Verdict.CLEAR:
            finding = replace(
                finding,
                verdict=Verdict.INCONCLUSIVE,
                reason=f"only the first {MAX_ROWS:,} rows were compared; {self._index.left_out:,} were not.",
                remedy="Check the file in parts.",
            )
        return [finding]
