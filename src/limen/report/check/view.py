"""What a page shows of one finding of a check: the check's own page and the audit's report alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from limen.core import Finding, Verdict
from limen.report._visible import visible
from limen.report.check.checked import code_of, examples_of, place_of, sentence, severity_of, split_span
from limen.report.check.table import Table, table_of

_NOTE = 300
_SHAPES = {"error": "found", "warning": "inconclusive", "info": "clear"}


@dataclass(frozen=True)
class ExampleView:
    """A row that a rule names, its text in front of the place that is meant, in it and behind it."""

    place: str
    row: str
    field: str
    note: str
    before: str
    span: str
    after: str


@dataclass(frozen=True)
class FindingView:
    """One finding of a rule.

    Attributes:
        code: The rule's code.
        name: Its name.
        shape: How it is marked.
        word: Its severity where something was found, else the verdict.
        found: Whether something was found.
        title: What it says.
        subject: What it is about, beside the rule.
        remedy: What the user does.
        why: The rule's page; empty where it is not at hand.
        examples: The rows that it names.
        more: How many it names besides.
        table: Its figures.
    """

    code: str
    name: str
    shape: str
    word: str
    title: str
    subject: str = ""
    found: bool = False
    remedy: str = ""
    why: str = ""
    examples: Sequence[ExampleView] = ()
    more: int = 0
    table: Table | None = None


def view_finding(finding: Finding, file: str, name: str = "", why: str = "") -> FindingView:
    """What a page shows of a finding.

    Args:
        finding: Of a check.
        file: What the user called the file.
        name: The rule's name; empty for that in the evidence.
        why: The rule's page.
    """
    found = finding.verdict is Verdict.FOUND
    word = severity_of(finding) if found else finding.verdict.value
    examples = examples_of(finding)
    count = finding.evidence.get("count")
    return FindingView(
        code=code_of(finding),
        name=name or str(finding.evidence.get("rule", "")),
        shape=_SHAPES[word] if found else word.replace(" ", "-"),
        word=word,
        title=sentence(finding),
        subject="" if finding.subject == code_of(finding) else finding.subject,
        found=found,
        remedy=finding.remedy,
        why=why,
        examples=[_example(file, e) for e in examples],
        more=max(0, count - len(examples)) if examples and isinstance(count, int) else 0,
        table=table_of(finding),
    )


def _example(file: str, example: dict[str, Any]) -> ExampleView:
    before, span, after = split_span(example)
    return ExampleView(
        place=place_of(file, example),
        row=str(example.get("row") or ""),
        field=str(example.get("field") or ""),
        note=str(example.get("note") or "")[:_NOTE],
        before=visible(before),
        span=visible(span),
        after=visible(after),
    )
