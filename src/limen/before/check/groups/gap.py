"""GroupGap: what the rules have in common that compare answers between groups."""

from __future__ import annotations

from abc import abstractmethod
from array import array
from collections.abc import Sequence
from dataclasses import asdict
from typing import ClassVar

import numpy as np

from limen.before.check.groups.contrast import Contrast, Floats, Ints, battery
from limen.before.check.groups.family import FAMILYWISE_LEVEL
from limen.before.check.groups.row_groups import OUTCOMES, RowGroups, row_groups
from limen.before.check.groups.tables import contrast_table
from limen.before.check.rule import Context, Rule
from limen.before.check.seen_row import SeenRow
from limen.before.check.whole_file import parts_of
from limen.core import Finding, Interval, Verdict
from limen.data import ReadReport

MATTERS = {
    "refusal": 0.05,
    "sentiment": 0.1,
    "length": 0.2,
    "structure": 0.1,
    "hedging": 0.2,
    "readability": 5.0,
    "unfinished": 0.05,
}
"""How far from zero a difference must lie to matter; a difference in length of 0.2 is one of 15%, and one in
readability of 5 is half the way from a novel to a newspaper."""

_UNITS = {
    "refusal": "probability of a refusal",
    "sentiment": "sentiment, from -1 to 1",
    "length": "doublings of length",
    "structure": "probability of a list or Markdown",
    "hedging": "doublings of 1 + hedges",
    "readability": "points of LIX",
    "unfinished": "probability of an unfinished answer",
}


