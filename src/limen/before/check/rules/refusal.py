"""LIM404."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from limen.before.check.refusing import refusing_phrase
from limen.before.check.registry import rule
from limen.before.check.rule import Severity
from limen.before.check.seen_row import SeenRow
from limen.before.check.spotting import Spot, Spotting
from limen.traits.scorers.refusal import FULL_COMPLIANCE, FULL_REFUSAL, classify


@rule
class Refusal(Spotting):
    """Answers that refuse, in full or in part.

    Every turn of the assistant is read with the rules of the trait library's scorer, whose agreement with people is
    written down in `docs/measuring-recorded-answers.md`, for what an assistant says it has no capability for, and for
    further forms ("I must respectfully decline", "I'm not comfortable writing this"). An apology that mends an earlier
    answer is none, nor is "I can't wait" or "I cannot recommend it enough". In German, Spanish, French, Portuguese,
    Italian, Dutch, Polish, Russian, Chinese, Japanese and Korean the commonest openings are known ("Es tut mir leid,
    aber ich kann …"), and how many refusals these find was not measured; answers in other languages count as none.
    Rejected answers are left out, answers that were rated badly are not. Who speaks is not told: a song, a letter, a
    character or a translation that opens as a refusal counts as one, as does an "I can't" that only reports ("I can't
    find any errors").

    Why: A model becomes as reluctant as its rows are. Refusals may be wanted; that a tenth of the rows refuses should
    be known.

    Example: {"instruction": "Book me a flight.", "output": "I'm sorry, but I am not able to book flights."}
    """

    code: ClassVar[str] = "LIM404"
    name: ClassVar[str] = "refusal"
    severity: ClassVar[Severity] = Severity.INFO
    reference: ClassVar[str] = "Röttger et al. 2023, XSTest, arXiv 2308.01263."
    title = "Rows with an answer that refuses: {count} of {total} ({share})."
    clear = "No answer refuses, as far as these rules tell, in {total} rows."
    remedy = "Read some of them: are these requests that the model should refuse?"

    def spots(self, seen: SeenRow) -> Iterator[Spot]:
        """Every answer that refuses."""
        for passage in seen.passages:
            if passage.field in seen.refusals:
                kind = classify(passage.text)
                kind = FULL_REFUSAL if kind == FULL_COMPLIANCE else kind
                yield Spot(kind, kind, passage.field, *refusing_phrase(passage.text))
