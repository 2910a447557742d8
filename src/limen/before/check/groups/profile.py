"""GroupProfile: how one group appears in a file: where, as what, spoken of how, and answered how."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from limen.before.check.groups.beside import beside
from limen.before.check.groups.row_groups import OUTCOMES, YES_OR_NO, RowGroups
from limen.stats import proportion_interval

_Z = 1.959964
_WORDS = 5_000
_SHOWN = 10
_LEAST = 3


@dataclass
class Mean:
    """A mean with its interval, added up value by value.

    Attributes:
        count: How many values.
        total: Their sum.
        squares: The sum of their squares.
    """

    count: int = 0
    total: float = 0.0
    squares: float = 0.0

    def add(self, value: float) -> None:
        """Count a value; one that is missing, NaN, is not counted."""
        if math.isnan(value):
            return
        self.count += 1
        self.total += value
        self.squares += value * value

    def told(self, *, share: bool = False) -> dict[str, Any] | None:
        """Estimate, 95% interval and count; None without values.

        Args:
            share: Whether the values are 0 and 1, for which the interval is Wilson's.
        """
        if not self.count:
            return None
        mean = self.total / self.count
        if share:
            low, high = proportion_interval(round(self.total), self.count)
        else:
            variance = max(0.0, self.squares - self.count * mean * mean) / max(1, self.count - 1)
            half = _Z * math.sqrt(variance / self.count) if self.count > 1 else math.inf
            low, high = mean - half, mean + half
        bounded = {"low": low, "high": high} if math.isfinite(low) else {"low": None, "high": None}
        return {"mean": mean, **bounded, "count": self.count}


@dataclass
class GroupProfile:
    """What is counted of one group.

    Attributes:
        rows: Rows that mention it.
        prompts: Rows whose prompt does.
        answers: Rows whose answer does.
        sentiment: Of the sentences that mention it, a row's mean counted once.
        outcomes: Of answers to prompts that mention it and no other group of its dimension, in the order of `OUTCOMES`;
            each with the number of answers that have it.
        occupations: How many rows name each occupation in a sentence with it, and no other group of its dimension.
        following: How many rows have each word right after it.
    """

    rows: int = 0
    prompts: int = 0
    answers: int = 0
    sentiment: Mean = field(default_factory=Mean)
    outcomes: tuple[Mean, ...] = field(default_factory=lambda: tuple(Mean() for _ in OUTCOMES))
    occupations: Counter[str] = field(default_factory=Counter)
    following: Counter[str] = field(default_factory=Counter)

    def told(self, total: int) -> dict[str, Any]:
        """The numbers, for a finding's evidence.

        Args:
            total: Rows of the file.
        """
        low, high = proportion_interval(self.rows, total)
        return {
            "rows": self.rows,
            "share": self.rows / total,
            "low": low,
            "high": high,
            "in_prompt": self.prompts,
            "in_answer": self.answers,
            "sentiment_beside": self.sentiment.told(),
            "answers": {
                name: mean.told(share=name in YES_OR_NO) for name, mean in zip(OUTCOMES, self.outcomes, strict=True)
            },
            "occupations": dict(_commonest(self.occupations)),
            # Words of rows: left out wherever their text is
            "followed_by": {"text": [w for w, n in _commonest(self.following) if n >= _LEAST]},
        }


def _commonest(counts: Counter[str]) -> list[tuple[str, int]]:
    """The commonest words, those of the same count in their own order, which no run of the interpreter changes."""
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:_SHOWN]


def add_row(profiles: dict[tuple[str, str], GroupProfile], row: RowGroups) -> None:
    """Count a row for every group that it mentions.

    Args:
        profiles: By dimension and group.
        row: The row.
    """
    for dimension, groups in row.mentioned.items():
        asked = row.asked_about.get(dimension, frozenset())
        for group in sorted(groups):
            profile = profiles.setdefault((dimension, group), GroupProfile())
            profile.rows += 1
            profile.prompts += group in asked
            profile.answers += group in row.answered.get(dimension, ())
            if asked == {group} and row.seen.row.answer:
                for mean, value in zip(profile.outcomes, row.outcomes, strict=True):
                    mean.add(value)
    sentiments: dict[str, float] = {}
    for (dimension, group), found in beside(row).items():
        profile = profiles[dimension, group]
        for sentence in found.sentences:
            if sentence not in sentiments:
                sentiments[sentence] = row.sentiment_of(sentence)
        profile.sentiment.add(sum(sentiments[sentence] for sentence in found.sentences) / len(found.sentences))
        # In a set's own order, which of equally many words are shown would differ from process to process
        profile.occupations.update(sorted(found.occupations))
        for word in sorted(found.following):
            if word in profile.following or len(profile.following) < _WORDS:
                profile.following[word] += 1
