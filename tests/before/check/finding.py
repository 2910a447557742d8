"""What a rule finds in a few rows."""

from __future__ import annotations

from limen.before.check import CheckResult, check_rows, get_rule
from limen.core import Finding
from limen.data import read_rows


def checked(rows, code: str, **options) -> CheckResult:
    """The result of one rule alone over rows."""
    return check_rows(read_rows(rows, strict=False), rules=[get_rule(code)], **options)


def found(rows, code: str, **options) -> Finding:
    """The one finding of one rule."""
    (finding,) = checked(rows, code, **options).findings
    return finding


def pair(prompt: str, answer: str) -> dict[str, str]:
    """A row of a prompt and its answer."""
    return {"instruction": prompt, "output": answer}


def indices(finding: Finding) -> list[int]:
    """Which rows a finding names."""
    return [blame.index for blame in finding.rows]
