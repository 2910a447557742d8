"""LIM001."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from limen.before.check.registry import rule
from limen.before.check.rule import EXAMPLES, Hit, Rule, Severity
from limen.before.check.seen_row import SeenRow
from limen.core import Finding
from limen.data import Problem, ReadReport


@rule
class Unreadable(Rule):
    """Rows that cannot be read.

    Broken JSON, invalid UTF-8, a NUL character (escaped ones too), a missing column, a row of another kind than the
    rest.

    Why: A trainer stops at such a row, or reads something else in it than its author wrote.

    Example: A JSON Lines file whose line 17 ends in the middle of a string.
    """

    code: ClassVar[str] = "LIM001"
    name: ClassVar[str] = "unreadable-row"
    severity: ClassVar[Severity] = Severity.ERROR
    reference: ClassVar[str] = "RFC 8259 (JSON), RFC 3629 (UTF-8), RFC 4180 (CSV); JSON Lines."
    drops: ClassVar[bool] = True

    def see(self, seen: SeenRow) -> None:
        """Nothing: reading itself has noted what it could not read."""

    def findings(self, report: ReadReport) -> list[Finding]:
        """How many rows could not be read."""
        problems = report.problems[:EXAMPLES]
        notes = [f"line {p.line}: {p.what}" if p.line else p.what for p in problems]
        remedies = _by_remedy(report.problems)
        finding = self.counted(
            [Hit("", p.index, note) for p, note in zip(problems, notes, strict=True)],
            report.problem_count,
            report.problem_count + report.rows_read,
            title="Rows that cannot be read: {count} of {total} ({share}).",
            clear="All {total} rows can be read.",
            remedy=_told(remedies),
        )
        if len(remedies) > 1:
            own = {problem.index: problem.remedy for problem in problems}
            examples = [{**one, "remedy": own[one["index"]]} for one in finding.evidence["examples"]]
            finding = replace(finding, evidence={**finding.evidence, "examples": examples})
        return [finding]


def _by_remedy(problems: Sequence[Problem]) -> list[list[Problem]]:
    """Problems that the same remedy mends, the most common first."""
    alike: dict[str, list[Problem]] = {}
    for problem in problems:
        alike.setdefault(problem.remedy, []).append(problem)
    return sorted(alike.values(), key=len, reverse=True)


def _told(remedies: Sequence[Sequence[Problem]]) -> str:
    """What the user does; where rows differ in what is wrong, of each kind with its first row."""
    if len(remedies) < 2:
        return remedies[0][0].remedy if remedies else ""
    told = []
    for some in remedies:
        first = f"line {some[0].line:,}" if some[0].line else f"row {some[0].index + 1:,}"
        more = f" and {len(some) - 1:,} more" if len(some) > 1 else ""
        told.append(f"{first[:1].upper()}{first[1:]}{more}: {some[0].remedy}")
    return " ".join(told)
