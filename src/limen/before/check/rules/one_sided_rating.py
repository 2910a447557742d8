"""LIM605."""

from __future__ import annotations

from collections import Counter
from typing import ClassVar

from limen.before.check.registry import rule
from limen.before.check.rule import Context, Rule, Severity, share_interval
from limen.before.check.seen_row import SeenRow
from limen.before.check.whole_file import parts_of
from limen.core import Finding, RowKind, Verdict
from limen.data import ReadReport

SHARE = 0.8
"""Share of one rating from which a constant answer wins most of the reward."""

MOST_RATINGS = 1000
"""Distinct ratings that are counted; of more than these the rating is no label."""


@rule
class OneSidedRating(Rule):
    """Rated rows of which nearly all have the same rating.

    Found if one rating is given to more than 80% of the rows, the lower end of its 95% interval included.

    Why: A reward model that always says this rating is right as often, so that its accuracy says nothing; and rows that
    are nearly all good do not tell what is bad.

    Example: 950 rows with a thumbs up and 50 with a thumbs down.
    """

    code: ClassVar[str] = "LIM605"
    name: ClassVar[str] = "one-sided-rating"
    severity: ClassVar[Severity] = Severity.INFO
    reference: ClassVar[str] = (
        "He and Garcia 2009, Learning from Imbalanced Data; Wilson 1927, Probable Inference, the Law of Succession,"
        " and Statistical Inference (the interval)."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._ratings: Counter[float] = Counter()
        self._total = 0

    def see(self, seen: SeenRow) -> None:
        """Count the rating."""
        rating = seen.row.rating
        if seen.row.kind is RowKind.RATED and rating is not None:
            self._total += 1
            if rating in self._ratings or len(self._ratings) < MOST_RATINGS:
                self._ratings[rating] += 1

    def findings(self, report: ReadReport) -> list[Finding]:
        """How large the share of the most common rating is; nothing where the file holds no ratings."""
        if not self._total:
            return []
        rating, count = self._ratings.most_common(1)[0]
        effect = share_interval(count, self._total)
        one_sided = effect is not None and effect.low > SHARE
        share = f"{count:,} of {self._total:,} rows ({count / self._total:.1%})"
        return [
            self.finding(
                title=f"A constant answer would win: {share} are rated {rating:g}."
                if one_sided
                else f"No rating is nearly everybody's: {share} are rated {rating:g}.",
                verdict=Verdict.FOUND if one_sided else Verdict.CLEAR,
                effect=effect,
                guarantee="every row was read; 95% interval for the source that they are a sample of",
                remedy="Add rows with other ratings, or weigh them, and judge a reward model by more than its accuracy."
                if one_sided
                else "",
                evidence={
                    "count": count,
                    "total": self._total,
                    "share": count / self._total,
                    "parts": parts_of([(f"{rating:g}", (effect.estimate, effect.low, effect.high))] if effect else []),
                    "ratings": {f"{r:g}": n for r, n in self._ratings.most_common(20)},
                },
            )
        ]
