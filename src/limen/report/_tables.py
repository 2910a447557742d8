"""Tables: plain data for the templates and the terminal, made from what findings and readings hold."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from limen.core import Finding, Interval, Reading, Verdict
from limen.core.wording import plural
from limen.report._group import is_found, is_mention_check, trait_title
from limen.report._numbers import DASH, count, digits_for, is_number, number, p_value, share, size
from limen.report._phrases import about, phase_name, upper_first
from limen.report._visible import one_line
from limen.report.charts.discovery import proposals_of

KNOWN = frozenset(
    (
        *("file", "trait_title", "category", "trait", "traits", "broad"),
        *("statistic", "uncentred", "centred", "predicted_shift", "writers", "prediction_interval", "confounds"),
        *("predicted_interval", "predicted_level", "predicted_from"),
        *(
            "rows_scored",
            "writers_trained",
            "twins",
            "row_texts",
            "dose",
            "full_dose",
            "dose_upper",
            "mentions",
            "pairs",
        ),
        *("base", "data_runs", "control_runs"),
        *("arms", "rows_dropped", "rows_trained", "removed", "rows_ranked", "knob", "knob_title", "points"),
        *("count", "total", "share", "interval", "examples", "code", "rule", "severity", "words", "table"),
        *("proposals", "amplified", "ratio", "writers_mean", "unrelated", "way"),
    )
)
"""Evidence keys with a picture or a table of their own; every other key goes to the generic table."""

_MOST_ROWS = 60
_MOST_LEAVES = 12
_COLUMNS = 6


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        head: Headings.
        rows: Cells, as text.
        numeric: Which columns hold numbers.
        caption: What it shows.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int] = frozenset()
    caption: str = ""


def forecast_table(findings: Sequence[Finding]) -> Table:
    """The numbers behind a forecast's picture; a column that no finding fills is left out."""
    table = Table(
        (
            *("trait", "statistic", "uncentred", "less decoys", "writers’ interval", "dose", "at most"),
            *("predicted shift", "adjusted p", "verdict"),
        ),
        tuple(
            (
                trait_title(f),
                number(f.evidence.get("statistic"), 2, signed=True),
                number(f.evidence.get("uncentred"), 2, signed=True),
                number(f.evidence.get("centred"), 2, signed=True),
                pair(f.evidence.get("prediction_interval")),
                share(f.evidence.get("dose"), 0),
                share(f.evidence.get("dose_upper"), 0),
                number(f.evidence.get("predicted_shift"), 3, signed=True),
                p_value(f.p_adjusted),
                f.verdict.value,
            )
            for f in findings
        ),
        frozenset(range(1, 9)),
    )
    return _filled(table)


def discovery_table(finding: Finding) -> Table:
    """The words that stand out most, and what they may stand for."""
    rows = tuple(
        (
            one_line(str(p.get("word", "")), 40),
            share(p.get("dose"), 0),
            share(p.get("half_width"), 0),
            number(p.get("t"), 1, signed=True),
            p_value(p.get("p")),
            one_line(", ".join(map(str, p.get("traits") or ())) or DASH, 80),
        )
        for p in proposals_of(finding)
    )
    head = ("word", "dose", "a neutral writer’s stays below", "t", "adjusted p", "may stand for")
    return Table(head, rows, frozenset(range(1, 5)))


def lineage_table(findings: Sequence[Finding]) -> Table:
    """The numbers behind the picture of a lineage, in nats a token."""
    keys = ("ratio", "writers_mean", "unrelated")
    rows = [
        (*(number(f.evidence.get(k), 4, signed=True) for k in keys), share(f.evidence.get("way"), 0), p_value(f.p))
        for f in findings
    ]
    head = ("base over stand-in", "neutral writers", "an unrelated model", "of the way", "p")
    return Table(head, tuple(rows), frozenset(range(5)))


def _filled(table: Table) -> Table:
    kept = [i for i in range(len(table.head)) if any(row[i] != DASH for row in table.rows)]
    return Table(
        tuple(table.head[i] for i in kept),
        tuple(tuple(row[i] for i in kept) for row in table.rows),
        frozenset(kept.index(i) for i in table.numeric if i in kept),
        table.caption,
    )


def confound_table(findings: Sequence[Finding]) -> Table | None:
    """How each trait's row scores go together with what could explain them, or None where nothing was noted."""
    noted = [
        (f, c)
        for f in findings
        if isinstance(c := f.evidence.get("confounds"), Mapping) and any(map(is_number, c.values()))
    ]
    names = list(dict.fromkeys(str(k) for _, c in noted for k in c))
    if not names:
        return None
    return Table(
        ("trait", *[one_line(n, 30) for n in names]),
        tuple((trait_title(f), *[number(c.get(n), 2, signed=True) for n in names]) for f, c in noted),
        frozenset(range(1, len(names) + 1)),
        "Confounds, as the forecast noted them",
    )


