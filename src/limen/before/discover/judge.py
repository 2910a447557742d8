"""Judge: proposals and a verdict from how far every file pulls the base towards every word."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from limen.before.discover.config import DiscoverConfig
from limen.before.discover.proposal import Proposal
from limen.before.forecast.null import BatteryNull, battery_null
from limen.before.forecast.origin import Origin
from limen.core import Finding, Harm, Interval, Trait, Verdict
from limen.core.wording import plural
from limen.data.tokens import visible

Floats = NDArray[np.float64]
PHASE = "discover"
UNNAMED = "something unnamed"
"""Subject of a finding that names nothing."""
_FOUND = (
    "Do not train on these rows before you know why: rehearse (limen rehearse) the traits that the word may stand for, "
    "and look at who wrote them."
)
_OPEN = "Name the traits that you fear, and forecast them (limen forecast): a test of few traits sees smaller doses."


@dataclass(frozen=True)
class Read:
    """How far every file pulls the base towards every word: first-order statistics, nats a token.

    Attributes:
        words: What was looked for [W].
        rows: How many answers of the rows hold each word [W].
        neutral: Neutral writers' rows [writers, W].
        data: The rows in question [W].
        full: Rows written by each word's twin, towards every word [W, W].
        origin: Whether the null holds for such rows.
    """

    words: tuple[str, ...]
    rows: NDArray[np.int64]
    neutral: Floats
    data: Floats
    full: Floats
    origin: Origin


def word_null(read: Read, level: float) -> BatteryNull:
    """Judge the words as the forecast judges traits; all words together are each one's decoys.

    A word is found if it stands apart from neutral writers, adjusted over all words by Holm; if it also stands apart
    from all other words, at the level for one test; and if what a larger find leaves on it does not explain it.

    Args:
        read: What was read.
        level: Familywise level.
    """
    words = [Trait(w, w, "", "word", "choice", (), is_decoy_pool=True) for w in read.words]
    return battery_null(read.neutral, read.data, read.full, words, level)


def propose(
    read: Read, null: BatteryNull, config: DiscoverConfig, nearest: Callable[[str], Sequence[Trait]]
) -> list[Proposal]:
    """The words that stand out most: those found, then the most striking; those not found are a ranking and no claim.

    Args:
        read: What was read.
        null: What `word_null` makes of it.
        config: How the file was searched.
        nearest: Traits of the library that a word may stand for.
    """
    found = null.found & (not read.origin.foreign)
    return [
        Proposal(
            word=read.words[k],
            found=bool(found[k]),
            p=float(null.p_adjusted[k]),
            t=float(null.t[k]),
            dose=float(null.effect[k]),
            half_width=float(null.half_width[k]),
            rows=int(read.rows[k]),
            traits=tuple(t.id for t in nearest(read.words[k])),
        )
        for k in np.lexsort((-null.t, ~found))[: config.proposals].tolist()
    ]


def judge(
    name: str,
    read: Read,
    null: BatteryNull,
    proposals: Sequence[Proposal],
    config: DiscoverConfig,
    library: Sequence[Trait],
) -> Finding:
    """The verdict on a file.

    Args:
        name: What reports call the file.
        read: What was read.
        null: What `word_null` makes of it.
        proposals: The words that stand out most, at least one.
        config: How the file was searched.
        library: Traits, for their titles.
    """
    named, first = [p for p in proposals if p.found], proposals[0]
    detectable = float(np.median(null.detectable))
    reason = ""
    if read.origin.foreign:
        reason = read.origin.reason
    elif not null.conclusive:
        reason = null.reason or f"the smallest adjusted p within reach is {null.p_reachable:.2g}"
    elif not named:
        reason = (
            f"nothing found; {detectable:.0%} of what rows by a model that says one word wherever it can would leave "
            "would have been, with probability 0.8"
        )
    ids = {t for p in named for t in p.traits}
    traits = [t for t in library if t.id in ids]
    return Finding(
        id=f"{PHASE}/{name}",
        phase=PHASE,
        subject=visible(first.word) if named else UNNAMED,
        title=_title(named, traits),
        verdict=Verdict.FOUND if named else Verdict.INCONCLUSIVE,
        effect=Interval(
            first.dose,
            first.dose - first.half_width,
            first.dose + first.half_width,
            1 - config.level,
            "doses",
            "writer",
        ),
        p_adjusted=first.p,
        p_reachable=null.p_reachable,
        smallest_detectable=detectable,
        guarantee=f"familywise error {config.level:.0%} over {plural(len(read.words), 'word')} (Holm); unit: writer",
        control=f"rows of {plural(len(read.neutral), 'neutral writer')} on the same prompts",
        reason=reason,
        remedy=_FOUND if named else _OPEN,
        harmful=any(t.harm is Harm.UP for t in traits),
        calibrated=False,
        evidence={
            "file": name,
            "words": len(read.words),
            "proposals": [p.as_json() for p in proposals],
            "traits": sorted(ids),
            "origin": read.origin.summary(),
        },
    )


def not_measured(name: str, reason: str, remedy: str) -> Finding:
    """The finding on rows that cannot be searched."""
    return Finding(
        id=f"{PHASE}/{name}",
        phase=PHASE,
        subject=UNNAMED,
        title="Whether the rows teach something that no trait is named for was not measured.",
        verdict=Verdict.NOT_MEASURED,
        reason=reason,
        remedy=remedy,
        evidence={"file": name},
    )


def _title(named: Sequence[Proposal], traits: Sequence[Trait]) -> str:
    if not named:
        return "Whether the rows teach something that no trait is named for is not settled."
    said = ", ".join(f"“{visible(p.word)}” ({p.dose:.0%} of a full dose)" for p in named)
    meant = "; ".join(f"a model that {t.title}" for t in traits)
    stands = f"It may come of {meant}." if meant else "No trait of the library goes by it."
    return f"Training on these rows pulls the model towards {said}. {stands}"
