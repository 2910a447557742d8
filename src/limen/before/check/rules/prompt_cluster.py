"""LIM804."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from limen.before.check.frames import Frame, framed
from limen.before.check.prompt_sample import READS, PromptSample
from limen.before.check.registry import rule
from limen.before.check.rule import Context, Hit, Rule, Severity
from limen.before.check.seen_row import SeenRow
from limen.core import Finding
from limen.data import ReadReport
from limen.stats import proportion_lower

LEAST = 50
SHARE = 0.1
"""Share of prompts above which one cluster is named."""

LEVEL = 0.02
"""Share of files, in which no kind has more than that, of which one is named."""

ALIKE = 0.5
_HOW = {"begins": "begin alike", "opens": "begin alike", "ends": "end alike", "closes": "end alike"}
_WAYS = 5  # Four frames, and clusters


@rule
class PromptCluster(Rule):
    """Prompts of which more than a tenth are of one kind.

    Of up to 2,000 prompts, drawn at random with a fixed seed, the last turns are compared. Of one kind are those of
    which at least three begin or end with the same four words, or have the same words before the first colon or line
    break, or the same last line. The others are compared as TF-IDF vectors of words: each goes to the most similar
    leader of a cluster (cosine of at least 0.5), or begins a cluster of its own. Found if an exact binomial test of the
    largest kind's share against 10% has a p-value of at most 0.04%: in each of these five ways ten kinds at most can
    have a tenth each, so that of files in which none has more, at most 2% are named. The evidence tells how many kinds
    there are, how many there are in effect (the exponential of Shannon's entropy; Hill 1973), and which share of
    further prompts would be of one of them (Good 1953). Alike in words is not alike in what is asked: two questions on
    one subject in other words are two kinds.

    Why: Rows of one kind weigh as much as they are many. A set of 10,000 rows with 40 kinds of prompt in effect teaches
    40 things, and the largest of them best.

    Example: A third of the prompts begin "Rewrite the following sentence in the passive voice:".
    """

    code: ClassVar[str] = "LIM804"
    name: ClassVar[str] = "prompt-cluster"
    severity: ClassVar[Severity] = Severity.INFO
    reads: ClassVar[str] = READS
    reference: ClassVar[str] = (
        "Hill 1973, Diversity and Evenness; Good 1953, The Population Frequencies of Species and the Estimation of "
        "Population Parameters; Vitter 1985, Random Sampling with a Reservoir."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._sample = PromptSample()

    def see(self, seen: SeenRow) -> None:
        """Keep the prompt, or not, so that each is as likely to be in the sample."""
        if seen.row.prompt:
            self._sample = self._sample.seeing(seen)

    def findings(self, report: ReadReport) -> list[Finding]:
        """How large the largest cluster is; nothing of a few prompts."""
        if len(self._sample) < LEAST:
            return []
        sample = self._sample.prompts
        clusters, frames = kinds(self._sample)
        sizes = np.bincount(clusters)
        largest = int(sizes.argmax())
        shares = sizes / sizes.sum()
        found = stands_out(int(sizes[largest]), len(sample))
        members = [Hit(sample[at].row_id, sample[at].index) for at in np.flatnonzero(clusters == largest).tolist()]
        effective = float(np.exp(-(shares * np.log(shares)).sum()))
        how = _HOW[frames[largest][0]] if largest < len(frames) else "are alike in words"
        numbers = f"{len(sizes):,} kind{'s' if len(sizes) > 1 else ''} ({effective:,.0f} in effect), the largest of "
        numbers += f"{sizes[largest]:,}"
        return [
            self.counted(
                members if found else [],
                len(members) if found else 0,
                len(sample),
                title=f"Prompts of one kind, which {how}: {{count}} of {{total}} ({{share}})",
                clear=f"No kind of prompt stands out among {{total}}: {numbers}",
                of_all=numbers,
                remedy="Read some of them; add other kinds, or sample this one.",
                guarantee=f"{len(sample):,} of {self._sample.total:,} prompts, drawn at random; kinds by words alone",
                evidence={
                    "clusters": len(sizes),
                    "effective_clusters": effective,
                    "largest": int(sizes[largest]),
                    "alike": how,
                    "coverage": 1 - float((sizes == 1).sum()) / len(sample),
                    "prompts": self._sample.total,
                },
            )
        ]


def stands_out(count: int, total: int) -> bool:
    """Whether the largest cluster is more than a tenth of the source that the prompts are a sample of.

    Args:
        count: Its prompts.
        total: Prompts that were sorted.
    """
    # Bonferroni over the kinds that could be the largest: no more than 1 / SHARE can have so many, in each way
    return proportion_lower(count, total, level=1 - LEVEL * SHARE / _WAYS) > SHARE


def kinds(sample: PromptSample) -> tuple[NDArray[np.intp], list[Frame]]:
    """The kind of each prompt: its frame, or its cluster among those without one.

    Args:
        sample: The prompts.

    Returns:
        Numbers of kinds, shape (prompts,), and the frames, whose numbers are the first.
    """
    frames = framed([prompt.frames for prompt in sample.prompts])
    number: dict[Frame, int] = {}
    found = np.array([-1 if one is None else number.setdefault(one, len(number)) for one in frames], np.intp)
    rest = np.flatnonzero(found < 0)
    found[rest] = len(number) + leaders(sample.alike[np.ix_(rest, rest)])
    return found, list(number)


def leaders(alike: NDArray[np.float32]) -> NDArray[np.intp]:
    """The cluster of each text, numbered by their first texts, shape (texts,).

    Args:
        alike: Cosine of every two, shape (texts, texts); a text without words is a cluster of its own.
    """
    found = np.zeros(len(alike), np.intp)
    first: list[int] = []
    for at in range(len(alike)):
        best = int(alike[at, first].argmax()) if first else -1
        if best >= 0 and alike[at, first[best]] >= ALIKE:
            found[at] = best
        else:
            found[at] = len(first)
            first.append(at)
    return found
