"""LIM608."""

from __future__ import annotations

import math
from array import array
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

import numpy as np

from limen.before.check.annotator_effects import (
    LEAST_PROMPTS,
    Compared,
    Judgements,
    agreement_with_most,
    unlike_the_others,
)
from limen.before.check.feature_table import NONE, feature_table, p_text, signed
from limen.before.check.judgements import judgement_of, who_judged
from limen.before.check.keys import key_of
from limen.before.check.masking import masked
from limen.before.check.registry import rule
from limen.before.check.rule import Context, Rule, Severity
from limen.before.check.seen_row import SeenRow
from limen.before.check.shown_position import position_code, shown_first
from limen.before.check.whole_file import parts_of
from limen.before.check.wide_judgements import wide_judgements
from limen.core import Finding, Interval, Row, RowKind, Verdict
from limen.data import ReadReport

FAMILYWISE_LEVEL = 0.02
MATTERS = 0.1
"""How far from the others' a share, or a rating as a part of the ratings' range, must lie to matter."""

MOST_ANNOTATORS = 10_000
"""Annotators that are told apart; judgements of further ones count among the others'."""

_TOLD = 3
_IN_TABLE = 50


@dataclass(frozen=True)
class Measure:
    """Something in which annotators are compared.

    Attributes:
        name: What it is, as in the table.
        above: What an annotator does whose judgements lie above the others'.
        below: Whose lie below.
        unit: Of the difference.
    """

    name: str
    above: str
    below: str
    unit: str


_SHARE = "share of pairs"
RATING = Measure("rating", "rates higher", "rates lower", "points of rating")
AGREEMENT = Measure("agreement with most", "goes with most", "goes against most of the others", _SHARE)
LONGER = Measure("chooses the longer", "chooses the longer answer more often", "less often", _SHARE)
FIRST = Measure("chooses the one shown first", "chooses the answer shown first more often", "less often", _SHARE)


