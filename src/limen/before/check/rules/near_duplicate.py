"""LIM102."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from limen.before.check._minhash import SIMILARITY, MinHashIndex, jaccard, shingle_set
from limen.before.check.hit_rows import HitRows
from limen.before.check.registry import rule
from limen.before.check.rule import Context, Hit, Rule, Severity
from limen.before.check.seen_row import SeenRow
from limen.core import Finding
from limen.data import ReadReport

_NONE = np.empty(0, np.uint32)


@rule
class NearDuplicate(Rule):
    """Rows that share most of their five-word sequences with an earlier, different row.

    Rows count whose sets of word 5-grams have a Jaccard similarity of at least 0.8. MinHash proposes pairs, of which it
    misses about five in ten thousand at 0.8 and fewer above; the similarity of those is then computed. Exact copies are
    LIM101's and do not count here.

    Why: Near copies weigh an example more just as copies do, leak over splits, and often come from one template
    that the model will learn by heart.

    Example: Two rows that differ in a name or in a comma.
    """

    code: ClassVar[str] = "LIM102"
    name: ClassVar[str] = "near-duplicate"
    severity: ClassVar[Severity] = Severity.WARNING
    reference: ClassVar[str] = (
        "Broder 1997, On the Resemblance and Containment of Documents (MinHash); Li and König 2010, b-Bit Minwise "
        "Hashing; Lee et al. 2021, arXiv 2107.06499, on why."
    )
    drops: ClassVar[bool] = True
    compares: ClassVar[bool] = True

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        # 80 bytes a row, so that a file of ten million rows still fits
        self._index = MinHashIndex()
        self._rows = HitRows()
        self._places = np.empty(0, np.int64)
        self._later, self._earlier, self._last_use = self._places, self._places, self._places
        self._wanted = self._places
        self._sets: dict[int, NDArray[np.uint32]] = {}
        self._copies: list[tuple[int, int]] = []

    def see(self, seen: SeenRow) -> None:
        """Keep the row's signature."""
        self._index.add(seen.words, int(seen.row.id, 16))
        self._rows.add(seen.row.id, seen.row.index)

    def again(self) -> Sequence[int]:
        """Rows of the pairs that are proposed."""
        pairs = self._index.proposed()
        self._later, self._earlier = pairs[:, 0].copy(), pairs[:, 1].copy()
        # Pairs are sorted by the later row, so that the last one stands for each earlier row
        self._last_use = np.full(len(self._index), -1)
        self._last_use[self._earlier] = self._later
        self._places = np.unique(pairs)
        self._wanted = self._rows.indices[self._places]
        return self._wanted.tolist()

    def see_again(self, seen: SeenRow) -> None:
        """Compute how similar the row is to the earlier ones that it may copy, until it copies one."""
        place = int(self._places[np.searchsorted(self._wanted, seen.row.index)])
        own = shingle_set(seen.words)
        begin, end = np.searchsorted(self._later, [place, place + 1])
        partners = self._earlier[begin:end].tolist()
        copied = next((one for one in partners if jaccard(own, self._sets.get(one, _NONE)) >= SIMILARITY), None)
        if copied is not None:
            self._copies.append((place, copied))
        for one in partners:
            if self._last_use[one] == place:
                self._sets.pop(one, None)
        if self._last_use[place] >= 0:
            self._sets[place] = own

    def findings(self, report: ReadReport) -> list[Finding]:
        """How many rows nearly copy an earlier one."""
        pairs = np.array(self._copies, np.int64).reshape(-1, 2)
        rows = self._rows.chosen(pairs[:, 0]).copies(self._rows.indices[pairs[:, 1]], "nearly the same as")

        def hit(at: int) -> Hit:
            return Hit(*rows.one(at), rows.copy_told(at), others=(rows.copied_by(at),))

        return [
            self.counted(
                hit,
                len(rows),
                len(self._index),
                rows=rows,
                title="Near copies of an earlier row: {count} of {total} rows ({share}).",
                clear="None of {total} rows nearly copies an earlier row.",
                remedy="Keep one of each group, or say why they repeat.",
                guarantee=f"every row named has a Jaccard similarity of word 5-grams of at least {SIMILARITY}; "
                "candidates are proposed by MinHash",
            )
        ]
