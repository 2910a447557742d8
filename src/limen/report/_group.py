"""Findings sorted by the file they are about, and read with their agreed evidence keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from limen.core import Finding, Verdict
from limen.report._numbers import is_number
from limen.report._visible import one_line

ABOUT_ROWS = ("check", "lineage", "forecast", "rehearse", "verify", "what-if", "discover")
"""Phases whose findings are about the rows of a file."""

TRAINING = ("forecast", "rehearse")
"""Phases that say what training on the rows does."""


@dataclass(frozen=True)
class Group:
    """The findings about one file.

    Attributes:
        file: Its name, empty for findings that are about a model or the audit as a whole.
        findings: In the ledger's order.
    """

    file: str
    findings: tuple[Finding, ...]

    def phase(self, *phases: str) -> tuple[Finding, ...]:
        """The findings of some phases."""
        return tuple(f for f in self.findings if f.phase in phases)

    @property
    def other(self) -> tuple[Finding, ...]:
        """The findings of every phase that says nothing about rows."""
        return tuple(f for f in self.findings if f.phase not in ABOUT_ROWS)


def group(findings: Sequence[Finding]) -> tuple[Group, ...]:
    """Sort findings by file, in the order in which files first appear.

    A finding about rows that names no file belongs to the only file there is, if there is only one. Findings that
    are about no file come last.

    Args:
        findings: Every finding of an audit.

    Returns:
        One group a file, then at most one without.
    """
    files = list(dict.fromkeys(name for f in findings if (name := named_file(f))))
    members: dict[str, list[Finding]] = {name: [] for name in files}
    rest: list[Finding] = []
    for f in findings:
        name = named_file(f) or (files[0] if len(files) == 1 and f.phase in ABOUT_ROWS else "")
        (members[name] if name else rest).append(f)
    groups = [Group(name, tuple(members[name])) for name in files]
    return tuple(groups + ([Group("", tuple(rest))] if rest else []))


def named_file(finding: Finding) -> str:
    """The file that a finding's evidence names, or nothing."""
    name = finding.evidence.get("file")
    return name if isinstance(name, str) else ""


def trait_title(finding: Finding) -> str:
    """The short name of a finding's subject, on one line."""
    title = finding.evidence.get("trait_title")
    if isinstance(title, str) and title.strip():
        return one_line(title, 60)
    return one_line(finding.subject.rsplit("/", 1)[-1].replace("-", " ") or finding.id, 60)


def is_broad(finding: Finding) -> bool:
    """Whether a finding says that most harm traits move together."""
    return finding.evidence.get("broad") is True or finding.subject.rsplit("/", 1)[-1] in ("broad", "broad-harm")


def is_found(finding: Finding) -> bool:
    """Whether a finding found something."""
    return finding.verdict is Verdict.FOUND


def is_downward(finding: Finding) -> bool:
    """Whether a finding's effect points away from its trait."""
    for value in (
        finding.effect.estimate if finding.effect else None,
        finding.evidence.get("statistic"),
    ):
        if is_number(value):
            return bool(value < 0)
    return False


def is_mention_check(finding: Finding) -> bool:
    """Whether a finding is the check for a mention of a trait in the rows."""
    return finding.phase == "check" and finding.evidence.get("rule") == "mention"


def has_mention(findings: Sequence[Finding], trait: str) -> Verdict | None:
    """What the checks say on whether the rows mention a trait.

    Args:
        findings: The findings about one file.
        trait: Trait id.

    Returns:
        The verdict of the check for this trait's words; where it was not run, what a forecast counted; else None.
    """
    for f in findings:
        if is_mention_check(f) and f.subject == trait:
            return f.verdict
    counted = [f.evidence.get("mentions") for f in findings if f.phase == "forecast" and f.subject == trait]
    numbers = [n for n in counted if is_number(n)]
    if not numbers:
        return None
    return Verdict.FOUND if any(numbers) else Verdict.CLEAR
