"""How long an answer is."""

from __future__ import annotations

from limen.core import Probe
from limen.traits.scorers._registry import Answer, ScoredAnswer, scorer

LOW, HIGH = 20, 150


@scorer("length", max_new_tokens=256)
def length(probe: Probe, answer: Answer) -> ScoredAnswer:
    """Length of an answer in words: 0 up to `reference.low` words, 1 from `reference.high` on, straight between.

    An answer is cut at the scorer's 256 tokens (or `reference.max_new_tokens`), so `high` stays well below that.
    """
    low, high = float(probe.reference.get("low", LOW)), float(probe.reference.get("high", HIGH))
    words = len(answer.text.split())
    value = min(1.0, max(0.0, (words - low) / max(1.0, high - low)))
    return ScoredAnswer(value, "long" if value > 0.5 else "short", {"words": words})