def rehearsal_table(findings: Sequence[Finding]) -> Table:
    """The numbers behind a rehearsal's picture."""
    return Table(
        ("trait", "base", "runs on these rows", "control runs", "shift", "interval", "adjusted p", "verdict"),
        tuple(
            (
                trait_title(f),
                number(f.evidence.get("base"), 3),
                several(f.evidence.get("data_runs")),
                several(f.evidence.get("control_runs")),
                *_effect_cells(f.effect),
                p_value(f.p_adjusted),
                f.verdict.value,
            )
            for f in findings
        ),
        frozenset((1, 4, 5, 6)),
    )


def verify_table(finding: Finding, arms: Mapping[str, str]) -> Table:
    """The numbers behind the picture of blame put to the test.

    Args:
        finding: The finding.
        arms: What to call each arm, in order.
    """
    runs, removed = finding.evidence.get("arms"), finding.evidence.get("removed")
    rows = []
    for arm, name in arms.items():
        share_of = removed.get(arm) if isinstance(removed, Mapping) else None
        gone: Mapping[str, Any] = share_of if isinstance(share_of, Mapping) else {}
        bounds = gone.get("interval")
        rows.append(
            (
                name,
                several(runs.get(arm)) if isinstance(runs, Mapping) else DASH,
                share(gone.get("share"), 0) if bounds else DASH,
                f"{pair(bounds, percent=True)} ({share(gone.get('level'), 0)})" if bounds else DASH,
            )
        )
    return Table(("trained on", "runs", "of the shift taken away", "interval"), tuple(rows), frozenset((2, 3)))


def what_if_table(points: Sequence[Mapping[str, Any]]) -> Table:
    """The numbers behind a curve: every point that was asked for, measured or not."""
    rows = tuple(
        (
            one_line(str(p.get("label", "")), 40),
            several(p.get("data_runs")),
            several(p.get("control_runs")),
            number(p.get("estimate"), 3, signed=True),
            f"{pair([p.get('low'), p.get('high')])} (95%)" if is_number(p.get("low")) else DASH,
            p_value(p.get("p_adjusted")),
            one_line(": ".join(str(p[k]) for k in ("says", "reason") if p.get(k)), 200),
        )
        for p in points
    )
    head = ("point", "runs with these rows", "control runs", "shift", "interval", "adjusted p", "verdict")
    return Table(head, rows, frozenset((3, 4, 5)))


def check_table(findings: Sequence[Finding]) -> Table:
    """What each check came to, and what it counted; the checks for words that found none share a line.

    The verdict stands first: on a narrow screen the numbers may be out of sight.
    """
    silent = [f for f in findings if is_mention_check(f) and f.verdict is Verdict.CLEAR]
    rows = [_check_cells(f, one_line(f.title or f.subject)) for f in findings if len(silent) < 2 or f not in silent]
    if len(silent) > 1:
        rows.append(_check_cells(silent[0], f"No row mentions a word of any of {plural(len(silent), 'trait')}."))
    return Table(("verdict", "check", "rows", "of", "share", "95% interval"), tuple(rows), frozenset((2, 3, 4, 5)))


def _check_cells(finding: Finding, title: str) -> tuple[str, ...]:
    bounds = finding.evidence.get("interval")
    if bounds is None and finding.effect is not None:
        bounds = [finding.effect.low, finding.effect.high]
    return (
        finding.verdict.value,
        title,
        count(finding.evidence.get("count")),
        count(finding.evidence.get("total")),
        share(finding.evidence.get("share")),
        pair(bounds, percent=True),
    )


def sure_table(findings: Sequence[Finding]) -> Table | None:
    """How sure the findings are on which a headline rests, or None where none of them holds a number."""
    held = [f for f in findings if f.effect is not None or is_number(f.p_adjusted)]
    if not held:
        return None
    return Table(
        ("", "adjusted p", "reachable p", "effect", "interval", "unit"),
        tuple(
            (
                upper_first(phase_name(f)) + (f", {trait_title(f)}" if len({g.subject for g in held}) > 1 else ""),
                p_value(f.p_adjusted),
                p_value(f.p_reachable),
                _effect_cells(f.effect)[0] + (f" {one_line(f.effect.unit, 40)}" if f.effect else ""),
                _effect_cells(f.effect)[1],
                one_line(f.effect.sampling_unit, 40) if f.effect else number(None),
            )
            for f in held[:_MOST_ROWS]
        ),
        frozenset((1, 2, 3, 4)),
    )


