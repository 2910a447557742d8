"""`limen check` in a terminal: what is found, the worst first, each with the first rows that it names and what to do.

Rules that found nothing, and those that could not look for the same reason, share a line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from limen.core import Finding, Verdict
from limen.core.wording import plural
from limen.data import visible
from limen.report.check import (
    Checked,
    CheckedFile,
    Table,
    code_of,
    examples_of,
    mentions_told,
    sentence,
    severity_of,
    silence,
    split_span,
    table_of,
    worst_first,
)
from limen.report.check.mentions import REMEDY

_MARKS = {"error": ("✗", "bold red"), "warning": ("!", "bold yellow"), "info": ("i", "bold blue")}
_EXAMPLES = 3
_PAGE = "-o check.html"
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
    rest = [f for f in file.findings if f not in mentions]
    for finding in worst_first(f for f in rest if f.verdict is Verdict.FOUND):
        _print_finding(file, finding, console)
    if mentions:
        _print_mentions(file, mentions, console)
    for finding in rest:
        if finding.verdict is Verdict.INCONCLUSIVE or _hides(finding):
            _print_finding(file, finding, console)
    _print_not_measured(file, [f for f in rest if f.verdict is Verdict.NOT_MEASURED], console)
    told = {code_of(f) for f in rest if f.verdict is not Verdict.CLEAR or _hides(f)}
    clear = [f for f in rest if f.verdict is Verdict.CLEAR and code_of(f) not in told]
    if clear:
        count = plural(len({code_of(f) for f in clear}), "rule finds", "rules find")
        console.print(Text.assemble(("✓", "green"), f" {count} nothing: ", (_names(clear), "dim")))


def _hides(finding: Finding) -> bool:
    """Whether a rule found rows that are not counted, as it then says itself."""
    return finding.verdict is Verdict.CLEAR and any(finding.evidence.get(k) for k in ("ignored", "in_baseline"))


def _print_not_measured(file: CheckedFile, findings: Sequence[Finding], console: Console) -> None:
    """Rules that could not look; those to whom the same remedy helps in one line."""
    by_remedy: dict[str, list[Finding]] = {}
    for finding in findings:
        by_remedy.setdefault(finding.remedy, []).append(finding)
    for remedy, some in by_remedy.items():
        if len(some) == 1:
            _print_finding(file, some[0], console)
            continue
        count = plural(len({code_of(f) for f in some}), "rule was", "rules were")
        console.print(Text.assemble(("?", "dim"), f" {count} not measured: ", (_names(some), "dim")))
        console.print(Text(f"    → {visible(remedy)}", style="italic"))


def _names(findings: Sequence[Finding]) -> str:
    """The rules of some findings, each once."""
    return ", ".join(dict.fromkeys(visible(f"{code_of(f)} {f.evidence.get('rule', '')}".strip()) for f in findings))


def _print_finding(file: CheckedFile, finding: Finding, console: Console) -> None:
    """One finding, its remedy and the first rows it names; row content is shown as data, never as markup."""
    mark, style = {
        Verdict.FOUND: _MARKS[severity_of(finding)],
        Verdict.CLEAR: ("✓", "green"),
    }.get(finding.verdict, ("?", "dim"))
    code = (visible(str(finding.evidence.get("code", ""))), "dim")
    console.print(Text.assemble((mark, style), " ", code, " ", visible(sentence(finding))))
    # Of what is only told, a terminal shows the sentence; tables of it stand on the page
    if (table := table_of(finding)) and severity_of(finding) != "info":
        console.print(Padding(_grid(table), (0, 0, 0, 4)))
    for example in examples_of(finding)[:_EXAMPLES]:
        head, *text = example_lines(file.path_of(example), example, console.width)
        console.print(head, soft_wrap=True)  # a path that is broken over lines cannot be clicked
        for line in text:
            console.print(line, overflow="ellipsis", no_wrap=True)
    if finding.remedy:
        console.print(Text(f"    → {visible(finding.remedy)}", style="italic"))
    if table and severity_of(finding) == "info" and _PAGE not in finding.remedy:
        console.print(Text(f"    → {plural(len(table.rows), 'row')} of figures, as a table: {_PAGE}", style="italic"))


def _grid(table: Table) -> Grid:
    """A finding's table; on a narrow terminal its cells break over lines, and nothing of them is cut."""
    grid = Grid(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for name in table.columns:
        grid.add_column(Text(name), overflow="fold")
    for row in table.rows:
        grid.add_row(*map(Text, row))
    return grid


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
    """The traits mentioned most, and in one line those that no row mentions.

    Traits that the user named have a line each with the rows that mention them; of the others a line says how many
    rows mention them.
    """
    found = [f for f in mentions if f.verdict is Verdict.FOUND]
    found.sort(key=lambda f: -f.evidence["count"])
    for finding in [f for f in found if f.asked][:_MENTIONS]:
        _print_finding(file, replace(finding, remedy=""), console)
    unasked = [f for f in found if not f.asked]
    if unasked:
        console.print(Text.assemble(_MARKS["info"], " ", ("LIM301", "dim"), " ", visible(mentions_told(unasked))))
        console.print(Text(f"    → {REMEDY}", style="italic"))
    elif len(found) > _MENTIONS:
        rest = plural(len(found) - _MENTIONS, "more trait is", "more traits are")
        console.print(Text(f"i LIM301 … and {rest} mentioned.", style="dim"))
    silent = len(mentions) - len(found)
    if silent:
        console.print(Text.assemble(("✓", "green"), " ", ("LIM301", "dim"), f" {silence(silent)}"))
