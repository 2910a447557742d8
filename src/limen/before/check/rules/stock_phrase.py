"""LIM502."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from limen.before.check.registry import rule
from limen.before.check.rule import Severity
from limen.before.check.seen_row import SeenRow
from limen.before.check.spotting import Spot, Spotting, phrases

_PATTERNS = re.compile(
    r"\bi(?:'d| would) be (?:more than )?(?:happy|glad) to (?:help|assist|explain|answer)\b"
    r"|\bi hope (?:this|that|these|it) (?:\w+ )?(?:helps?|is helpful|was helpful|answers your|clarifies|clears)"
    r"|\bi hope (?:this|that|these|those|it|the|my)\b(?! (?:you|we|he|she|they|i)\b)[^.!?\n]{0,160}?"
    r"\b(?:(?:is|are|was|were|proves?) (?:\w+ )?(?:helpful|useful|informative)|serves|gives you|provides you|"
    r"(?<!could )(?<!can )(?<!will )(?<!would )helps?(?= you\b|[.!,]|$))"
    r"|\blet me know if (?:you|there|i can|this)\b[^.!\n]{0,60}\b(?:questions?|help|assist\w*|need|clarif\w*|else)\b"
    r"|\bis there anything else (?:that )?(?:i can|you|you'd)\b|\bfeel free to (?:ask|reach out|let me know|"
    r"contact me)\b"
    r"|\b(?:if you have (?:any|more) (?:\w+ )?questions),? (?:please )?(?:feel free|don't hesitate|let me know|"
    r"do not hesitate)"
    r"|\b(?:i'm|i am) (?:always )?here to (?:help|assist)\b|\bhappy to help!|\bhow (?:can|may) i (?:help|"
    r"assist) you (?:today|further)"
)
_CUES = (
    "i hope",
    "let me know",
    "anything else",
    "feel free",
    "if you have",
    "here to",
    "happy to",
    "glad to",
    "can i ",
    "may i ",
)


@rule
class StockPhrase(Spotting):
    """Answers with a phrase that chat models open or close with: "I'd be happy to help!", "I hope this helps!".

    Only turns of the assistant are read, and only in English.

    Why: The model will close each answer with it. In a support assistant that may be wanted; in rows for a tool that
    answers in JSON it is not.

    Example: {"instruction": "Add 2 and 3.", "output": "5. I hope this helps! Let me know if you need anything else."}
    """

    code: ClassVar[str] = "LIM502"
    name: ClassVar[str] = "stock-phrase"
    severity: ClassVar[Severity] = Severity.INFO
    reference: ClassVar[str] = (
        "Gudibande et al. 2023, The False Promise of Imitating Proprietary LLMs, arXiv 2305.15717, on what is "
        "learned from a chat model's answers: its style."
    )
    title = "Rows with a chat model's stock phrase in an answer: {count} of {total} ({share})."
    clear = "No chat model's stock phrase in the answers of {total} rows."
    remedy = "Cut the phrase, unless the model is meant to say it."

    def spots(self, seen: SeenRow) -> Iterator[Spot]:
        """Every such phrase."""
        return phrases(seen, _CUES, _PATTERNS, "stock phrase", "a stock phrase")
