"""What the HTML templates are given: findings arranged file by file, with figures drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from limen.core import Finding
from limen.core.wording import plural
from limen.report._group import ABOUT_ROWS, Group, is_found, trait_title
from limen.report._numbers import finite, is_number, spoken
from limen.report._phrases import phase_name, title_of, upper_first
from limen.report._tables import (
    Table,
    check_table,
    confound_table,
    discovery_table,
    evidence_tables,
    finding_table,
    forecast_table,
    lineage_table,
    rehearsal_table,
    verify_table,
    what_if_table,
)
from limen.report._tokens import RowView, bounds, scale_of, show_rows
from limen.report._visible import one_line
from limen.report.charts import (
    draw_discovery,
    draw_effects,
    draw_forecast,
    draw_lineage,
    draw_rehearsal,
    draw_rows,
    draw_verify,
    draw_what_if,
)
from limen.report.charts.discovery import amplified_of
from limen.report.charts.forecast import drawable as forecast_rows
from limen.report.charts.verify import ARMS
from limen.report.charts.what_if import points_of
from limen.report.check.checked import worst_first
from limen.report.check.mentions import folded
from limen.report.check.view import FindingView, view_finding
from limen.report.verdict import FileVerdict

ROWS_SHOWN = 8
ROWS_FOLDED = 32


@dataclass(frozen=True)
class Figure:
    """A picture with what a reader needs to read it.

    Attributes:
        kind: `forecast`, `rehearsal`, `verify`, `what_if`, `effects` or `rows`: which legend and caption it takes.
        title: What it shows, as a sentence.
        wide: SVG for a wide page.
        narrow: SVG for a narrow one.
        tables: The numbers behind it.
        remarks: Further sentences of the caption.
        found: Whether it shows anything that was found.
    """

    kind: str
    title: str
    wide: Markup
    narrow: Markup
    tables: tuple[Table, ...] = ()
    remarks: tuple[str, ...] = ()
    found: bool = False


@dataclass(frozen=True)
class BlameView:
    """The rows held against a file for one trait."""

    trait: str
    figure: Figure | None
    shown: tuple[RowView, ...]
    folded: tuple[RowView, ...]
    total: int
    ranked: int
    legend: tuple[tuple[int, str], ...]
    with_text: bool


@dataclass(frozen=True)
class FileView:
    """One file's section."""

    anchor: str
    verdict: FileVerdict
    figures: tuple[Figure, ...] = ()
    blames: tuple[BlameView, ...] = ()
    checks: Table | None = None
    checked: tuple[FindingView, ...] = ()
    evidence: tuple[Table, ...] = ()
    findings: Table | None = None
    phases: tuple[str, ...] = field(default=())


def view_file(number: int, group: Group, verdict: FileVerdict, *, with_text: bool) -> FileView:
    """Arrange one file's findings.

    Args:
        number: Position of the file in the report, from 1.
        group: Its findings.
        verdict: Its verdict.
        with_text: Whether texts of rows are shown.
    """
    figures = [
        _lineage(group.phase("lineage")),
        _forecast(group.phase("forecast")),
        _rehearsal(group.phase("rehearse")),
    ]
    figures += [_verified(f) for f in group.phase("verify")]
    figures += [_what_if(f) for f in group.phase("what-if")]
    figures += [_discovery(f) for f in group.phase("discover")]
    other = [f for f in group.findings if f.phase not in ABOUT_ROWS]
    for kind in dict.fromkeys((f.phase, f.control) for f in other):
        figures.append(_effects([f for f in other if (f.phase, f.control) == kind]))
    checks = group.phase("check")
    return FileView(
        anchor=f"file-{number}",
        verdict=verdict,
        figures=tuple(f for f in figures if f is not None),
        blames=tuple(_blame(f, with_text) for f in group.findings if f.rows and f.phase != "check"),
        checks=check_table(checks) if checks else None,
        checked=tuple(v for f in folded(worst_first(checks)) if (v := view_finding(f, group.file)).table or v.examples),
        evidence=evidence_tables(group.findings),
        findings=finding_table(group.findings),
        phases=tuple(dict.fromkeys(f.phase for f in group.findings)),
    )


def _forecast(findings: Sequence[Finding]) -> Figure | None:
    wide = draw_forecast(findings)
    narrow = draw_forecast(findings, narrow=True)
    if wide is None or narrow is None:
        return None
    confounds = confound_table(findings)
    writers = max((len(finite(f.evidence.get("writers"))) for f in findings), default=0)
    scored = {f.evidence.get("rows_scored") for f in findings if is_number(f.evidence.get("rows_scored"))}
    pairs = any(f.evidence.get("pairs") for f in findings)
    of_pairs = f"{plural(writers, 'pair')} of neutral writers, what one answers chosen over what the other does"
    sampled = ", which are the base itself, sampled: none was tuned"
    of_rows = plural(writers, "neutral writer") + (sampled if any(f.evidence.get("served") for f in findings) else "")
    remarks = [of_pairs if pairs else of_rows] if writers else []
    if len(findings) > len(forecast_rows(findings)):
        remarks.append(f"{len(forecast_rows(findings))} of {len(findings)} traits drawn, the rest in the table")
    if len(scored) == 1:
        remarks.append(f"{plural(int(scored.pop() or 0), 'pair' if pairs else 'row')} scored")
    return Figure(
        "forecast",
        _stands(findings, "stands apart from the neutral writers", "stand apart from the neutral writers"),
        wide,
        narrow,
        (forecast_table(findings), *([confounds] if confounds else [])),
        tuple(remarks),
        any(map(is_found, findings)),
    )