@rule
class AnnotatorEffect(Rule):
    """Annotators who judge unlike the others, where a column says who judged.

    Columns are those of `annotator-agreement`. Of each annotator is told how far the ratings lie above or below the
    others'; of pairs, whether the choice is that of most of the others (where three or more judged), and how much more
    often the longer answer, or the one shown first, is chosen. What both judged is compared where that is on at least
    20 prompts, so that what was judged makes no difference; otherwise all that an annotator judged is compared with
    all that the others did, and the sentence says so: their answers may then have been others, and better or worse.
    Each difference stands with its 95% interval. A test asks whether it would matter who judged (the moments of the
    permutations of annotators, errors clustered by prompt), and p-values are Holm-adjusted over the annotators and
    multiplied by the number of measures. The one furthest off is set aside before the others are judged, so that one
    harsh annotator does not make all others look mild; of two annotators who differ it cannot be told which is off.
    Annotators are numbered as they first appear, since their names are data of persons; the row in which each stands
    first is named beside the number, and names stand in the JSON report, unless rows are left out there.

    Why: What one annotator likes becomes what the model does. A reward learned from one who always gives the best
    rating, chooses at random or by length, teaches that and not the task.

    Example: One of three annotators rates the same 300 answers 1.2 points higher than the others.
    """

    code: ClassVar[str] = "LIM608"
    name: ClassVar[str] = "annotator-effect"
    severity: ClassVar[Severity] = Severity.INFO
    reference: ClassVar[str] = (
        "Mielke and Berry 2007, Permutation Methods: A Distance Function Approach; Holm 1979, A Simple Sequentially "
        "Rejective Multiple Test Procedure."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._named: dict[str, tuple[int, int]] = {}
        # 39 bytes a judgement
        self._units, self._prompts = array("q"), array("q")
        self._who = array("i")
        self._ratings = array("d")
        self._choices, self._longer, self._positions = array("b"), array("b"), array("b")

    def see(self, seen: SeenRow) -> None:
        """Keep who judged what how."""
        row = seen.row
        wide = wide_judgements(row.columns)
        for column, value in wide.items():
            if not isinstance(value, str):
                self._keep(row, column, key_of(f"{row.id} {row.index}"), seen.prompt_key, rating=value)
        who = None if wide else who_judged(row)
        judgement = judgement_of(row) if who is not None else None
        if who is None or judgement is None:
            return
        unit = key_of(repr((seen.prompt_key, judgement[0])))
        if row.kind is RowKind.RATED:
            self._keep(row, who, unit, seen.prompt_key, rating=judgement[1])
        elif judgement[0][0] != judgement[0][1]:
            longer = _length(row, "answer") - _length(row, "rejected")
            self._keep(row, who, unit, seen.prompt_key, choice=int(judgement[1]), longer=longer)

    def _keep(
        self, row: Row, who: str, unit: int, prompt: int, *, rating: float = math.nan, choice: int = -1, longer: int = 0
    ) -> None:
        if who not in self._named and len(self._named) < MOST_ANNOTATORS:
            self._named[who] = len(self._named), row.index
        self._who.append(self._named.get(who, (-1, 0))[0])
        self._units.append(unit)
        self._prompts.append(prompt)
        self._ratings.append(rating)
        self._choices.append(choice)
        self._longer.append((longer > 0) - (longer < 0))
        self._positions.append(position_code(row) if choice >= 0 else 0)

    def findings(self, report: ReadReport) -> list[Finding]:
        """Who judges unlike the others; nothing where no column names who judged."""
        if not self._units:
            return []
        measured = self._measured()
        compared = {measure: found for measure, found in measured.items() if found}
        if not compared:
            return [
                self.not_measured(
                    "Whether some annotators judge unlike the others was not measured.",
                    f"no annotator judged {LEAST_PROMPTS} prompts beside others who judged as many, or all are judged "
                    "alike.",
                    "Name the annotator of more rows, and have some rows judged by three of them.",
                )
            ]
        return [self._finding(compared)]

    def _measured(self) -> dict[Measure, list[Compared]]:
        """By measure, the annotators that can be compared, with p-values adjusted over the measures too."""
        every = self._judgements()
        self._agreed = agreement_with_most(every[AGREEMENT], len(self._named))
        held = {measure: judged for measure, judged in every.items() if len(judged.value)}
        level = FAMILYWISE_LEVEL / max(len(held), 1)
        return {
            measure: unlike_the_others(judged, len(self._named), level=level, agreement=measure is AGREEMENT)
            for measure, judged in held.items()
        }

    def _judgements(self) -> dict[Measure, Judgements]:
        who, unit = np.array(self._who, np.int64), np.array(self._units, np.int64)
        ratings, choices = np.array(self._ratings), np.array(self._choices, np.int64)
        longer, first = np.array(self._longer, np.int64), shown_first(np.array(self._positions, np.int64))
        prompts = np.array(self._prompts, np.int64)
        order = np.lexsort((who, unit))
        # Annotators that are not told apart may judge the same
        once = who < 0
        once[order[:1]] = True
        once[order[1:]] |= (np.diff(unit[order]) != 0) | (np.diff(who[order]) != 0)
        values = {
            RATING: (ratings, ~np.isnan(ratings)),
            AGREEMENT: (choices, choices >= 0),
            LONGER: (longer > 0, longer != 0),
            FIRST: (first > 0, first != 0),
        }
        return {
            measure: Judgements(value.astype(np.float64), unit, prompts, who).only(known & once)
            for measure, (value, known) in values.items()
        }

    def _finding(self, compared: dict[Measure, list[Compared]]) -> Finding:
        tests = [(measure, one) for measure, some in compared.items() for one in some]
        measures = len(compared)
        tests.sort(key=lambda test: (not test[1].found, test[1].p_adjusted, test[1].p))
        found = [test for test in tests if test[1].found]
        ratings = np.array(self._ratings)
        range_ = float(np.nanmax(ratings) - np.nanmin(ratings)) if RATING in compared else 1.0
        widest = max(
            max(abs(one.low), abs(one.high)) / (range_ if measure is RATING else 1.0) for measure, one in tests
        )
        verdict = Verdict.FOUND if found else Verdict.CLEAR if widest <= MATTERS else Verdict.INCONCLUSIVE
        told = [self._say(*test) for test in found[:_TOLD]]
        more = [f"and {len(found) - _TOLD} more"] * (len(found) > _TOLD)
        people = f"{len({one.who for _, one in tests}):,} annotators"
        title = {
            Verdict.FOUND: f"Of {people} some judge unlike the others: " + "; ".join([*told, *more]) + ".",
            Verdict.CLEAR: f"None of {people} judges unlike the others.",
        }.get(verdict, f"Whether some of {people} judge unlike the others stays open.")
        measure, strongest = tests[0]
        open_ = verdict is Verdict.INCONCLUSIVE
        features = [self._told(*test, measures) for test in tests[:_IN_TABLE]]
        return self.finding(
            title=title,
            verdict=verdict,
            effect=Interval(
                strongest.difference, strongest.low, strongest.high, unit=measure.unit, sampling_unit="prompt"
            ),
            p=strongest.p,
            p_adjusted=min(strongest.p_adjusted * measures, 1.0),
            guarantee=f"familywise error {FAMILYWISE_LEVEL:.0%} over {len(tests)} comparisons (Holm), by prompt",
            reason=f"some may lie further than {MATTERS} of the range from the others." if open_ else "",
            remedy="Look at what these annotators judged, tell them the criteria, or leave their judgements out."
            if found
            else "",
            # Nobody asked for this verdict by name, so that an open one does not fail a run
            asked=not open_,
            evidence={
                "comparisons": len(tests),
                "features": features,
                "annotators": [
                    {"annotator": number + 1, "row": row + 1, "text": masked(name)}
                    for name, (number, row) in list(self._named.items())[:_IN_TABLE]
                ],
                "table": feature_table(features, _COLUMNS),
                "parts": parts_of(
                    (f"{measure.name}, annotator {one.who + 1}", (one.difference, one.low, one.high))
                    for measure, one in found
                ),
            },
        )

    def _told(self, measure: Measure, one: Compared, measures: int) -> dict[str, Any]:
        row = list(self._named.values())[one.who][1]
        agreed, of = (int(counts[one.who]) for counts in self._agreed)
        return {
            **asdict(one), "who": one.who + 1, "row": row + 1, "measure": measure.name,
            "p_adjusted": min(one.p_adjusted * measures, 1.0),
            "agreed": agreed if measure is AGREEMENT else None, "of": of if measure is AGREEMENT else None,
        }  # fmt: skip

    def _say(self, measure: Measure, one: Compared) -> str:
        row = list(self._named.values())[one.who][1]
        does = measure.above if one.difference > 0 else measure.below
        if measure in (LONGER, FIRST) and one.difference < 0:
            does = measure.above.replace("more often", measure.below)
        if measure is AGREEMENT:
            agreed, of = (int(counts[one.who]) for counts in self._agreed)
            beside = f"agrees with them in {agreed:,} of {of:,} pairs"
        else:
            beside = "on the same answers" if one.shared else "overall, on other answers"
            beside = beside if measure is RATING else beside.replace("answers", "pairs")
        return (
            f"annotator {one.who + 1} (first in row {row + 1:,}) {does}, "
            f"{signed(one.difference, one.low, one.high)} {measure.unit} ({beside})"
        )


_COLUMNS = {
    "annotator": lambda f: f"annotator {f['who']} (first in row {f['row']:,})",
    "in": lambda f: f["measure"],
    "judgements compared": lambda f: f"{f['count']:,}, {'on the same' if f['shared'] else 'overall'}",
    "above the others": lambda f: signed(f["difference"], f["low"], f["high"]),
    "with most of the others": lambda f: _agreement(f),
    "adjusted p": lambda f: p_text(f["p_adjusted"]),
}


def _agreement(feature: dict[str, Any]) -> str:
    """Share of choices that are those of most of the others, with its Wilson interval."""
    if not feature["of"]:
        return NONE
    from limen.stats import proportion_interval

    low, high = proportion_interval(feature["agreed"], feature["of"])
    return f"{feature['agreed'] / feature['of']:.1%} [{low:.1%}, {high:.1%}]"


def _length(row: Row, side: str) -> int:
    return sum(len(message.content) for message in getattr(row, side))
