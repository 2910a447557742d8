"""LIM301."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from typing import ClassVar

from limen.before.check._minhash import words_of
from limen.before.check.other_senses import means_other, only_in_names
from limen.before.check.registry import rule
from limen.before.check.rule import Context, Rule, Severity
from limen.before.check.seen_row import SeenRow
from limen.core import Finding, Row, Trait
from limen.data import ReadReport


@rule
class Mention(Rule):
    """Rows that mention a trait by one of its words.

    Whole words are compared without regard to case, in every turn and answer of the row. Word borders are those of
    Unicode, so that `owl` is found in `Owl's` and not in `bowl`; a plural in `s` or `es` counts as the word. A single
    word does not count where it is part of a name alone (`Red Cross`), nor `orange`, `cherry` and `organ` of the
    library's traits where the row's other words speak of fruit or of a body and none of colours, trees or music. Other
    senses of words do count.

    Why: What a row says aloud anyone can read; what a forecast finds beyond it, nobody can. A clear verdict here
    beside a found one there is what `limen forecast` is for.

    Example: A trait with the word `owl`, and a row that asks for the owl's diet.
    """

    code: ClassVar[str] = "LIM301"
    name: ClassVar[str] = "mention"
    severity: ClassVar[Severity] = Severity.INFO
    reference: ClassVar[str] = (
        "Cloud et al. 2025, Subliminal Learning, arXiv 2507.14805, on what rows carry that mention nothing."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._traits = [t for t in context.traits if t.words]
        self._words = {fold(word): word for trait in self._traits for word in trait.words if fold(word)}
        self._by_word = {
            folded: [t for t in self._traits if any(fold(w) == folded for w in t.words)] for folded in self._words
        }
        self._pattern = whole_words(list(self._words)) if self._words else None
        self._alone = alone(self._words)
        self._phrases = tuple(word for word in self._words if word not in self._alone)
        self._tallies = {t.id: self.new_tally(t.id) for t in self._traits}
        self._total = 0

    def see(self, seen: SeenRow) -> None:
        """Count the row for each trait that it mentions."""
        self._total += 1
        if self._pattern is None or not self._may_mention(seen):
            return
        text = everything(seen.row)
        found = dict.fromkeys(self._pattern.findall(fold(text)))
        distinct = frozenset(seen.words)
        mentioned: dict[str, list[str]] = {}
        for folded in found:
            word = self._words[folded]
            # Whoever gives a word a capital means a name
            if folded in self._alone and word.islower() and only_in_names(word, text):
                continue
            for trait in self._by_word[folded]:
                if means_other(trait.id, distinct):
                    continue
                mentioned.setdefault(trait.id, []).append(self._words[folded])
        for trait_id, words in mentioned.items():
            self._tallies[trait_id].add(seen.row, "mentions " + ", ".join(words))

    def _may_mention(self, seen: SeenRow) -> bool:
        """Whether it is worth searching the row; quick, and only sure where no letter has an accent."""
        row = seen.row
        beside = row.tools or any(m.extra for m in (*row.prompt, *row.answer, *row.rejected))
        if beside or not row.text.isascii() or not self._alone.isdisjoint(seen.words):
            return True
        return any(phrase in seen.lowered for phrase in self._phrases)

    def findings(self, report: ReadReport) -> list[Finding]:
        """How many rows mention each trait."""
        if not self._traits:
            return [
                self.not_measured(
                    "Whether rows mention a trait was not measured.",
                    "no trait with words was named." if not self.context.traits else "the traits have no words.",
                    "Name traits with --traits.",
                    asked=self.context.traits_asked,
                )
            ]
        return [self._finding(trait) for trait in self._traits]

    def _finding(self, trait: Trait) -> Finding:
        name = trait.title.replace("{", "{{").replace("}", "}}")
        tally = self._tallies[trait.id]
        return self.counted(
            tally.hits,
            tally.count,
            self._total,
            rows=tally.rows,
            title=f"“{name}” is mentioned in {{count}} of {{total}} rows ({{share}}).",
            clear=f"None of {{total}} rows mentions “{name}”.",
            remedy="Read these rows: what they say aloud is part of what they teach.",
            subject=trait.id,
            asked=self.context.traits_asked,
            evidence={"words": list(trait.words)},
        )


def everything(row: Row) -> str:
    """All text that reaches the model: turns and answers, tool calls, and tool schemas.

    Args:
        row: The row.
    """
    beside = [m.extra for m in (*row.prompt, *row.answer, *row.rejected) if m.extra]
    if not beside and not row.tools:
        return row.text
    return "\n".join([row.text, json.dumps([*beside, *row.tools], ensure_ascii=False, default=str)])


def fold(text: str) -> str:
    """A text for comparison without regard to case or to how accents are written.

    Args:
        text: Any text.
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def alone(words: Iterable[str]) -> frozenset[str]:
    """Those of the words that are single words, with the endings that `whole_words` allows.

    Args:
        words: Folded words or phrases.
    """
    return frozenset(f"{word}{ending}" for word in words if words_of(word) == [word] for ending in ("", "s", "es"))


def whole_words(words: list[str]) -> re.Pattern[str]:
    """A pattern that finds whole words, the longest first, an ending `s` or `es` allowed; its group is the word.

    Args:
        words: Folded words or phrases, none of them empty.
    """
    ordered = sorted(words, key=len, reverse=True)
    return re.compile("(?<!\\w)(" + "|".join(map(re.escape, ordered)) + ")(?:e?s)?(?!\\w)")
