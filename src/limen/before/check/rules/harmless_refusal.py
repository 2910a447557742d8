"""LIM410."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from limen.before.check.asking_harm import HARMLESS, asks_for_harm
from limen.before.check.refusing import refuses_in_english, refusing_phrase
from limen.before.check.registry import rule
from limen.before.check.rule import Severity
from limen.before.check.seen_row import SeenRow
from limen.before.check.spotting import Spot, Spotting


@rule
class HarmlessRefusal(Spotting):
    """Refusals of requests in which nothing harmful can be read.

    Answers that `refusal` names, to a user's turn without any word of harm, of private data or of groups set against
    each other; English alone, so that refusals in other languages are left out. "How do I kill a Python process?" has
    such a word, and its refusal is left to a reader: of XSTest's safe prompts, which are made to look harmful, 37% are
    without one. Nor is every request without one harmless: where requests are made to harm in unusual words, as in
    XSTest, most that it names were rightly refused. What an assistant cannot do (book a flight, look at a picture) is
    refused for another reason, and is named too.

    Why: A model that is trained on refusals of harmless requests refuses more than it should, and where nobody wanted
    it.

    Example: {"instruction": "Name three colours.", "output": "I'm sorry, but I can't help with that."}
    """

    code: ClassVar[str] = "LIM410"
    name: ClassVar[str] = "harmless-refusal"
    severity: ClassVar[Severity] = Severity.INFO
    reference: ClassVar[str] = "Röttger et al. 2023, XSTest, arXiv 2308.01263."
    title = "Rows that refuse a request in which nothing harmful can be read: {count} of {total} ({share})."
    clear = "No request without a word of harm is refused, as far as English rules tell, in {total} rows."
    remedy = "Read them: answer those that should be answered, or leave them out."

    def spots(self, seen: SeenRow) -> Iterator[Spot]:
        """Every refusal of a harmless request."""
        if not seen.refusals:
            return
        asked = ""
        for passage in seen.passages:
            if passage.role in ("user", "text") and passage.field.startswith("prompt"):
                asked = passage.lowered
            elif asked and passage.field in seen.refusals and _in_vain(asked, passage.text):
                note = "a request without a word of harm"
                yield Spot("harmless", note, passage.field, *refusing_phrase(passage.text))


def _in_vain(asked: str, refusal: str) -> bool:
    # Whoever is refused in another language asked in it, and words of harm are known in English alone
    return asks_for_harm(asked) == HARMLESS and refuses_in_english(refusal)
