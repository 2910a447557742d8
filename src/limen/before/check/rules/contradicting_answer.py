"""LIM103."""

from __future__ import annotations

import re
from array import array
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from limen.before.check.hit_rows import HitRows
from limen.before.check.keys import key_of, same_reading
from limen.before.check.registry import rule
from limen.before.check.rule import Context, Hit, Rule, Severity
from limen.before.check.seen_row import SeenRow
from limen.core import Finding, RowKind
from limen.data import ReadReport

LONGEST_LABEL = 3
"""Words that an answer may have to be a label."""

LEAST_USES = 3
"""Rows that must give a label for it to be one of a closed set."""

_OPEN, _YES, _NO, _LABEL = range(4)
_YESES = frozenset(
    (
        "yes", "true", "correct", "right", "ja", "oui", "sí", "si", "sim", "да", "是", "はい", "예", "نعم", "हाँ",
        "evet", "tak", "ano", "igen", "vero", "verdadero", "vrai", "wahr",
    )
)  # fmt: skip
_NOES = frozenset(
    (
        "no", "false", "incorrect", "wrong", "nein", "non", "não", "нет", "否", "不是", "いいえ", "아니요", "لا", "नहीं",
        "hayır", "nie", "ne", "nem", "falso", "faux", "falsch",
    )
)  # fmt: skip
_WORD = re.compile(r"[^\W_]+")


@rule
class ContradictingAnswer(Rule):
    """Rows that answer a prompt with one thing where an earlier row answers the same prompt with another.

    Answers contradict each other if one begins with yes and the other with no (or true and false, in several
    languages), or if both are labels: answers of up to three words, each given by at least three rows of the file.
    Prompts are the same but for case, white space and how accents are written. That two longer answers contradict each
    other this rule does not see; `several-answers` counts them. Rated rows are left out: there both answers are meant.

    Why: No model can learn both. The rows cancel each other out, or teach that the answer is a matter of chance.

    Example: "Is 7 a prime?" answered "Yes." on line 3 and "No, it is not." on line 80.
    """

    code: ClassVar[str] = "LIM103"
    name: ClassVar[str] = "contradicting-answer"
    severity: ClassVar[Severity] = Severity.WARNING
    reference: ClassVar[str] = "Deepchecks' documentation, Conflicting Labels."

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._prompts = array("q")
        self._answers = array("q")
        self._kinds = array("b")
        self._rows = HitRows()
        self._total = 0

    def see(self, seen: SeenRow) -> None:
        """Keep the prompt and what its answer says, if that is a yes, a no or short."""
        row = seen.row
        self._total += 1
        if row.kind in (RowKind.RATED, RowKind.TEXT) or not row.answer or not row.prompt:
            return
        kind, answer = _said(row.answer[-1].content)
        if kind != _OPEN:
            self._prompts.append(seen.prompt_key)
            self._answers.append(answer)
            self._kinds.append(kind)
            self._rows.add(row.id, row.index)

    def findings(self, report: ReadReport) -> list[Finding]:
        """How many rows contradict an earlier one."""
        pairs = self._contradictions()

        def hit(at: int) -> Hit:
            i, j = pairs[at]
            told = f"row {self._rows.number(j)} answers otherwise"
            return Hit(*self._rows.one(i), told, others=(self._rows.number(j) - 1,))

        return [
            self.counted(
                hit,
                len(pairs),
                self._total,
                title="Rows that contradict an earlier answer to the same prompt: {count} of {total} ({share}).",
                clear="No short answer or yes and no contradicts another to the same prompt, in {total} rows.",
                remedy="Decide which answer is right, and leave the others out.",
                rows=self._rows.chosen([i for i, _ in pairs]),
            )
        ]

    def _contradictions(self) -> list[tuple[int, int]]:
        """Places of rows, each with that of the first row that it contradicts."""
        prompts, answers = np.array(self._prompts, np.int64), np.array(self._answers, np.int64)
        kinds = np.array(self._kinds, np.int8)
        labels, counts = np.unique(answers[kinds == _LABEL], return_counts=True)
        closed = np.isin(answers, labels[counts >= LEAST_USES])
        usable = np.flatnonzero((kinds != _LABEL) | closed)
        order = usable[np.argsort(prompts[usable], kind="stable")]
        found: list[tuple[int, int]] = []
        for group in _groups(order, prompts):
            for at in range(1, len(group)):
                i = group[at]
                earlier = group[:at]
                against = earlier[(kinds[earlier] != _LABEL) == (kinds[i] != _LABEL)]
                # Of a large group the first few are enough to find one that differs
                differing = against[answers[against] != answers[i]][:1]
                if len(differing):
                    found.append((int(i), int(differing[0])))
        return sorted(found)


def _groups(order: NDArray[np.intp], prompts: NDArray[np.int64]) -> list[NDArray[np.intp]]:
    """Stretches of the order with the same prompt, those of one row left out."""
    if not len(order):
        return []
    keys = prompts[order]
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
    return [g for g in np.split(order, starts[1:]) if len(g) > 1]


def _said(text: str) -> tuple[int, int]:
    """Whether an answer is a yes, a no, a short one or open, and what it says."""
    words = _WORD.findall(text[:200].casefold())
    if not words:
        return _OPEN, 0
    if words[0] in _YESES:
        return _YES, _YES
    if words[0] in _NOES:
        return _NO, _NO
    if len(words) <= LONGEST_LABEL and len(text) <= 60:
        return _LABEL, key_of(same_reading(" ".join(words)))
    return _OPEN, 0
