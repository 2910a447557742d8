"""LIM607."""

from __future__ import annotations

from array import array
from dataclasses import asdict, dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from limen.before.check.feature_table import p_text
from limen.before.check.hit_rows import HitRows
from limen.before.check.keys import answer_key
from limen.before.check.registry import rule
from limen.before.check.rule import Context, Hit, Rule, Severity
from limen.before.check.seen_row import SeenRow
from limen.core import Finding, RowKind
from limen.data import ReadReport

FAMILYWISE_LEVEL = 0.02
WINS = 2 / 3
"""Share of prompts that an answer must win, the lower end of its interval included."""

LEAST_PROMPTS = 20
"""Prompts on which an answer must stand to be judged."""

LEAST_SHARE = 0.05
"""Share of all prompts on which it must stand: a canned sentence on a few is no reward that one could live on."""

_TOLD = 3
Ints = NDArray[np.int64]


@rule
class ConstantAnswer(Rule):
    """Preference pairs that one answer wins, whatever the prompt.

    Answers are the same but for case, white space and how accents are written; a constant sentence with a changing one
    behind it is not seen. An answer is judged that stands, chosen or rejected, on at least 20 prompts and 5% of all:
    on how many of them it is chosen more often than rejected, with a 95% interval, and the p-value of an exact sign
    test over prompts, Holm-adjusted over the answers judged. Found if the lower end of the interval is above two
    thirds and the p-value at most 2%. Many pairs on one prompt count once, so that the one right answer to a question
    is none that always wins.

    Why: A model can earn most of such a reward by always saying this sentence, and what it says tells nothing of the
    prompt. Where the sentence is a refusal, that is what is taught.

    Example: 300 pairs whose chosen answer is "I cannot say." throughout.
    """

    code: ClassVar[str] = "LIM607"
    name: ClassVar[str] = "constant-answer"
    severity: ClassVar[Severity] = Severity.WARNING
    reference: ClassVar[str] = (
        "Dixon and Mood 1946, The Statistical Sign Test; Holm 1979, A Simple Sequentially Rejective Multiple Test "
        "Procedure."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        # 40 bytes a pair
        self._chosen = array("q")
        self._rejected = array("q")
        self._prompts = array("q")
        self._rows = HitRows()

    def see(self, seen: SeenRow) -> None:
        """Keep the keys of the pair."""
        row = seen.row
        if row.kind is RowKind.PREFERENCE:
            self._chosen.append(answer_key(row.answer))
            self._rejected.append(answer_key(row.rejected))
            self._prompts.append(seen.prompt_key)
            self._rows.add(row.id, row.index)

    def findings(self, report: ReadReport) -> list[Finding]:
        """How many pairs are won by an answer that wins nearly wherever it stands; nothing where there are no pairs."""
        if not self._prompts:
            return []
        chosen, rejected, prompts = (np.array(a, np.int64) for a in (self._chosen, self._rejected, self._prompts))
        if len(np.unique(prompts)) < LEAST_PROMPTS:
            return [
                self.not_measured(
                    "Whether a constant answer would win was not measured.",
                    f"the file holds pairs on fewer than {LEAST_PROMPTS} prompts.",
                    "Check a larger file.",
                )
            ]
        judged = standing(chosen, rejected, prompts)
        found = {one.answer: one for one in judged if one.found}
        won = np.flatnonzero(np.isin(chosen, list(found)) & (chosen != rejected))

        def hit(at: int) -> Hit:
            one = found[int(chosen[won[at]])]
            return Hit(*self._rows.one(int(won[at])), f"its answer wins {one.won:,} of {one.won + one.lost:,} prompts")

        told = [self._say(one, chosen) for one in list(found.values())[:_TOLD]]
        more = [f"and {len(found) - _TOLD} more"] * (len(found) > _TOLD)
        return [
            self.counted(
                hit,
                len(won),
                len(prompts),
                title="Pairs that a constant answer wins: {count} of {total} ({share})",
                clear="No answer wins nearly wherever it stands, in {total} pairs.",
                of_all="; ".join([*told, *more]),
                remedy="Leave most of these pairs out, or give their prompts answers of their own.",
                guarantee=f"every row was read; familywise error {FAMILYWISE_LEVEL:.0%} over {len(judged)} answers "
                f"(Holm), by prompt",
                rows=self._rows.chosen(won),
                evidence={"judged": len(judged), "answers": [self._told(one, chosen) for one in judged[:20]]},
            )
        ]

    def _first(self, one: Standing, chosen: Ints) -> int | None:
        """The number of the first row in which an answer is chosen."""
        at = np.flatnonzero(chosen == one.answer)
        return self._rows.number(int(at[0])) if len(at) else None

    def _told(self, one: Standing, chosen: Ints) -> dict[str, object]:
        figures = {key: value for key, value in asdict(one).items() if key != "answer"}
        return {"row": self._first(one, chosen), **figures}

    def _say(self, one: Standing, chosen: Ints) -> str:
        return (
            f"the chosen one of row {self._first(one, chosen):,} wins {one.won:,} of the {one.won + one.lost:,} "
            f"prompts on which it stands ({one.share:.1%} [{one.low:.1%}, {one.high:.1%}], "
            f"adjusted p {p_text(one.p_adjusted)})"
        )


@dataclass(frozen=True)
class Standing:
    """How one answer stands against the others.

    Attributes:
        answer: Its key.
        won: Prompts on which it is chosen more often than rejected.
        lost: Prompts on which it is rejected more often than chosen.
        share: Of these, how many it wins.
        low: Lower bound of the 95% interval of the share.
        high: Upper bound.
        p: Of an exact sign test over prompts, two-sided.
        p_adjusted: By Holm over the answers judged.
    """

    answer: int
    won: int
    lost: int
    share: float
    low: float
    high: float
    p: float
    p_adjusted: float

    @property
    def found(self) -> bool:
        """Whether it wins nearly wherever it stands."""
        return self.low > WINS and self.p_adjusted <= FAMILYWISE_LEVEL


def standing(chosen: Ints, rejected: Ints, prompts: Ints) -> list[Standing]:
    """The answers that stand on enough prompts, the one that wins most of them first.

    Args:
        chosen: Key of each pair's chosen answer, shape (pairs,).
        rejected: Of its rejected one.
        prompts: Of its prompt.
    """
    from limen.stats import holm, mcnemar_p, proportion_interval

    answers, of = np.unique(np.concatenate([chosen, rejected]), return_inverse=True)
    distinct, on = np.unique(prompts, return_inverse=True)
    # Pairs of the same answer twice add one vote for it and one against it
    places, place = np.unique(of * len(distinct) + np.tile(on, 2), return_inverse=True)
    votes = np.bincount(place, np.repeat([1.0, -1.0], len(chosen)))
    owner = places // len(distinct)
    won = np.bincount(owner, votes > 0, len(answers)).astype(int)
    lost = np.bincount(owner, votes < 0, len(answers)).astype(int)
    least = max(LEAST_PROMPTS, LEAST_SHARE * len(distinct))
    enough: list[int] = np.flatnonzero(won + lost >= least).tolist()
    tests = [mcnemar_p(int(won[i]), int(lost[i])) for i in enough]
    adjusted = holm(tests).tolist() if tests else []
    judged = [
        Standing(
            int(answers[i]),
            int(won[i]),
            int(lost[i]),
            float(won[i] / (won[i] + lost[i])),
            *proportion_interval(int(won[i]), int(won[i] + lost[i])),
            float(p),
            float(p_adjusted),
        )
        for i, p, p_adjusted in zip(enough, tests, adjusted, strict=True)
    ]
    return sorted(judged, key=lambda one: (one.share, one.won), reverse=True)
