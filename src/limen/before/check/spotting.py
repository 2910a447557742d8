"""Rules that name a row by what stands at one place in it."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from limen.before.check.rule import Context, Rule
from limen.before.check.seen_row import SeenRow
from limen.core import Finding
from limen.data import ReadReport


@dataclass(frozen=True)
class Spot:
    """What a rule found at one place.

    Attributes:
        kind: What it is, as the finding counts it.
        note: What a person is told; no row content goes into it unmasked.
        field: The passage.
        start: Where in the passage it begins, in characters.
        end: Where it ends.
    """

    kind: str
    note: str
    field: str
    start: int
    end: int


class Spotting(Rule):
    """Counts rows by the first spot in each, and by kind of spot.

    Attributes:
        title: What to say where some row has a spot, as in `Rule.counted`.
        clear: What to say where none has.
        remedy: What the user does.
    """

    title: ClassVar[str]
    clear: ClassVar[str]
    remedy: ClassVar[str]

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.tally = self.new_tally()
        self.kinds: Counter[str] = Counter()
        self.total = 0

    @abstractmethod
    def spots(self, seen: SeenRow) -> Iterator[Spot]:
        """Every spot of a row, in order."""

    def looks_at(self, seen: SeenRow) -> bool:
        """Whether the rule concerns this row at all."""
        return True

    def see(self, seen: SeenRow) -> None:
        """Count the row if it has a spot."""
        if not self.looks_at(seen):
            return
        self.total += 1
        first: Spot | None = None
        kinds: set[str] = set()
        for spot in self.spots(seen):
            first = first or spot
            kinds.add(spot.kind)
        if first is not None:
            self.kinds.update(kinds)
            self.tally.add(seen.row, first.note, first.field, first.start, first.end)

    def evidence(self) -> dict[str, Any]:
        """Further numbers: how many rows have a spot of each kind."""
        return {"kinds": dict(self.kinds.most_common())}

    def findings(self, report: ReadReport) -> list[Finding]:
        """How many rows have a spot."""
        return [
            self.counted(
                self.tally.hits,
                self.tally.count,
                self.total,
                title=self.title,
                clear=self.clear,
                remedy=self.remedy,
                evidence=self.evidence(),
                rows=self.tally.rows,
            )
        ]


def phrases(seen: SeenRow, cues: Sequence[str], pattern: re.Pattern[str], kind: str, note: str) -> Iterator[Spot]:
    """A spot for each match in what the model is taught to say.

    Args:
        seen: The row.
        cues: Texts of which one must stand in the row for a match to be possible; in lower case.
        pattern: What is looked for, in lower case.
        kind: What it is.
        note: What a person is told.
    """
    if not any(cue in seen.lowered for cue in cues):
        return
    for passage in seen.passages:
        if passage.answers:
            for match in pattern.finditer(passage.lowered):
                yield Spot(kind, note, passage.field, match.start(), match.end())