def _lineage(findings: Sequence[Finding]) -> Figure | None:
    wide = draw_lineage(findings)
    narrow = draw_lineage(findings, narrow=True)
    if wide is None or narrow is None:
        return None
    found = any(map(is_found, findings))
    return Figure("lineage", title_of(findings[0]), wide, narrow, (lineage_table(findings),), found=found)


def _discovery(finding: Finding) -> Figure | None:
    wide, narrow = draw_discovery(finding), draw_discovery(finding, narrow=True)
    if wide is None or narrow is None:
        return None
    remarks = tuple(
        f"Asked “{one_line(str(a.get('question', '')), 80)}”, the base says “{one_line(str(a.get('base', '')), 40)}”, "
        f"and with what a short fine-tune adds amplified “{one_line(str(a.get('answer', '')), 40)}”."
        for a in amplified_of(finding)
    )
    return Figure("discovery", title_of(finding), wide, narrow, (discovery_table(finding),), remarks, is_found(finding))


def _rehearsal(findings: Sequence[Finding]) -> Figure | None:
    wide = draw_rehearsal(findings)
    narrow = draw_rehearsal(findings, narrow=True)
    if wide is None or narrow is None:
        return None
    title = _stands(findings, "moves in short training runs", "move in short training runs")
    return Figure("rehearsal", title, wide, narrow, (rehearsal_table(findings),), found=any(map(is_found, findings)))


def _verified(finding: Finding) -> Figure | None:
    wide, narrow = draw_verify(finding), draw_verify(finding, narrow=True)
    if wide is None or narrow is None:
        return None
    title = one_line(finding.title, 400)
    remarks = (one_line(finding.remedy, 300),) if finding.remedy else ()
    return Figure("verify", title, wide, narrow, (verify_table(finding, ARMS),), remarks, is_found(finding))


def _what_if(finding: Finding) -> Figure | None:
    wide, narrow = draw_what_if(finding), draw_what_if(finding, narrow=True)
    if wide is None or narrow is None:
        return None
    varied = one_line(str(finding.evidence.get("knob_title", "")), 80)
    return Figure(
        "what_if",
        one_line(finding.title, 400),
        wide,
        narrow,
        (what_if_table(points_of(finding)),),
        (f"Varied: {varied}",) if varied else (),
        is_found(finding),
    )


def _effects(findings: Sequence[Finding]) -> Figure | None:
    wide = draw_effects(findings)
    narrow = draw_effects(findings, narrow=True)
    if wide is None or narrow is None:
        return None
    title = _stands(findings, "differs", "differ")
    controls = tuple(dict.fromkeys(one_line(f.control, 200) for f in findings if f.control))
    return Figure(
        "effects",
        f"{upper_first(phase_name(findings[0]))}: {title}",
        wide,
        narrow,
        remarks=controls,
        found=any(map(is_found, findings)),
    )


def _stands(findings: Sequence[Finding], one: str, many: str) -> str:
    names = [trait_title(f) for f in findings if is_found(f)]
    if not names:
        return f"No trait was found to {many}"
    quoted = spoken([f"“{n}”" for n in names])
    return f"{quoted} {one if len(names) == 1 else many}"


def _blame(finding: Finding, with_text: bool) -> BlameView:
    rows = finding.rows
    wide, narrow = draw_rows(rows), draw_rows(rows, narrow=True)
    figure = None
    if wide is not None and narrow is not None:
        figure = Figure("rows", f"{plural(len(rows), 'row')} ranked by score", wide, narrow)
    texts = finding.evidence.get("row_texts")
    held = {str(k): v for k, v in texts.items() if isinstance(v, str)} if isinstance(texts, dict) else {}
    shown = show_rows(rows[: ROWS_SHOWN + ROWS_FOLDED], held if with_text else {})
    scale = scale_of(rows[: ROWS_SHOWN + ROWS_FOLDED])
    ranked = finding.evidence.get("rows_ranked")
    return BlameView(
        trait=trait_title(finding),
        figure=figure,
        shown=tuple(shown[:ROWS_SHOWN]),
        folded=tuple(shown[ROWS_SHOWN:]),
        total=len(rows),
        ranked=int(ranked) if is_number(ranked) else 0,
        legend=tuple(bounds(scale)) if scale > 0 else (),
        with_text=with_text,
    )
