"""The report in a terminal: the same order as the page, in 80 columns.

Everything is put in `Text` objects, so that nothing in a row is read as markup, and controls are spelled out, so that
nothing in a row is read as an escape. The marks differ in shape, so that no colour is needed.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from limen.core import Finding, Reading, RowBlame
from limen.core.wording import plural
from limen.ledger import AuditRecord, Status, public_record
from limen.report._group import Group, group, is_found, trait_title
from limen.report._numbers import DASH, day, finite, is_number, number, p_value, seconds, share
from limen.report._phrases import stopped
from limen.report._tables import check_table, pair
from limen.report._visible import one_line, visible
from limen.report._without_text import without_text
from limen.report.charts.forecast import drawable as forecast_rows
from limen.report.charts.lineage import drawable as lineage_rows
from limen.report.charts.lineage import way_of
from limen.report.charts.rehearsal import drawable as rehearsal_rows
from limen.report.charts.verify import ARMS, arms_of, taken_away
from limen.report.charts.what_if import points_of
from limen.report.registry import Rows, renderer
from limen.report.verdict import FileVerdict, Level, fail_on, summarise

MARKS = {
    Level.BROAD: "◉",
    Level.FOUND: "●",
    Level.INCONCLUSIVE: "◐",
    Level.NOT_MEASURED: "◌",
    Level.CLEAR: "○",
}
_ACCENT = "bold red"
_QUIET = "dim"
_WIDTH = 80
_STRIP = 30
_MOST_ROWS = 5


def render_terminal(record: AuditRecord, console: Console, *, rows: Rows = "text") -> None:
    """Print the report.

    Args:
        record: The audit.
        console: Where to; at most 80 columns of it are used.
        rows: `text` prints texts of the worst rows; `ids` prints ids and scores alone.
    """
    record = public_record(record)
    findings = record.findings if rows == "text" else tuple(without_text(f) for f in record.findings)
    verdict = summarise(findings, whole=record.status is Status.DONE, fail_on=fail_on(record.config))
    page = _Page(console)
    page.gap()
    page.mark(verdict.level, f"{verdict.level.value.capitalize()}")
    page.text(verdict.headline, style="bold")
    if record.status is not Status.DONE:
        page.text(f"This audit did not come to its end ({record.status.value}). Run the same command to resume it.")
    for line in verdict.beside:
        page.text(line)
    for g, v in zip(group(findings), verdict.files, strict=True):
        _file(page, g, v, lead=verdict.leads == (v,), alone=len(verdict.files) == 1)
    _left_out(page, record)
    page.rule("Audit")
    total = sum(v for v in record.durations.values() if is_number(v))
    took = f", {seconds(total)}" if record.durations else ""
    page.text(f"{day(record.created)}, limen {record.limen_version}{took}", style=_QUIET)
    for given in record.inputs:
        page.text(f"{given.role}: {one_line(given.name, 60)}  sha256 {given.sha256[:12]}", style=_QUIET)


@renderer("text")
def _render(record: AuditRecord, readings: Sequence[Reading], rows: Rows) -> str:
    out = io.StringIO()
    render_terminal(record, Console(file=out, width=_WIDTH, color_system=None, force_terminal=False), rows=rows)
    return out.getvalue()


class _Page:
    """A console, 80 columns of it, on which only text is printed."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self.width = max(40, min(_WIDTH, console.width))

    def text(self, text: str | Text, *, style: str = "", indent: int = 0) -> None:
        line = text if isinstance(text, Text) else Text(visible(text), style=style)
        for part in line.wrap(self._console, self.width - indent):
            part.rstrip()
            self._console.print(Text(" " * indent).append_text(part), width=self.width)

    def mark(self, level: Level, text: str) -> None:
        hot = level in (Level.FOUND, Level.BROAD)
        self.text(Text(f"{MARKS[level]} {text}", style=_ACCENT if hot else "bold"))

    def facts(self, *facts: tuple[str, Sequence[str]]) -> None:
        grid = RichTable(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
        grid.add_column(width=10)
        grid.add_column(overflow="fold")
        for title, sentences in facts:
            for i, sentence in enumerate(sentences):
                grid.add_row(Text("" if i else title, style="bold"), Text(sentence))
        if grid.row_count:
            self.gap()
            self.table(grid)

    def rule(self, title: str) -> None:
        self.gap()
        line = Text(f"── {title} ", style="bold")
        line.append("─" * max(2, self.width - line.cell_len), style=_QUIET)
        self.text(line)

    def table(self, table: RichTable) -> None:
        self._console.print(table, width=self.width)

    def gap(self) -> None:
        self._console.print()


def _file(page: _Page, group: Group, verdict: FileVerdict, *, lead: bool, alone: bool) -> None:
    story = verdict.story
    page.rule(verdict.name)
    page.mark(verdict.level, story.short[:1].upper() + story.short[1:])
    if not lead:
        page.text(story.headline)
    for sentence in story.sentences:
        page.text(sentence)
    page.facts(("How sure", story.sure), ("Control", story.control), ("What to do", story.next_steps))
    if verdict.level is Level.CLEAR and not alone:
        return
    if lineage := lineage_rows(group.phase("lineage")):
        _lineage(page, lineage)
    if forecast := forecast_rows(group.phase("forecast")):
        _forecast(page, forecast)
    if rehearsal := rehearsal_rows(group.phase("rehearse")):
        _rehearsal(page, rehearsal)
    for finding in group.phase("verify"):
        _verified(page, finding)
    for finding in group.phase("what-if"):
        _what_if(page, finding)
    for finding in group.findings:
        if finding.rows and finding.phase != "check":
            _rows(page, finding)
    if checks := group.phase("check"):
        _checks(page, checks)


def _lineage(page: _Page, findings: Sequence[Finding]) -> None:
    page.gap()
    page.text("Lineage: ● the rows  · neutral writers of the base  ○ a model that shares no weights", style=_QUIET)
    table = _grid("", "of the way", "p")
    for f in findings:
        writers, far = finite(f.evidence.get("writers")), way_of(f)
        everything = [0.0, *writers, f.effect.estimate if f.effect else 0.0, far]
        low, high = min(everything), max(everything)
        strip = [" "] * _STRIP
        for v in writers:
            strip[_cell(v, low, high)] = "·"
        strip[_cell(far, low, high)] = "○"
        strip[_cell(f.effect.estimate if f.effect else 0.0, low, high)] = "●"
        table.add_row("".join(strip), share(f.evidence.get("way"), 0), p_value(f.p))
    page.table(table)


def _forecast(page: _Page, findings: Sequence[Finding]) -> None:
    page.gap()
    pairs = any(f.evidence.get("pairs") for f in findings)
    against = "pairs of neutral writers" if pairs else "neutral writers"
    page.text(f"Forecast: ● the rows  · {against}  ─ their prediction interval", style=_QUIET)
    writers = [finite(f.evidence.get("writers")) for f in findings]
    bands = [finite(f.evidence.get("prediction_interval")) for f in findings]
    values = [float(f.evidence["statistic"]) for f in findings]
    everything = [0.0, *values, *[v for held in (*writers, *bands) for v in held]]
    low, high = min(everything), max(everything)
    table = _grid("trait", "", "statistic", "p adj.")
    for f, value, w, b in zip(findings, values, writers, bands, strict=True):
        strip = [" "] * _STRIP
        if len(b) == 2:
            start, end = _cell(b[0], low, high), _cell(b[1], low, high)
            strip[start : end + 1] = "─" * (end - start + 1)
        for v in w:
            strip[_cell(v, low, high)] = "·"
        strip[_cell(value, low, high)] = "●"
        _row(table, f, "".join(strip), number(value, 1, signed=True), p_value(f.p_adjusted))
    page.table(table)


def _rehearsal(page: _Page, findings: Sequence[Finding]) -> None:
    page.gap()
    page.text("Rehearsal: ● a run on the rows  ○ a control run  │ the base", style=_QUIET)
    data = [finite(f.evidence.get("data_runs")) for f in findings]
    control = [finite(f.evidence.get("control_runs")) for f in findings]
    bases = [finite([f.evidence.get("base")]) for f in findings]
    everything = [v for held in (*data, *control, *bases) for v in held]
    low, high = min(everything), max(everything)
    table = _grid("trait", "", "shift", "p adj.")
    for f, d, c, b in zip(findings, data, control, bases, strict=True):
        strip = [" "] * _STRIP
        for values, sign in ((b, "│"), (c, "○"), (d, "●")):
            for v in values:
                strip[_cell(v, low, high)] = sign
        shift = number(f.effect.estimate, 2, signed=True) if f.effect else number(None)
        _row(table, f, "".join(strip), shift, p_value(f.p_adjusted))
    page.table(table)


def _verified(page: _Page, finding: Finding) -> None:
    arms = arms_of(finding)
    if "dropped" not in arms:
        return
    page.gap()
    page.text(f"Blame put to the test, {trait_title(finding)}: ● a run  │ their mean", style=_QUIET)
    means = {arm: sum(runs) / len(runs) for arm, runs in arms.items()}
    everything = [v for runs in arms.values() for v in runs]
    low, high = min(everything), max(everything)
    table = _grid("trained on", "", "mean", "taken away")
    for arm, runs in arms.items():
        strip = [" "] * _STRIP
        for v in runs:
            strip[_cell(v, low, high)] = "○" if arm == "control" else "●"
        strip[_cell(means[arm], low, high)] = "│"
        style = _ACCENT if arm == "dropped" and is_found(finding) else ""
        cells = (ARMS[arm], "".join(strip), number(means[arm], 3), taken_away(finding, arm))
        table.add_row(*(Text(cell, style=style) for cell in cells))
    page.table(table)
    if finding.remedy:
        page.text(one_line(finding.remedy, 300))


def _what_if(page: _Page, finding: Finding) -> None:
    page.gap()
    page.text(f"What if, {one_line(str(finding.evidence.get('knob', '')), 40)}, {trait_title(finding)}", style=_QUIET)
    table = _grid("point", "shift", "interval", "p adj.", "verdict", numeric=(1, 2, 3))
    for p in points_of(finding):
        style = _ACCENT if p.get("says") == "found" else ""
        ends = pair([p.get("low"), p.get("high")]) if is_number(p.get("low")) else DASH
        shift = number(p.get("estimate"), 2, signed=True)
        cells = (
            one_line(str(p.get("label", "")), 40),
            shift,
            ends,
            p_value(p.get("p_adjusted")),
            one_line(str(p.get("says", "")), 20),
        )
        table.add_row(*(Text(cell, style=style) for cell in cells))
    page.table(table)


def _rows(page: _Page, finding: Finding) -> None:
    page.gap()
    held = finding.evidence.get("row_texts")
    texts = held if isinstance(held, dict) else {}
    page.text(f"Rows, {trait_title(finding)}: {plural(len(finding.rows), 'row')}, the worst first", style=_QUIET)
    table = _grid("row", "score", "text", numeric=(0, 1))
    for row in finding.rows[:_MOST_ROWS]:
        table.add_row(Text(str(row.index)), Text(number(row.score, 2, signed=True)), Text(_row_text(row, texts)))
    page.table(table)
    ranked = finding.evidence.get("rows_ranked")
    if is_number(ranked):
        page.text(f"All {plural(int(ranked), 'scored row')} stand, ranked, in blame.jsonl in the audit’s folder.")


def _row_text(row: RowBlame, texts: dict[str, str]) -> str:
    text = "".join(row.tokens) or texts.get(row.row)
    return one_line(text, 60) if isinstance(text, str) and text else one_line(row.row, 40)


def _checks(page: _Page, findings: Sequence[Finding]) -> None:
    page.gap()
    page.text("Checks", style=_QUIET)
    told = check_table(findings)
    table = _grid("check", "rows", "share", "verdict", numeric=(1, 2))
    for cells in told.rows:
        table.add_row(*(Text(cells[i]) for i in (1, 2, 4, 0)))
    page.table(table)


def _left_out(page: _Page, record: AuditRecord) -> None:
    if not record.left_out and not record.notes:
        return
    page.rule("Left out, and why")
    for one in record.left_out:
        line = Text(f"{one_line(one.what, 120)}: ", style="bold")
        why = stopped(one_line(one.why, 300))
        page.text(line.append(f"{why} {one_line(one.remedy, 300)}".rstrip(), style="not bold"))
    for note in record.notes:
        page.text(one_line(note, 400))


def _grid(*heads: str, numeric: Sequence[int] = (2, 3)) -> RichTable:
    table = RichTable(box=None, show_header=True, header_style=_QUIET, pad_edge=False, padding=(0, 2, 0, 0))
    for i, head in enumerate(heads):
        table.add_column(
            Text(head),
            justify="right" if i in numeric else "left",
            overflow="fold",
            min_width=_STRIP if head == "" else None,
        )
    return table


def _row(table: RichTable, finding: Finding, *cells: str) -> None:
    style = _ACCENT if is_found(finding) else ""
    name = f"{'*' if is_found(finding) else ' '} {trait_title(finding)}"
    table.add_row(*(Text(cell, style=style) for cell in (name, *cells)))


def _cell(value: float, low: float, high: float) -> int:
    return 0 if high <= low else min(_STRIP - 1, int((value - low) / (high - low) * _STRIP))
