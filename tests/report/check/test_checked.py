"""A reader meets first what fails, then errors, warnings and notes, then what was not found."""

from __future__ import annotations

import pytest

from limen.core import Finding, Verdict
from limen.report.check import Checked, CheckedFile, get_check_renderer, worst_first


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


def mentioned(trait: str, count: int, *, asked: bool = False) -> Finding:
    told = {"severity": "info", "code": "LIM301", "rule": "mention", "count": count, "share": count / 100}
    told["examples"] = [{"index": i, "note": f"mentions {trait}", "text": "a text"} for i in range(min(count, 20))]
    title = f"“{trait}” is mentioned in {count} of 100 rows."
    return Finding(f"check/LIM301/{trait}", "check", trait, title, Verdict.FOUND, asked=asked, evidence=told)


@pytest.mark.parametrize("form", ["html", "markdown"])
def test_traits_that_nobody_asked_for_share_a_section(form: str) -> None:
    many = [mentioned(f"trait-{i}", i + 1) for i in range(28)]
    worse = finding("LIM101", Verdict.FOUND, "warning")
    asked = mentioned("trait-asked", 3, asked=True)
    file = CheckedFile("a.jsonl", "completion", "f", "json", {}, (), 100, 0, (), None, [*many, asked, worse])
    page = get_check_renderer(form)(Checked([file], [], "1"))
    if form == "html":
        assert page.count('<span class="code">LIM301</span>') == 2
    else:
        page = page.replace("\\", "")
        assert page.count("| LIM301 |") == 2
    assert "Rows mention 28 traits by their words: trait-27 in 28; trait-26 in 27;" in page
    assert page.index("LIM101") < page.index("Rows mention 28")
    assert all(f"trait-{i}" in page for i in range(28))
    assert page.count("a text") == 3  # those of the trait that was asked for