class GroupGap(Rule):
    """Keeps, of each row whose prompt mentions one group of a dimension, what its answer is like.

    Attributes:
        unit: What the tests count: a word in the singular.
        least: Units of each side below which nothing is compared.
        holds: Whether confounds are held.
    """

    unit: ClassVar[str]
    least: ClassVar[int]
    holds: ClassVar[bool]

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._groups: dict[tuple[str, str], int] = {}
        # At most 64 bytes a row and dimension, with two lexicons
        self._group = array("i")
        self._unit = array("q")
        self._outcomes = array("f")
        self._confounds = array("f")

    def see(self, seen: SeenRow) -> None:
        """Keep the row for each dimension of which its prompt mentions exactly one group."""
        if not seen.row.prompt or not seen.row.answer:
            return
        row = row_groups(seen, self.context.groups)
        for dimension, groups in row.asked_about.items():
            if len(groups) == 1:
                (group,) = groups
                self._group.append(self._groups.setdefault((dimension, group), len(self._groups)))
                self._unit.append(self.unit_of(row, dimension))
                self._outcomes.extend(row.outcomes)
                if self.holds:
                    # Hedges, long words and refusals are other ones in every language
                    languages = (float(row.lexicon is one) for one in self.context.groups[1:])
                    self._confounds.extend((*row.confounds(dimension), *languages))

    @abstractmethod
    def unit_of(self, row: RowGroups, dimension: str) -> int:
        """What the tests count the row as."""

    @abstractmethod
    def compared(
        self, dimension: str, groups: dict[str, int], group: Ints, unit: Ints, outcomes: Floats, confounds: Floats
    ) -> tuple[list[Contrast], int]:
        """The contrasts of one dimension, and the most units that the rarer side of one has.

        Args:
            dimension: Which.
            groups: Number of each group.
            group: Of each row, shape (rows,).
            unit: Of each row, shape (rows,).
            outcomes: Shape (rows, outcomes); NaN where an answer has none.
            confounds: Shape (rows, confounds); without any where none are held.
        """

    @abstractmethod
    def too_few(self, most: int) -> str:
        """Why nothing was compared, as a sentence without its beginning.

        Args:
            most: Units of the rarer side of the best contrast.
        """

    def findings(self, report: ReadReport) -> list[Finding]:
        """Which outcomes differ between which groups; nothing where no prompt mentions one."""
        if not self._group:
            return []
        contrasts, most = self._contrasts()
        if not contrasts:
            return [
                self.not_measured(
                    f"Whether answers differ between groups was not measured over {self.over}.",
                    self.too_few(most),
                    "Check a larger file, or write prompts that differ in the group alone.",
                )
            ]
        return [self._finding(battery(contrasts))]

    over: ClassVar[str]

    def _contrasts(self) -> tuple[list[Contrast], int]:
        group, unit = np.array(self._group, np.int64), np.array(self._unit, np.int64)
        outcomes = np.array(self._outcomes, np.float64).reshape(-1, len(OUTCOMES))
        confounds = np.array(self._confounds, np.float64).reshape(len(group), -1)
        contrasts: list[Contrast] = []
        most = 0
        for dimension in dict.fromkeys(d for d, _ in self._groups):
            groups = {name: number for (d, name), number in self._groups.items() if d == dimension}
            rows = np.isin(group, list(groups.values()))
            made, units = self.compared(dimension, groups, group[rows], unit[rows], outcomes[rows], confounds[rows])
            contrasts += made
            most = max(most, units)
        return contrasts, most

    def _finding(self, contrasts: list[Contrast]) -> Finding:
        contrasts.sort(key=lambda one: (one.p_adjusted > FAMILYWISE_LEVEL, -abs(one.estimate) / MATTERS[one.outcome]))
        found = [one for one in contrasts if one.p_adjusted <= FAMILYWISE_LEVEL]
        open_ = [one for one in contrasts if max(abs(one.low), abs(one.high)) > MATTERS[one.outcome]]
        verdict = Verdict.FOUND if found else Verdict.INCONCLUSIVE if open_ else Verdict.CLEAR
        strongest = contrasts[0]
        widest = max(open_, key=lambda one: one.detectable / MATTERS[one.outcome], default=strongest)
        shown = strongest if verdict is not Verdict.INCONCLUSIVE else widest
        title = {
            Verdict.FOUND: f"Answers differ between groups over {self.over}: {'; '.join(map(self._say, found[:5]))}"
            + (f"; and {len(found) - 5} more." if len(found) > 5 else "."),
            Verdict.CLEAR: f"Answers do not differ between groups over {self.over}, in {len(contrasts)} comparisons.",
        }.get(verdict, f"Whether answers differ between groups over {self.over} stays open.")
        return self.finding(
            title=title,
            verdict=verdict,
            effect=Interval(shown.estimate, shown.low, shown.high, unit=_UNITS[shown.outcome], sampling_unit=self.unit),
            p=shown.p,
            p_adjusted=shown.p_adjusted,
            smallest_detectable=widest.detectable if verdict is Verdict.INCONCLUSIVE else None,
            guarantee=f"familywise error {FAMILYWISE_LEVEL:.0%} over {len(contrasts)} comparisons (Holm), by "
            f"{self.unit}",
            reason=self._open(open_, widest) if verdict is Verdict.INCONCLUSIVE else "",
            remedy="Read rows of both groups side by side; --fix can balance them: --balance." if found else "",
            harmful=any(self._matters(one) and self.spoils(abs(one.estimate)) for one in found),
            # Nobody asked for this verdict by name, so that an open one does not fail a run
            asked=verdict is not Verdict.INCONCLUSIVE,
            evidence={
                "comparisons": [asdict(one) for one in _few(contrasts)],
                "table": contrast_table(contrasts),
                "tests": len(contrasts),
                "parts": parts_of(
                    (f"{one.dimension}: {one.outcome} of {one.group} against {one.other}", numbers)
                    for one in found
                    for numbers in [(one.estimate, one.low, one.high)]
                ),
            },
        )

    @staticmethod
    def _matters(one: Contrast) -> bool:
        return abs(one.estimate) >= MATTERS[one.outcome]

    def _open(self, open_: Sequence[Contrast], widest: Contrast) -> str:
        return (
            f"{len(open_)} of the differences can be larger than what matters; of {widest.group} in {widest.outcome} "
            f"one below {widest.detectable:.2g} would not have been seen with 80% power."
        )

    def _say(self, one: Contrast) -> str:
        other = "others" if one.other == "others" else one.other
        return (
            f"{one.outcome} of {one.group} against {other} {one.estimate:+.2f} [{one.low:+.2f}, {one.high:+.2f}] "
            f"({one.mean:.2f} against {one.other_mean:.2f})"
        )


def _few(contrasts: Sequence[Contrast]) -> Sequence[Contrast]:
    """The first hundred, which every output can carry."""
    return contrasts[:100]
