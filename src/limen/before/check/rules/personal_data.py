"""LIM402."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from limen.before.check.find_personal import may_hold_personal_data, personal_data
from limen.before.check.masking import hint, redacted
from limen.before.check.registry import rule
from limen.before.check.rule import Severity
from limen.before.check.seen_row import SeenRow
from limen.before.check.spotting import Spot, Spotting


@rule
class PersonalData(Spotting):
    """Rows that hold an e-mail address, a telephone, card or social security number, an IBAN or an IP address.

    A first pass by form and checksum: e-mail addresses other than those of a role, telephone numbers that begin with +
    or are written as in North America, and as in any country behind a word for them in the same line ("Tel.", "call me
    at", "Handy", 電話 and others in ten languages), IBANs and card numbers whose check digits are right, public IP
    addresses, US social security numbers, without dashes behind the words for them. What is reserved for examples
    (`example.com`, the exchange 555, numbers for films, test cards, documentation addresses) is not counted. Names,
    postal addresses, dates of birth, other numbers of identity cards and the like are not looked for: a clear verdict
    does not say that the rows are free of personal data. `personal-data-presidio` (LIM412) looks for more. What is
    found is masked wherever it is shown.

    Why: A fine-tuned model can say by heart what it has read a few times, and the law counts that as disclosure.

    Example: A support conversation in which a customer leaves an address and a card number.
    """

    code: ClassVar[str] = "LIM402"
    name: ClassVar[str] = "personal-data"
    severity: ClassVar[Severity] = Severity.INFO
    reference: ClassVar[str] = (
        "ISO 13616 (IBAN), ISO/IEC 7812 (card numbers); RFC 2606, RFC 3849 and RFC 5737 (what is reserved for "
        "examples)."
    )
    title = "Rows that hold personal data: {count} of {total} ({share})."
    clear = "No e-mail address, telephone or card number, IBAN or the like in {total} rows."
    remedy = "Remove these data or replace them, and find out how they came in."

    def fix_text(self, text: str) -> str:
        """The text with what the rule names replaced by its kind; placeholders stay."""
        return redacted(text, ((s.start, s.end, s.kind) for s in personal_data(text)))

    def spots(self, seen: SeenRow) -> Iterator[Spot]:
        """Every personal datum, masked."""
        if not may_hold_personal_data(seen.text):
            return
        for passage in seen.passages:
            for found in personal_data(passage.text):
                note = hint(passage.text[found.start : found.end], found.kind)
                yield Spot(found.kind, note, passage.field, found.start, found.end)
