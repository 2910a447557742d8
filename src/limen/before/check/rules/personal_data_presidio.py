"""LIM412."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from limen.before.check.find_with_presidio import PresidioFinder, presidio_finder
from limen.before.check.masking import hint, redacted
from limen.before.check.registry import rule
from limen.before.check.rule import Context, Severity
from limen.before.check.seen_row import SeenRow
from limen.before.check.spotting import Spot, Spotting
from limen.core import Finding
from limen.data import ReadReport


@rule
class PersonalDataPresidio(Spotting):
    """Rows in which Presidio recognises personal data.

    Off unless `presidio` is set in the configuration: `"patterns"` for Presidio's patterns and checksums in English, or
    the name of an installed spaCy model for these in its language and besides for names and places. It looks for
    telephone numbers of eight countries, card numbers and IBANs, addresses of networks and of cryptocurrencies, e-mail
    addresses, and numbers of passports, licences, bank accounts and health services, where a pattern alone makes
    them likely or a word such as "passport" stands in front. Placeholders count. What is found is masked in the texts
    that any rule shows. `personal-data` (LIM402) is the quick first pass, and stays on.

    Why: The first pass knows a few forms. Where personal data must not be in the rows, a second look is worth its time.

    Example: A form in which a customer has written a passport number, or with a spaCy model their name.
    """

    code: ClassVar[str] = "LIM412"
    name: ClassVar[str] = "personal-data-presidio"
    severity: ClassVar[Severity] = Severity.INFO
    reference: ClassVar[str] = "Presidio's documentation, Presidio Analyzer."
    needs_presidio: ClassVar[bool] = True
    title = "Rows in which Presidio recognises personal data: {count} of {total} ({share})."
    clear = "Presidio recognises no personal data in {total} rows."
    remedy = "Remove these data or replace them, and find out how they came in."

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._finder: PresidioFinder | None = None
        if context.presidio is not None:
            self._finder = presidio_finder(context.presidio)

    def fix_text(self, text: str) -> str:
        """The text with what Presidio recognises replaced by its kind."""
        if self._finder is None:
            return text
        return redacted(text, ((s.start, s.end, s.kind) for s in self._finder.find(text)))

    def looks_at(self, seen: SeenRow) -> bool:
        """Whether Presidio is asked."""
        return self._finder is not None

    def spots(self, seen: SeenRow) -> Iterator[Spot]:
        """Every personal datum, masked."""
        if self._finder is None:
            return
        for passage in seen.passages:
            for found in self._finder.find(passage.text):
                note = hint(passage.text[found.start : found.end], found.kind)
                yield Spot(found.kind, note, passage.field, found.start, found.end)

    def findings(self, report: ReadReport) -> list[Finding]:
        """How many rows have such a datum."""
        if self._finder is None:
            return [
                self.not_measured(
                    "What Presidio recognises as personal data was not measured.",
                    "the configuration does not ask for it.",
                    'Write presidio = "patterns" under [check], or the name of an installed spaCy model.',
                )
            ]
        return super().findings(report)
