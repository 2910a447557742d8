"""`limen check` in a terminal: a line a finding, and under it the first rows that it names, with what it means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from limen.core import Finding, Verdict
from limen.core.wording import plural
from limen.data import visible
from limen.report.check import Checked, CheckedFile, examples_of, sentence, severity_of, silence, split_span

_MARKS = {"error": ("✗", "bold red"), "warning": ("!", "bold yellow"), "info": ("i", "bold blue")}
_EXAMPLES = 3
_MENTIONS = 10
_WIDTH = 160
_INDENT = 6
_LEAD = 24  # cells shown in front of a span


def print_check(checked: Checked, console: Console) -> None:
    """Print every file's findings.

    Args:
        checked: The check.
        console: Where to.
    """
    for i, file in enumerate(checked.files):
        if i:
            console.print()
        _print_file(file, console)
    if checked.notes:
        console.print()
    for note in checked.notes:
        console.print(Text(visible(note), style="dim"))


def _print_file(file: CheckedFile, console: Console) -> None:
    roles = ", ".join(f"{role} from {visible(name)}" for role, name in file.columns.items() if role != name)
    console.print(Text(visible(file.file), style="bold"))
    console.print(Text(file.about + (f"; {roles}" if roles else ""), style="dim"))
    mentions = [f for f in file.findings if f.evidence.get("rule") == "mention" and f.effect is not None]
    for finding in file.findings:
        if finding not in mentions:
            _print_finding(file, finding, console)
    if mentions:
        _print_mentions(file, mentions, console)


def _print_finding(file: CheckedFile, finding: Finding, console: Console) -> None:
    """One finding, its remedy and the first rows it names; row content is shown as data, never as markup."""
    mark, style = {
        Verdict.FOUND: _MARKS[severity_of(finding)],
        Verdict.CLEAR: ("✓", "green"),
    }.get(finding.verdict, ("?", "dim"))
    code = (visible(str(finding.evidence.get("code", ""))), "dim")
    console.print(Text.assemble((mark, style), " ", code, " ", visible(sentence(finding))))
    for example in examples_of(finding)[:_EXAMPLES]:
        head, *text = example_lines(file.path_of(example), example, console.width)
        console.print(head, soft_wrap=True)  # a path that is broken over lines cannot be clicked
        for line in text:
            console.print(line, overflow="ellipsis", no_wrap=True)
    if finding.remedy:
        console.print(Text(f"    → {visible(finding.remedy)}", style="italic"))


def example_lines(path: str, example: dict[str, Any], width: int) -> list[Text]:
    """A row that a finding names: where it is, then its text, with the span marked on a line of its own.

    Args:
        path: The file that the row stands in.
        example: From the evidence of a finding.
        width: Cells of a line.
    """
    line, index = example.get("line"), example.get("index")
    place = f"{path}:{line}" if line else f"{path} row {index + 1}" if isinstance(index, int) else path
    head = Text("    ")
    head.append(visible(place), style="cyan")
    if example.get("field"):
        head.append(f" {visible(str(example['field']))}", style="bold")
    if example.get("note"):
        head.append(f" ({cut(visible(str(example['note'])), _WIDTH)})", style="dim")
    before, span, after = (visible(part) for part in split_span(example))
    room = min(width, _WIDTH) - _INDENT
    if not (before or span or after).strip():
        return [head]
    if not span:
        return [head, _indented(Text(cut(before, room), style="dim"))]
    before = _tail(before, _LEAD) if cell_len(before + span) > room else before
    shown = cut(span, max(1, room - cell_len(before)))
    rest = room - cell_len(before) - cell_len(shown)
    if not before and (not after or rest <= 1):
        return [head, _indented(Text(shown))]  # all that is seen is meant
    text = Text(before, style="dim")
    text.append(shown, style="not dim bold")
    text.append(cut(after, rest) if rest > 1 else "")
    marks = Text(" " * cell_len(before) + "~" * max(1, cell_len(shown)), style="bold red")
    return [head, _indented(text), _indented(marks)]


def _indented(text: Text) -> Text:
    return Text(" " * _INDENT).append_text(text)


def cut(text: str, cells: int) -> str:
    """The beginning of a text that fits so many cells, an ellipsis included.

    Args:
        text: Visible text; wide characters take two cells.
        cells: How many.
    """
    if cell_len(text[: cells * 4]) <= cells and len(text) <= cells * 4:
        return text
    kept, used = [], 0
    for char in text:
        used += cell_len(char)
        if used > cells - 1:
            break
        kept.append(char)
    return "".join(kept) + "…"


def _tail(text: str, cells: int) -> str:
    """The end of a text that fits so many cells, an ellipsis included."""
    return cut(text[::-1], cells)[::-1]


def _print_mentions(file: CheckedFile, mentions: Sequence[Finding], console: Console) -> None:
    """The traits mentioned most, each in a line, and in one line those that no row mentions."""
    found = [f for f in mentions if f.verdict is Verdict.FOUND]
    found.sort(key=lambda f: -f.evidence["count"])
    for finding in found[:_MENTIONS]:
        _print_finding(file, replace(finding, remedy=""), console)
    if len(found) > _MENTIONS:
        rest = plural(len(found) - _MENTIONS, "more trait is", "more traits are")
        console.print(Text(f"i LIM301 … and {rest} mentioned.", style="dim"))
    silent = len(mentions) - len(found)
    if silent:
        console.print(Text.assemble(("✓", "green"), " ", ("LIM301", "dim"), f" {silence(silent)}"))
