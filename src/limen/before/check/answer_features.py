"""What of an answer's form a judge may have gone by: length, format, politeness and the like, read from its words.

English words alone; in other languages length, lists and Markdown are left. The lists of words were written for this
and tuned on nothing.
"""

from __future__ import annotations

import math
import re

from limen.before.check.passages import plain
from limen.traits.scorers.refusal import BARE_REFUSAL, REFUSES

FEATURES = ("length", "list", "markdown", "politeness", "agreement", "self-praise", "refusal", "hedging")
"""Length is the base-2 logarithm of 1 + characters, hedging that of 1 + hedges; the others are 0 or 1."""

READ = 20_000
"""Characters of an answer that are read."""

_OPENING = 160
_LIST = re.compile(r"^[ \t]*(?:[-*•]|\d{1,3}[.)])[ \t]+\S", re.MULTILINE)
_MARKDOWN = re.compile(r"^#{1,6} \S|\*\*[^*\n]{1,200}\*\*|^```|^\|.{0,300}\|[ \t]*$", re.MULTILINE)
# One of them is in whatever the pattern finds
_MARKS = ("#", "**", "```", "|")
_POLITE = re.compile(
    r"^\W*(?:sure|certainly|of course|absolutely)[,!]|\b(?:please|thank you|thanks|you're welcome|i'd be (?:happy|"
    r"glad)|i'm (?:happy|glad)|happy to help|glad to help|"
    r"my pleasure|if i may|kindly|i apologi[sz]e|i'm sorry|pardon)\b"
)
# With what the user says, not with the task: "Certainly!" and "Sure" are politeness
_AGREES = re.compile(
    r"\b(?:you(?:'re| are) (?:absolutely |quite |completely |totally |so )?(?:right|correct)|i (?:\w+ )?agree\b|"
    r"that(?:'s| is) (?:absolutely |quite |completely |very )?(?:right|correct|true)\b|as you (?:say|said|rightly)|"
    r"(?:great|good|excellent|wonderful|fantastic|thoughtful|insightful|fair) (?:question|point|idea|observation)|"
    r"well said)"
)
_PRAISES = re.compile(
    r"\b(?:i(?:'m| am) (?:confident|certain|sure) (?:that|this|my|in)|(?:this|my|the following) (?:answer|response|"
    r"solution|essay|"
    r"summary|explanation) is (?:\w+ )?(?:comprehensive|accurate|correct|excellent|thorough|complete|detailed|"
    r"the best|perfect)|"
    r"(?:comprehensive|thorough|detailed|excellent|perfect|in-depth) (?:answer|response|solution|guide|explanation|"
    r"overview|analysis)|"
    r"as an expert|i have carefully|i've carefully|high-quality (?:answer|response))\b"
)
_HEDGING = (
    "may", "might", "perhaps", "possibly", "probably", "likely", "could be", "seem", "seems", "appear", "appears",
    "i think", "i believe", "i'm not sure", "it depends", "generally", "typically", "usually", "often", "in some cases",
    "to some extent", "roughly", "approximately",
)  # fmt: skip
_HEDGES = tuple((cue, re.compile(rf"{cue}\b(?<!\w{cue})")) for cue in _HEDGING)
_SENTENCES = 300


def answer_features(text: str) -> list[float]:
    """One number a feature, in the order of `FEATURES`.

    Args:
        text: The answer; of one longer than 20,000 characters the words after these are not read, its length counts.
    """
    read = text[:READ]
    low = plain(read)
    opening = low[:_OPENING]
    return [
        math.log2(1 + len(text)),
        float(is_list(read)),
        float(is_markdown(read)),
        float(_POLITE.search(low) is not None),
        float(_AGREES.search(opening) is not None),
        float(_PRAISES.search(low) is not None),
        float(REFUSES.search(low[:_SENTENCES]) is not None or BARE_REFUSAL.search(low) is not None),
        math.log2(1 + hedges(low)),
    ]


def is_list(text: str) -> bool:
    """Whether an answer has a list.

    Args:
        text: The answer, of which the first 20,000 characters are read.
    """
    return _LIST.search(text, 0, READ) is not None


def is_markdown(text: str) -> bool:
    """Whether an answer has headings, bold text, blocks of code or tables.

    Args:
        text: The answer, of which the first 20,000 characters are read.
    """
    return any(mark in text for mark in _MARKS) and _MARKDOWN.search(text, 0, READ) is not None


def hedges(lowered: str) -> int:
    """How often an answer hedges.

    Args:
        lowered: The answer in lower case, of which the first 20,000 characters are read.
    """
    # No two hedges overlap, so that each is counted by itself; most are nowhere in most answers
    return sum(sum(1 for _ in of.finditer(lowered, 0, READ)) for cue, of in _HEDGES if cue in lowered)