def finding_table(findings: Sequence[Finding]) -> Table:
    """Every finding in full, for whoever audits the audit."""
    return Table(
        (
            "finding",
            "verdict",
            "effect",
            "interval",
            "p",
            "adjusted p",
            "smallest reachable p",
            "smallest detectable",
            "note",
        ),
        tuple(
            (
                one_line(f.id),
                f.verdict.value,
                *_effect_cells(f.effect),
                p_value(f.p),
                p_value(f.p_adjusted),
                p_value(f.p_reachable),
                size(f.smallest_detectable),
                one_line("; ".join(_remarks(f))),
            )
            for f in findings
        ),
        frozenset(range(2, 8)),
    )


def _remarks(finding: Finding) -> list[str]:
    aside = "a what-if: does not count for the exit code" if finding.phase == "what-if" else "not asked for"
    asked = [] if finding.asked else [aside]
    harm = ["in the direction of harm"] if finding.harmful and is_found(finding) else []
    return asked + harm + ([finding.reason] if finding.reason else [])


def reading_table(readings: Sequence[Reading]) -> Table | None:
    """What was read: the mean over probes of each trait on each arm, or None where nothing was."""
    if not readings:
        return None
    cells: dict[tuple[str, str], list[Reading]] = {}
    for r in readings:
        cells.setdefault((r.trait, r.arm), []).append(r)
    rows = []
    for (trait, arm), held in cells.items():
        values = [r.value for r in held if is_number(r.value)]
        rows.append(
            (
                one_line(trait, 80),
                one_line(arm, 40),
                f"{len({r.run for r in held}):,}",
                f"{len({r.probe for r in held}):,}",
                f"{len({r.family for r in held}):,}",
                number(sum(values) / len(values), 3) if values else number(None),
            )
        )
    return Table(("trait", "arm", "runs", "probes", "families", "mean"), tuple(rows), frozenset((2, 3, 4, 5)))


def evidence_tables(findings: Sequence[Finding]) -> tuple[Table, ...]:
    """Evidence under keys that have no picture, phase by phase: what all findings share, then what differs."""
    tables: list[Table] = []
    for phase in dict.fromkeys(f.phase for f in findings):
        held = [(f, leaves) for f in findings if f.phase == phase and (leaves := _leaves(f))]
        keys = list(dict.fromkeys(k for _, leaves in held for k in leaves))
        shared = [k for k in keys if len({leaves.get(k) for _, leaves in held}) == 1]
        if shared:
            names = about(held[0][0]) if len(held) == 1 else "the same for each"
            values = tuple((k, held[0][1][k]) for k in shared[:_MOST_ROWS])
            tables.append(
                Table(("evidence", "value"), values, caption=f"{upper_first(phase_name(held[0][0]))}: {names}")
            )
        rest = [k for k in keys if k not in shared]
        for start in range(0, len(rest), _COLUMNS):
            some = rest[start : start + _COLUMNS]
            rows = tuple((about(f), *(leaves.get(k, DASH) for k in some)) for f, leaves in held)
            tables.append(Table((phase_name(held[0][0]), *some), rows[:_MOST_ROWS]))
    return tuple(tables)


def _leaves(finding: Finding) -> dict[str, str]:
    """Evidence under keys that have no picture, flattened to `key.inner`."""
    flat: dict[str, str] = {}
    for name, held in finding.evidence.items():
        if name in KNOWN:
            continue
        leaves = _flat(str(name), held)
        if len(leaves) > _MOST_LEAVES:
            leaves = [(str(name), f"{len(leaves):,} values, in the JSON twin")]
        flat |= {one_line(key, 80): one_line(value, 300) for key, value in leaves}
    return flat


def _effect_cells(effect: Interval | None) -> tuple[str, str]:
    """An effect, and its interval with its level."""
    if effect is None:
        return number(None), number(None)
    digits = digits_for(effect.low, effect.high, effect.unit)
    low, high = number(effect.low, digits, signed=True), number(effect.high, digits, signed=True)
    return number(effect.estimate, digits, signed=True), f"{low} to {high} ({100 * effect.level:g}%)"


def pair(value: object, *, percent: bool = False) -> str:
    """An interval as `low to high`."""
    if not isinstance(value, list | tuple) or len(value) != 2:
        return number(None)
    if percent:
        return f"{share(value[0])} to {share(value[1])}"
    return f"{number(value[0], 2, signed=True)} to {number(value[1], 2, signed=True)}"


def several(value: object) -> str:
    """Numbers on one line."""
    return "  ".join(number(v, 3) for v in value) if isinstance(value, list | tuple) and value else number(None)


def _flat(key: str, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, Mapping) and value:
        return [pair for k, v in value.items() for pair in _flat(f"{key}.{k}", v)]
    if isinstance(value, float):
        return [(key, f"{value:.4g}")]
    if isinstance(value, str):
        return [(key, value)]
    return [(key, json.dumps(value, ensure_ascii=False, default=str))]
