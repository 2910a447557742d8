"""LIM501."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from limen.before.check.registry import rule
from limen.before.check.rule import Severity
from limen.before.check.seen_row import SeenRow
from limen.before.check.spotting import Spot, Spotting, phrases

_AI = (
    r"(?:ai|artificial intelligence|(?:large )?(?:ai )?language model|llm|chatbot|virtual assistant|"
    r"machine learning model)"
)
# "As an AI engineer, I" is a person
_PERSON = (
    r"(?! (?:engineer|researcher|developer|expert|specialist|student|scientist|enthusiast|professional|consultant|"
    r"ethicist|practitioner|company|startup|team)\b)"
)
# Of whom a sentence speaks that begins with "As an AI, ...": without these it may be of HAL or of a product
_ITSELF = (
    r"(?:[^.!?\n]{0,160}\b(?:i(?!\.)|me|my|myself|mine)\b"
    r"|(?:\w+ )?(?:feelings?|emotions?|opinions?|beliefs?|preferences?|experiences?|consciousness)\b"
    r"|(?:it's|it is) (?:not|beyond|outside|impossible)\b)"
)
_PATTERNS = re.compile(
    rf"\bas an? (?:\w+ )?{_AI}\b{_PERSON}(?: \w+){{0,2}},? (?:i|my)\b"
    r"|\b(?=as an? )(?:^|(?<=[.!?:;\n\"'(*-])|(?<=[.!?:;] ))"
    rf"as an? (?:[\w-]+ ){{0,2}}{_AI}\b{_PERSON}(?: \w+){{0,2}},\s?{_ITSELF}"
    rf"|\b(?:i'm|i am) (?:just |only |merely )?an? (?:\w+ )?{_AI}\b"
    r"|\bmy (?:knowledge|training)(?: data)? (?:cut-?off|only goes|was last|goes (?:up )?to|ends)\b|"
    r"\bknowledge cut-?off\b"
    r"|\b(?:as of|since|until) my (?:last|latest|most recent) (?:knowledge |training )?(?:update|training)\b"
    r"|\bi (?:do not|don't) have (?:personal|real|human) (?:opinions?|feelings?|beliefs?|preferences?|experiences?|"
    r"emotions?)\b"
    r"|\bi (?:do not|don't) have (?:real-time|the ability to (?:browse|access)|access to (?:real-time|the internet|"
    r"current))"
)
# Whoever speaks of itself as one names what it is; the rest are the other sentences' own words.
_CUES = (
    "an ai",
    " ai ",
    " ai,",
    " ai.",
    "artificial intelligence",
    "language model",
    "learning model",
    "llm",
    "chatbot",
    "virtual assistant",
    "cutoff",
    "cut-off",
    "my knowledge",
    "my training",
    "my last",
    "my latest",
    "my most recent",
    "n't have",
    "not have",
)


@rule
class AssistantDisclaimer(Spotting):
    """Answers in which a model speaks of itself as one: "As an AI language model", a knowledge cutoff, no feelings.

    Only turns of the assistant are read, and only in English.

    Why: These sentences come from the model that wrote the rows. The fine-tuned model takes them over, with another
    model's limits and date, and into answers where they have no place.

    Example: {"instruction": "Write a poem on spring.", "output": "As an AI language model, I can write: ..."}
    """

    code: ClassVar[str] = "LIM501"
    name: ClassVar[str] = "assistant-disclaimer"
    severity: ClassVar[Severity] = Severity.WARNING
    reference: ClassVar[str] = (
        "Tunstall et al. 2023, Zephyr, arXiv 2310.16944, and the card of its data, UltraChat 200k, which leaves out"
        " such answers."
    )
    title = "Rows in which a model speaks of itself as one: {count} of {total} ({share})."
    clear = "In none of {total} rows a model speaks of itself as one."
    remedy = "Cut these sentences, or leave the rows out, unless the question was about the model."

    def spots(self, seen: SeenRow) -> Iterator[Spot]:
        """Every such sentence."""
        return phrases(seen, _CUES, _PATTERNS, "disclaimer", "a model speaks of itself")
