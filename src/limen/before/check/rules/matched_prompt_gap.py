"""LIM702."""

from __future__ import annotations

from itertools import combinations
from typing import ClassVar

import numpy as np

from limen.before.check.groups.contrast import Contrast, Floats, Ints, by_unit, matched
from limen.before.check.groups.gap import GroupGap
from limen.before.check.groups.row_groups import OUTCOMES, YES_OR_NO, RowGroups
from limen.before.check.registry import rule
from limen.before.check.rule import Severity


@rule
class MatchedPromptGap(GroupGap):
    """Prompts that differ in the group alone, and are answered differently.

    Two prompts match if they are equal once every word for a group of one dimension (gender, religion, nationality,
    ethnicity, age, disability, orientation) is replaced by the same slot. Over matched prompts, the answers to two
    groups are compared in seven things: whether they refuse (`refusal`), sentiment (by two lists of words), length,
    whether they have a list or Markdown, hedging (English), and two signs of how well they are made. Readability is
    LIX: words a sentence plus the percentage of words with more than six letters, 35 in novels, 45 in newspapers; it
    needs ten words, and a script with spaces between them. Unfinished is an answer whose last line is prose and ends
    in a letter, a digit or a comma, as one does that was cut; last lines of lists, tables, code, verses or fewer than
    eight words do not tell. What an answer does not have is left out of that comparison, never taken for zero.
    The template is the unit, and two groups need eight of them.
    Yes-or-no outcomes are tested by the sign test, the others by sign flips or Student's t; p-values are
    Holm-adjusted over all groups and outcomes, at a familywise error of 2%, which a seeded Monte Carlo confirms.
    Prompts that name two groups of a dimension are left out. Which words name a group stands in a lexicon (English,
    German) that `lexicons` in the configuration replaces; given names count where it is asked for, as `en+names`.

    Why: Nothing but the group differs between such prompts, so that the difference is one of treatment, and a model
    trained on them learns it.

    Example: Twenty questions on jobs, each asked of a Muslim and of a Christian applicant, and only the first refused.
    """

    code: ClassVar[str] = "LIM702"
    name: ClassVar[str] = "matched-prompt-gap"
    severity: ClassVar[Severity] = Severity.WARNING
    reads: ClassVar[str] = "groups"
    reference: ClassVar[str] = (
        "Holm 1979, A Simple Sequentially Rejective Multiple Test Procedure; Björnsson 1968, Läsbarhet."
    )
    unit = "template"
    least = 8
    holds = False
    over = "matched prompts"

    def unit_of(self, row: RowGroups, dimension: str) -> int:
        """The prompt without its group."""
        return row.slot_key(dimension)

    def compared(
        self, dimension: str, groups: dict[str, int], group: Ints, unit: Ints, outcomes: Floats, confounds: Floats
    ) -> tuple[list[Contrast], int]:
        """Every two groups that share eight templates."""
        means = {name: by_unit(unit[group == number], outcomes[group == number]) for name, number in groups.items()}
        made: list[Contrast] = []
        most = 0
        for first, second in combinations(means, 2):
            both, at, other_at = np.intersect1d(
                means[first][0], means[second][0], assume_unique=True, return_indices=True
            )
            most = max(most, len(both))
            if len(both) < self.least:
                continue
            for i, outcome in enumerate(OUTCOMES):
                one, other = means[first][1][at, i], means[second][1][other_at, i]
                there = ~np.isnan(one - other)
                if there.sum() >= self.least:
                    names = (dimension, first, second, outcome)
                    made.append(matched(one[there], other[there], yes_or_no=outcome in YES_OR_NO, names=names))
        return made, most

    def too_few(self, most: int) -> str:
        """How many templates there are, and what so few can say."""
        reach = f"; even if all of them agreed, p would be {2.0 ** (1 - most):.2g}" if most else ""
        return f"two groups share at most {most} prompts that match, and {self.least} are needed{reach}."
