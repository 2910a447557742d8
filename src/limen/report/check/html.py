"""A check as one static HTML file, in the style of the audit's report: no scripts, no requests, everything escaped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from markupsafe import Markup

from limen.core import Finding, Verdict
from limen.core.wording import plural
from limen.report._environment import environment, style
from limen.report.check.checked import (
    Checked,
    CheckedFile,
    RuleCard,
    code_of,
    is_silent_mention,
    severity_of,
    silence,
    worst_first,
)
from limen.report.check.mentions import folded
from limen.report.check.registry import check_renderer
from limen.report.check.view import FindingView, view_finding

_LAID_OUT = re.compile(r"^(?: {2,}|[-*|] |\d+\. |```)", re.MULTILINE)


@dataclass(frozen=True)
class _File:
    anchor: str
    name: str
    about: str
    facts: Sequence[tuple[str, str]]
    shape: str
    word: str
    found: Sequence[FindingView]
    others: Sequence[FindingView]


@check_renderer("html", ".html", ".htm")
def _render(checked: Checked) -> str:
    cards = {card.code: card for card in checked.rules}
    told = [_file(i, file, cards) for i, file in enumerate(checked.files, 1)]
    shape, headline = _headline(checked)
    return (
        environment()
        .get_template("check_page.html.jinja")
        .render(checked=checked, files=told, shape=shape, headline=headline, style=style(), more_style=_more_style())
    )


@cache
def _more_style() -> Markup:
    return Markup(files("limen.report").joinpath("templates/check.css").read_text(encoding="utf-8"))


def _headline(checked: Checked) -> tuple[str, str]:
    findings = [f for file in checked.files for f in file.findings]
    unreadable = sum(file.unreadable for file in checked.files)
    if unreadable:
        return "found", f"{plural(unreadable, 'row')} cannot be read."
    harmful = {code_of(f) for f in findings if f.verdict is Verdict.FOUND and f.harmful}
    if harmful:
        return "found", f"{plural(len(harmful), 'rule')} found what spoils training."
    if checked.exit_code == 3:
        return "inconclusive", "Something that was asked for stays open."
    if any(f.verdict is Verdict.FOUND and severity_of(f) != "info" for f in findings):
        return "clear", "What was found is too little to fail."
    return "clear", "Nothing was found that spoils training."


def _file(number: int, file: CheckedFile, cards: dict[str, RuleCard]) -> _File:
    ordered = folded(worst_first(file.findings))
    views = [(f, _found(file, f, cards.get(code_of(f)))) for f in ordered if not is_silent_mention(f)]
    silent = [f for f in file.findings if is_silent_mention(f)]
    harmful = file.unreadable or any(f.harmful and f.verdict is Verdict.FOUND for f in file.findings)
    found = [view for f, view in views if f.verdict is Verdict.FOUND]
    others = [view for f, view in views if f.verdict is not Verdict.FOUND]
    if silent:
        others.append(FindingView("LIM301", "mention", "clear", "clear", silence(len(silent))))
    facts = [(role, name) for role, name in file.columns.items() if role != name]
    return _File(
        anchor=f"file-{number}",
        name=file.file,
        about=file.about,
        facts=[*((f"column of {role}", name) for role, name in facts), ("sha256", file.sha256 or "–")],
        shape="found" if harmful else "clear",
        word="fails" if harmful else "passes",
        found=found,
        others=others,
    )


def _found(file: CheckedFile, finding: Finding, card: RuleCard | None) -> FindingView:
    if card is None:
        return view_finding(finding, file.file)
    return view_finding(finding, file.file, card.name, _flowing(card.text.replace("**", "")))


def _flowing(text: str) -> str:
    """A page whose paragraphs go on to the end of the line, as wide as that is; lists and code keep their lines."""
    return "\n\n".join(
        part if _LAID_OUT.search(part) else " ".join(part.split()) for part in text.strip().split("\n\n")
    )
