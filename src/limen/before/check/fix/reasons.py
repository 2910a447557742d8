"""Reasons: what a manifest says of each row that a fix touched, beside the codes of the rules that asked for it.

A rule that looks at rows one by one is shown the row again, alone, and says of it what it says of any row; one that
compares rows has noted which row is copied, in eight bytes a copy. Where neither is known, it is the rule's summary.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from limen.before.check.fix.balance import Balancer
from limen.before.check.hit_rows import HitRows
from limen.before.check.masking import without_values
from limen.before.check.page import rule_summary
from limen.before.check.registry import get_rule
from limen.before.check.rule import Context, Rule
from limen.before.check.seen_row import SeenRow
from limen.before.check.spotting import Spotting
from limen.core import Verdict
from limen.core.wording import plural
from limen.data import ReadReport

UNREADABLE = "LIM001"

_MOST = 5
"""Most remarks of one rule on one row."""


@dataclass(frozen=True)
class Copies:
    """Rows that one rule named as copies.

    Attributes:
        how: How they copy others, such as `the same as`.
        rows: Their positions, in ascending order.
        copied: The positions of those that they copy.
    """

    how: str
    rows: NDArray[np.int64]
    copied: NDArray[np.int64]


def copies_in(hits: Sequence[tuple[str, str, HitRows]]) -> dict[str, Copies]:
    """The rows that rules named as copies, by the rule's code; 16 bytes each.

    Args:
        hits: Code, subject and rows of what was named.
    """
    copies = {}
    for code, _, rows in hits:
        if len(rows.copied):
            order = np.argsort(rows.indices, kind="stable")
            copies[code] = Copies(rows.how, rows.indices[order], rows.copied[order])
    return copies


class Reasons:
    """Says why rules asked for what became of a row; keeps 24 bytes for each row that is copied.

    Args:
        rules: The rules that fix something.
        copies: What some of them named as copies, by code.
        report: What is read of the file while it is written.
        presidio: What Presidio recognises personal data with, as in `Context`.
        balancer: What balances groups; None for nothing.
    """

    def __init__(
        self,
        rules: Sequence[type[Rule]],
        copies: Mapping[str, Copies],
        report: ReadReport,
        presidio: str | None,
        balancer: Balancer | None,
    ) -> None:
        self._rules = {rule.code: rule for rule in (get_rule(UNREADABLE), *rules)}
        self._spotting: dict[str, Spotting] = {}
        self._context = Context(presidio=presidio)
        self._report = report
        self._balancer = balancer
        self._copies = copies
        copied = [held.copied for held in copies.values()]
        self._originals = np.unique(np.concatenate([*copied, np.empty(0, np.int64)]))
        self._ids = np.zeros(len(self._originals), np.uint64)
        self._lines = np.zeros(len(self._originals), np.int64)
        self._at = self._problem = 0

    def note(self, index: int, seen: SeenRow | None, line: int | None) -> None:
        """Note where a row stands, if others copy it.

        Args:
            index: Its position; rows are noted in ascending order.
            seen: The row; None where it cannot be read.
            line: Its line, from 1, where that is known.
        """
        while self._at < len(self._originals) and self._originals[self._at] < index:
            self._at += 1
        if self._at < len(self._originals) and self._originals[self._at] == index and seen is not None:
            self._ids[self._at] = int(seen.row.id, 16)
            self._lines[self._at] = line or 0

    def why(
        self, codes: Sequence[str], index: int, before: SeenRow | None, after: SeenRow | None
    ) -> list[dict[str, Any]]:
        """A reason for each code.

        Args:
            codes: Codes of the rules that asked, and of the way in which groups are balanced.
            index: The row's position; rows are asked for in ascending order.
            before: The row as it was; None where it cannot be read.
            after: As rules have it; None where they leave it out.
        """
        return [self._reason(code, index, before, after) for code in codes]

    def why_added(self, beside: SeenRow, made: SeenRow) -> list[dict[str, Any]]:
        """Why a row was added.

        Args:
            beside: The row behind which it stands.
            made: The row.
        """
        return [self._balancing(self._balancer.why_added(beside, made))] if self._balancer is not None else []

    def _reason(self, code: str, index: int, before: SeenRow | None, after: SeenRow | None) -> dict[str, Any]:
        if self._balancer is not None and code == self._balancer.method.value:
            seen = after or before
            return self._balancing(self._balancer.why(seen) if seen is not None else "")
        rule = self._rules[code]
        told = {"code": code, "name": rule.name}
        if before is None:
            return {**told, "reason": self._unreadable(index) or rule_summary(rule)}
        copied = self._copied(code, index)
        if copied is not None:
            return {**told, **copied}
        remarks = [] if rule.compares else list(self._remarks(rule, before))
        more = [f"and {plural(len(remarks) - _MOST, 'other')}"] if len(remarks) > _MOST else []
        return {**told, "reason": "; ".join([*remarks[:_MOST], *more]) or rule_summary(rule)}

    def _balancing(self, reason: str) -> dict[str, Any]:
        assert self._balancer is not None
        method = self._balancer.method.value
        return {"code": method, "name": f"{method}:{self._balancer.dimension}", "reason": reason}

    def _unreadable(self, index: int) -> str:
        """What was wrong with a row, of the first thousand that cannot be read; empty for the others."""
        problems = self._report.problems
        while self._problem < len(problems) and problems[self._problem].index < index:
            self._problem += 1
        found = self._problem < len(problems) and problems[self._problem].index == index
        return without_values(problems[self._problem].what) if found else ""

    def _copied(self, code: str, index: int) -> dict[str, Any] | None:
        """Which row a row copies, with its place as far as it is known; None where no copy was named."""
        copies = self._copies.get(code)
        at = int(np.searchsorted(copies.rows, index)) if copies is not None else 0
        if copies is None or at == len(copies.rows) or copies.rows[at] != index:
            return None
        original = int(copies.copied[at])
        place = int(np.searchsorted(self._originals, original))
        line = int(self._lines[place]) or None
        where = f", line {line}" if line else ""
        return {
            "reason": f"{copies.how} row {original + 1}{where}",
            "copy_of": {"index": original, "line": line, "row": f"{int(self._ids[place]):012x}"},
        }

    def _remarks(self, rule: type[Rule], seen: SeenRow) -> Iterator[str]:
        """What a rule says of a row, shown to it alone."""
        if issubclass(rule, Spotting):
            spotting = self._spotting.get(rule.code) or self._spotting.setdefault(rule.code, rule(self._context))
            spots = Counter(_placed(spot.note, spot.field) for spot in spotting.spots(seen))
            yield from (said if n == 1 else f"{said}, {n:,} times" for said, n in spots.items())
            return
        alone = rule(self._context)
        alone.see(seen)
        for finding in alone.findings(replace(self._report, rows_read=1, problems=[], problem_count=0)):
            if finding.verdict is Verdict.FOUND:
                for example in finding.evidence.get("examples") or ():
                    if example["row"] == seen.row.id and example["note"]:
                        yield _placed(example["note"], example.get("field", ""))


def _placed(note: str, field: str) -> str:
    return f"{note} in {field}" if field else note
