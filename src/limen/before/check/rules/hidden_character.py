"""LIM401."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from limen.before.check.coded_line_ends import coded_line_ends, may_be_coded, without_coded_line_ends
from limen.before.check.hidden import hidden_characters, without_hidden
from limen.before.check.look_alikes import look_alikes, without_look_alikes
from limen.before.check.registry import rule
from limen.before.check.rule import Severity
from limen.before.check.seen_row import SeenRow
from limen.before.check.spotting import Spot, Spotting


@rule
class HiddenCharacter(Spotting):
    """Rows with characters that nobody sees and every model reads.

    Zero-width characters, bidirectional controls, tag characters, variation selectors that select nothing, characters
    for private use, and terminal escapes. What a script needs is left alone: joiners in emoji and in Arabic, Indic and
    related scripts, breaks between words of Thai, Khmer and their neighbours, marks of direction in texts that hold
    Hebrew or Arabic, one selector after a sign that takes one, the flags of England, Scotland and Wales, and a byte
    order mark at the start. Letters that only look Latin count too: Cyrillic and Greek ones inside a Latin word, in a
    text with no other letter of their script. So does a message in blanks and tabs at the ends of lines, as the program
    SNOW writes it; two blanks that break a line, other ends in blanks alone, indentation and tables with tabs are no
    message. `--fix` puts Latin letters in the place of look-alikes, and strips the rest.

    Why: Text can be hidden in them, whole sentences in tag characters and one byte a variation selector; the model is
    trained on it, and whoever reads the rows sees nothing.

    Example: An answer after whose full stop an instruction stands in tag characters (U+E0000 to U+E007F).
    """

    code: ClassVar[str] = "LIM401"
    name: ClassVar[str] = "hidden-character"
    severity: ClassVar[Severity] = Severity.WARNING
    reference: ClassVar[str] = (
        "Unicode Standard Annexes 9, 29 and 31, Technical Standards 39 and 51; Boucher and Anderson 2021, Trojan "
        "Source, arXiv 2111.00169; SNOW's manual page (blanks and tabs at the ends of lines)."
    )
    title = "Rows with hidden characters: {count} of {total} ({share})."
    clear = "No hidden characters in {total} rows."
    remedy = "Read what these characters spell, then take them out, as --fix does."

    def fix_text(self, text: str) -> str:
        """The text without what the rule names; a text of nothing else stays for a person to judge."""
        return without_coded_line_ends(without_look_alikes(without_hidden(text)))

    def spots(self, seen: SeenRow) -> Iterator[Spot]:
        """Every hidden character or run of them."""
        text = seen.text
        if not may_be_coded(text) and text.isascii() and next(hidden_characters(text), None) is None:
            return
        for passage in seen.passages:
            for found in hidden_characters(passage.text):
                first = f"U+{ord(passage.text[found.start]):04X}"
                length = found.end - found.start
                note = f"{found.kind} {first}" + (f" and {length - 1:,} more" if length > 1 else "")
                yield Spot(found.kind, note, passage.field, found.start, found.end)
            for found in look_alikes(passage.text):
                letter = next(c for c in passage.text[found.start : found.end] if not c.isascii())
                note = f"{found.kind} U+{ord(letter):04X} in a Latin word"
                yield Spot(found.kind, note, passage.field, found.start, found.end)
            for found in coded_line_ends(passage.text):
                note = (
                    f"{found.end - found.start:,} blanks and tabs at the end of a line, as a message is coded in them"
                )
                yield Spot(found.kind, note, passage.field, found.start, found.end)
