"""LIM404."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from limen.before.check.passages import plain
from limen.before.check.registry import rule
from limen.before.check.rule import SeenRow, Severity
from limen.before.check.spotting import Spot, Spotting
from limen.traits.scorers.refusal import FULL_COMPLIANCE, FULL_REFUSAL, REFUSES, classify

# The scorer reads the first two sentences; only what refuses is read to its end
_OPENING = 600
# "I apologize for the confusion" mends an answer, and refuses nothing
_AMENDS = re.compile(r"\W*(?:i (?:do )?apologi[sz]e|i'm sorry|i am sorry|sorry|my apologies) for\b")
# "I couldn't help but notice" tells a story
_HELP_BUT = re.compile(r"\b(?:can|could)(?:n't|not| not) help (?:but|\w+ing)\b")
# What the scorer leaves to a longer answer: assistants with tools speak of what they lack
_LACKS = re.compile(
    r"\W*(?:(?:i'm|i am) (?:really |very |so )?sorry,? (?:but )?|unfortunately,? |i apologi[sz]e,? (?:but )?)?"
    r"(?:as an? [\w ]{1,40},? )?"
    r"(?:i (?:currently )?(?:do not|don't) (?:currently )?have the (?:\w+ )?(?:capabilit|capacity|functionalit|"
    r"function|means|tools?)\w*"
    r"|(?<=unfortunately, )i (?:can't|cannot|can not|am unable to|am not able to)\b)"
)
_CUES = ("n't ", "not ", "unable", "sorry", "apolog", "declin", "refus", "never ", "neither ")


@rule
class Refusal(Spotting):
    """Answers that refuse, in full or in part.

    Every turn of the assistant is read with the rules of the trait library's scorer, whose agreement with people is
    written down in `docs/measuring-recorded-answers.md`, and for what an assistant says it has no capability for. An
    apology that mends an earlier answer is none. Only English is understood: answers in other languages count
    as none. Rejected answers are left out, answers that were rated badly are not.

    Why: A model becomes as reluctant as its rows are. Refusals may be wanted; that a tenth of the rows refuses should
    be known.

    Example: {"instruction": "Book me a flight.", "output": "I'm sorry, but I am not able to book flights."}
    """

    code: ClassVar[str] = "LIM404"
    name: ClassVar[str] = "refusal"
    severity: ClassVar[Severity] = Severity.INFO
    title = "Rows with an answer that refuses: {count} of {total} ({share})."
    clear = "No answer refuses, as far as English rules tell, in {total} rows."
    remedy = "Read some of them: are these requests that the model should refuse?"

    def spots(self, seen: SeenRow) -> Iterator[Spot]:
        """Every answer that refuses."""
        if not any(cue in seen.lowered for cue in _CUES):
            return
        for passage in seen.passages:
            opening = passage.text[:_OPENING]
            if passage.answers and opening.strip() and _refuses(opening):
                kind = classify(passage.text)
                kind = FULL_REFUSAL if kind == FULL_COMPLIANCE else kind
                yield Spot(kind, kind, passage.field, 0, len(opening))


def _refuses(opening: str) -> bool:
    text = _HELP_BUT.sub("", plain(opening))
    if _LACKS.match(text) is not None:
        return True
    if classify(text) == FULL_COMPLIANCE:
        return False
    return _AMENDS.match(text) is None or REFUSES.search(text) is not None
