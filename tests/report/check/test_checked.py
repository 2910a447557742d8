"""A reader meets first what fails, then errors, warnings and notes, then what was not found."""

from __future__ import annotations

from limen.core import Finding, Verdict
from limen.report.check import worst_first


def finding(name: str, verdict: Verdict, severity: str, *, harmful: bool = False) -> Finding:
    told = {"severity": severity, "code": name}
    return Finding(f"check:{name}", "check", name, name, verdict, harmful=harmful, evidence=told)


def test_the_worst_comes_first_whatever_the_codes() -> None:
    given = [
        finding("clear", Verdict.CLEAR, "error"),
        finding("note", Verdict.FOUND, "info"),
        finding("warning", Verdict.FOUND, "warning"),
        finding("open", Verdict.INCONCLUSIVE, "warning"),
        finding("error", Verdict.FOUND, "error"),
        finding("fails", Verdict.FOUND, "warning", harmful=True),
    ]
    assert [f.subject for f in worst_first(given)] == ["fails", "error", "warning", "note", "clear", "open"]
