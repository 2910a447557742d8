"""LIM106."""

from __future__ import annotations

from array import array
from collections import Counter
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from limen.before.check._minhash import sequences
from limen.before.check.against import WORDS, Against
from limen.before.check.hit_rows import HitRows
from limen.before.check.registry import rule
from limen.before.check.rule import Context, Hit, Rule, Severity
from limen.before.check.seen_row import SeenRow
from limen.core import Finding
from limen.data import ReadReport

COMMON = 10
"""Rows above which a sequence is a set phrase or boilerplate, and no overlap."""


SHARE = 0.5
"""Share of a text's sequences from which a row holds enough of it."""


@rule
class OverlappingText(Rule):
    """Rows that hold at least half of the thirteen-word sequences of a text that they must not overlap with.

    Files are named with --against. Case and punctuation do not count, and a sequence that stands in more than ten rows
    is left aside: both as in appendix C of the paper on GPT-3 (arXiv 2005.14165). That paper counts any row with one
    such sequence; the evidence tells how many those are, but most of them share no more than a set phrase or the
    wording of a task. So half of a text is asked for, each sequence counting for the first text that has it. Texts of
    fewer than thirteen words have none: those LIM105 compares as a whole. A paraphrase shares none, and two texts that
    quote the same source do. One row is enough to fail.

    Why: A model that has read half of a test's question answers it from memory, and the score says nothing.

    Example: A row whose answer quotes a passage on which the benchmark asks its questions.
    """

    code: ClassVar[str] = "LIM106"
    name: ClassVar[str] = "overlapping-text"
    severity: ClassVar[Severity] = Severity.WARNING
    reference: ClassVar[str] = "Brown et al. 2020, Language Models are Few-Shot Learners, appendix C, arXiv 2005.14165."
    needs_against: ClassVar[bool] = True
    any_row_fails: ClassVar[bool] = True

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        # Rows with a sequence that is held, how many each has, and where these are held: 4 bytes a sequence
        self._rows = HitRows()
        self._counts = array("I")
        self._places = array("I")
        self._total = 0

    def see(self, seen: SeenRow) -> None:
        """Keep which sequences of the row are held."""
        if self.context.against is None:
            return
        self._total += 1
        found = self.context.against.sequences.places(sequences(seen.words, WORDS))
        if len(found):
            self._counts.append(len(found))
            self._places.extend(found.tolist())
            self._rows.add(seen.row.id, seen.row.index)

    def findings(self, report: ReadReport) -> list[Finding]:
        """How many rows hold enough of a text."""
        against = self.context.against
        if against is None:
            return [self.not_compared("Whether rows share sequences of words with a validation set or a benchmark")]
        named, texts, shares, anything = self._shared(against)

        def hit(at: int) -> Hit:
            file, number = against.place(int(texts[at]))
            note = f"{shares[at]:.0%} of the sequences of {WORDS} words of a text in record {number:,} of {file}"
            return Hit(*self._rows.one(int(named[at])), note)

        files = Counter(against.place(text)[0] for text in texts.tolist())
        return [
            self.counted(
                hit,
                len(named),
                self._total,
                rows=self._rows.chosen(named),
                title="Rows that share much of a text with the files that they are compared with: {count} of {total} "
                "({share}).",
                clear="None of {total} rows shares much of a text with the files that they are compared with.",
                remedy="Read them: leave out what would give a test's question or answer away.",
                evidence={"files": dict(files.most_common()), "any_sequence": anything},
            )
        ]

    def _shared(self, against: Against) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], int]:
        """Rows, each with the text of which it holds most and the share; and how many rows hold any rare sequence."""
        places = np.array(self._places, np.int64)
        owners = np.repeat(np.arange(len(self._rows)), np.array(self._counts, np.int64))
        held = against.sequences
        common = np.bincount(places, minlength=len(held.codes)) > COMMON
        sizes = np.bincount(held.texts[~common], minlength=len(against.records))
        rare = ~common[places]
        width = max(len(against.records), 1)
        pairs, counts = np.unique(owners[rare] * width + held.texts[places[rare]], return_counts=True)
        rows, texts = np.divmod(pairs, width)
        shares = counts / sizes[texts]
        # The largest share of each row first
        order = np.lexsort((texts, -shares, rows))
        rows, texts, shares = rows[order], texts[order], shares[order]
        distinct, first = np.unique(rows, return_index=True)
        enough = shares[first] >= SHARE
        return distinct[enough], texts[first][enough], shares[first][enough], len(distinct)
