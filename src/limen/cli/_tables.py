"""Tables of `limen measure` and `limen diff` in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from limen.cli._errors import one_line
from limen.core import Finding, Verdict
from limen.core.wording import plural

if TYPE_CHECKING:
    from rich.console import Console

    from limen.measure import BiasScore, Readings, Summary

MARKS = {
    Verdict.FOUND: ("●", "bold"),
    Verdict.CLEAR: ("○", ""),
    Verdict.INCONCLUSIVE: ("◐", ""),
    Verdict.NOT_MEASURED: ("◌", "dim"),
}
"""Marks differ in shape, so that no colour is needed."""


def _text(value: object, style: str = "") -> Text:
    """Text that is never read as markup or as an escape."""
    return Text(one_line(str(value)), style=style)


def _table(*columns: str, right: Sequence[str] = ()) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold")
    return table


def percent(value: float | None, digits: int = 1) -> str:
    """A share in percent, with a real minus sign."""
    return "–" if value is None else f"{100 * value:.{digits}f}%".replace("-", "−")


def summary_table(summaries: Sequence[Summary]) -> Table:
    """One line for each trait and arm; labels only where a scorer gives some."""
    labelled = any(s.labels for s in summaries)
    table = _table("trait", "arm", "mean", "95% interval", "probes in families", *(["labels"] if labelled else []))
    table.columns[0].no_wrap = table.columns[3].no_wrap = True
    for s in summaries:
        total = sum(s.labels.values())
        labels = ", ".join(f"{name} {percent(count / total)}" for name, count in s.labels.items())
        left_out = f", {s.unscored} not scored" if s.unscored else ""
        runs = f", {s.runs} runs" if s.runs > 1 else ""
        cells = [
            s.trait,
            s.arm,
            percent(s.mean.estimate),
            f"{percent(s.mean.low)} to {percent(s.mean.high)}",
            f"{s.probes} in {s.families}{runs}{left_out}",
        ]
        table.add_row(*(_text(c) for c in [*cells, *([labels] if labelled else [])]))
    return table


def bias_table(scores: Sequence[BiasScore]) -> Table:
    """BBQ's scores, in percent."""
    table = _table(
        "BBQ", "arm", "bias score", "s_DIS", "accuracy", "answers", right=("bias score", "s_DIS", "accuracy", "answers")
    )
    for s in scores:
        name = "s_AMB" if s.context == "ambiguous" else "s_DIS"
        cells = (
            s.trait.removeprefix("bbq/"),
            s.arm,
            f"{name} {_hundred(s.score)}",
            _hundred(s.s_dis),
            percent(s.accuracy),
            f"{s.answers}" + (f" (+{s.unscored} unmatched)" if s.unscored else ""),
        )
        table.add_row(*(_text(c) for c in cells))
    return table


def _hundred(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f}".replace("-", "−")


def not_measured_lines(readings: Readings) -> list[Text]:
    """A line for each trait that was not measured."""
    return [_text(f"◌ {trait}: not measured, {why}.", "dim") for trait, why in readings.not_measured.items()]


def findings_report(findings: Sequence[Finding], console: Console) -> None:
    """Print findings: what is found, open or not measured in a sentence each, then a table for each pair of arms.

    Args:
        findings: Of a comparison.
        console: Where to.
    """
    for f in findings:
        mark, style = MARKS[f.verdict]
        if f.verdict is not Verdict.CLEAR:
            console.print(_text(f"{mark} {f.verdict.value}: {f.title}", style))
            _indented(f.reason, console)
            for line in _beside(f) if f.verdict is not Verdict.NOT_MEASURED else ():
                _indented(line, console)
    measured = [f for f in findings if f.effect is not None]
    for pair in dict.fromkeys((f.evidence["arm_a"], f.evidence["arm_b"]) for f in measured):
        console.print()
        console.print(_pair_table([f for f in measured if (f.evidence["arm_a"], f.evidence["arm_b"]) == pair]))
    if measured:
        console.print(_text("Shifts are in points of probability; positive is towards the trait.", "dim"))
    for line in dict.fromkeys(f.guarantee for f in measured if f.verdict in (Verdict.FOUND, Verdict.CLEAR)):
        console.print(_text(line, "dim"))


def _pair_table(findings: Sequence[Finding]) -> Table:
    arm_a, arm_b = findings[0].evidence["arm_a"], findings[0].evidence["arm_b"]
    table = _table("", "trait", one_line(arm_a), one_line(arm_b), "shift", "95% interval", "p adj.")
    for column in table.columns[2:]:
        column.justify = "right"
    table.columns[1].no_wrap = table.columns[5].no_wrap = True
    for f in findings:
        if f.effect is None:
            continue
        cells = (
            MARKS[f.verdict][0],
            f.subject,
            percent(f.evidence["mean_a"]),
            percent(f.evidence["mean_b"]),
            _signed(f.effect.estimate),
            f"{_signed(f.effect.low)} to {_signed(f.effect.high)}",
            p_text(f.p_adjusted),
        )
        table.add_row(*(_text(c, MARKS[f.verdict][1]) for c in cells))
    return table


def _indented(line: str, console: Console) -> None:
    from rich.padding import Padding

    if line:
        console.print(Padding(_text(line, "dim"), (0, 0, 0, 2)))


def _beside(f: Finding) -> list[str]:
    """The design, labels, the published test and the contrast over runs, where there are any."""
    e: dict[str, Any] = f.evidence
    unpaired = f", {plural(e['unpaired'], 'probe')} on one arm only" if e["unpaired"] else ""
    lines = [
        f"{plural(e['probes'], 'probe')} in {plural(e['families'], 'family', 'families')}{unpaired}; "
        f"smallest adjusted p within reach {p_text(f.p_reachable)}"
    ]
    labels = e.get("labels", {})
    names = list(dict.fromkeys(n for arm in labels.values() for n in arm))
    if 1 < len(names) <= 4:
        lines.append(
            "; ".join(f"{n}: {_share(labels, e['arm_a'], n)} → {_share(labels, e['arm_b'], n)}" for n in names)
        )
    outcomes = e.get("mcnemar")
    if outcomes:
        lines.append(
            f"exact McNemar over prompts: {outcomes['lost']} from yes to no, {outcomes['gained']} from no to yes, "
            f"p = {p_text(outcomes['p'])}; sign flips over families: p = {p_text(f.p)}"
        )
    runs = e.get("runs")
    if runs and runs["p"] is not None:
        lines.append(
            f"over training runs ({runs['data_runs']} against {runs['control_runs']}, {runs['method']}): "
            f"{_signed(runs['estimate'])}, {_signed(runs['low'])} to {_signed(runs['high'])}, p = {p_text(runs['p'])}"
        )
    return lines


def _share(labels: dict[str, dict[str, int]], arm: str, name: str) -> str:
    counts = labels.get(arm, {})
    return percent(counts.get(name, 0) / max(1, sum(counts.values())))


def _signed(value: float) -> str:
    return f"{100 * value:+.1f}".replace("-", "−")


def p_text(value: float | None) -> str:
    """A p-value: three digits, two where it is tiny."""
    return "–" if value is None else f"{value:.3g}" if value >= 0.001 else f"{value:.2g}"
