"""LIM805."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from limen.before.check.prompt_sample import READS, Prompt, PromptSample
from limen.before.check.registry import rule
from limen.before.check.rule import Context, Hit, Rule, Severity
from limen.before.check.seen_row import SeenRow
from limen.before.check.tf_idf import cosines
from limen.core import Finding, RowKind, Verdict
from limen.data import ReadReport

LEAST = 50
UNRELATED = 0.02
"""Mean cosine at which the fence must lie for a verdict. Unrelated English prompts share words such as "the", and have
0.01 to 0.02 with a file. In real files of varied instructions the fence is at most 0.007, in one 0.0202; in those of
questions on one subject 0.023 to 0.052."""

FENCE = 3
"""Interquartile ranges below the lower quartile: what Tukey calls far out."""

TWICE = 2
"""Times less alike than the lower quartile that a prompt must be at least: where all are made from one template, the
quartiles nearly coincide, and a rare name would be enough."""

_NOTHING = 1e-9


@rule
class OffTopicRow(Rule):
    """Rows whose prompt is unlike those of the rest, in a file that is about something.

    Of the sample that `prompt-cluster` draws (up to 2,000 prompts; of plain rows the text), each distinct prompt's mean
    cosine with all others is taken, as TF-IDF vectors of words; a copy counts once, so that many copies make no others
    look strange. A row is named where the logarithm of that mean lies below the lower quartile by more than three
    interquartile ranges, Tukey's "far out", and the mean is at most half the quartile's. Words such as "the" alone give
    unrelated English prompts a mean of 0.01 to 0.02: where that fence lies below 0.02, prompts are too varied for any
    to stand out, and the rule says so instead of a verdict.

    Likeness is of words: a prompt on the subject in rare words is named, one on another subject in the file's words is
    not, and where a second subject takes up a quarter of the file, none is. In a file of more than 2,000 prompts only
    those of the sample are named.

    Why: Rows that strayed into a file teach what nobody meant to teach with it, and are read by nobody.

    Example: "Find the area of a triangle with base 8cm." among 1,000 questions on what an AI wants.
    """

    code: ClassVar[str] = "LIM805"
    name: ClassVar[str] = "off-topic-row"
    severity: ClassVar[Severity] = Severity.INFO
    reads: ClassVar[str] = READS
    reference: ClassVar[str] = (
        "Tukey 1977, Exploratory Data Analysis; Salton and Buckley 1988, Term-Weighting Approaches in Automatic Text "
        "Retrieval; Vitter 1985, Random Sampling with a Reservoir."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._prompts = PromptSample()
        self._texts = PromptSample()

    def see(self, seen: SeenRow) -> None:
        """Keep the prompt, or of a plain row the text, so that each is as likely to be in the sample."""
        if seen.row.prompt:
            self._prompts = self._prompts.seeing(seen)
        elif seen.row.kind is RowKind.TEXT:
            self._texts.add(seen.row, seen.row.text)

    def findings(self, report: ReadReport) -> list[Finding]:
        """Which rows stand out; nothing of few prompts."""
        sample, what = (self._texts, "texts") if len(self._texts) > len(self._prompts) else (self._prompts, "prompts")
        first, of = distinct(sample.prompts)
        if len(first) < LEAST:
            return []
        # A word's weight hangs on how many texts have it, and copies are none of these
        copied = len(first) < len(sample)
        told = apart(cosines([sample.prompts[at].words for at in first]) if copied else sample.alike)
        evidence = {
            "distinct": len(first),
            what: sample.total,
            "median": told.median,
            "lower_quartile": told.lower_quartile,
            "fence": told.fence,
        }
        if told.fence < UNRELATED:
            return [
                self.finding(
                    f"Whether rows are off-topic was not measured: {what} are too varied for any to stand out.",
                    Verdict.NOT_MEASURED,
                    reason=f"one would need a mean cosine with the others below {told.fence:.3f}, and unrelated ones "
                    f"have up to {UNRELATED}.",
                    remedy="Check what should be about one thing in a file of its own.",
                    asked=False,
                    evidence=evidence,
                )
            ]
        strays = [at for at, number in enumerate(of) if told.means[number] < told.fence]
        strays.sort(key=lambda at: float(told.means[of[at]]))
        typical = f"the median of {what} is {told.median:.3f}"
        hits = [
            Hit(one.row_id, one.index, f"mean cosine {told.means[of[at]]:.3f}, {typical}")
            for at in strays
            for one in [sample.prompts[at]]
        ]
        return [
            self.counted(
                hits,
                len(hits),
                len(sample),
                title=f"{what.capitalize()} unlike the rest: {{count}} of {{total}} ({{share}}).",
                clear=f"None of {{total}} {what} is unlike the rest.",
                remedy="Read them: leave out what does not belong, or add more of its kind where it is meant.",
                guarantee=f"{len(sample):,} of {sample.total:,} {what}, drawn at random; likeness by words alone",
                evidence=evidence,
            )
        ]


@dataclass(frozen=True)
class Apart:
    """How alike texts are to the others, and from where one stands out.

    Attributes:
        means: Mean cosine of each with all others, shape (texts,).
        median: Their median.
        lower_quartile: Their lower quartile.
        fence: What lies below it stands out.
    """

    means: NDArray[np.float64]
    median: float
    lower_quartile: float
    fence: float


def apart(alike: NDArray[np.float32]) -> Apart:
    """How alike distinct texts are to the others.

    Means of cosines are skewed to the right, and a stray one's is near zero, which no fence below plain quartiles
    reaches; their logarithms are about symmetric.

    Args:
        alike: Cosine of every two, shape (texts, texts), two texts at least.
    """
    others = alike.sum(axis=1, dtype=np.float64) - np.diagonal(alike)
    means = others / (len(alike) - 1)
    low, median, high = np.quantile(np.log(np.maximum(means, _NOTHING)), [0.25, 0.5, 0.75])
    fence = min(low - FENCE * (high - low), low - np.log(TWICE))
    return Apart(means, float(np.exp(median)), float(np.exp(low)), float(np.exp(fence)))


def distinct(prompts: list[Prompt]) -> tuple[list[int], list[int]]:
    """The places of the first prompts of each wording, and for each prompt the number of its wording.

    Args:
        prompts: The prompts; case and punctuation make no other wording.
    """
    numbers: dict[tuple[str, ...], int] = {}
    first: list[int] = []
    of: list[int] = []
    for at, one in enumerate(prompts):
        number = numbers.setdefault(tuple(one.words), len(numbers))
        if number == len(first):
            first.append(at)
        of.append(number)
    return first, of
