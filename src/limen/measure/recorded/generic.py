"""Recorded answers in Limen's own plain form: arm, prompt id, cluster, outcome and the scorer's own fields."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from limen.core import Probe, Reading, RowError
from limen.measure.read import Readings
from limen.measure.recorded._options import RecordedOptions
from limen.measure.recorded._rows import RecordedRow
from limen.traits import get_scorer

NAMES = {
    "arm_column": ("arm", "model", "checkpoint"),
    "run_column": ("run", "seed"),
    "prompt_column": ("prompt_id", "probe", "probe_id", "example_id", "id"),
    "cluster_column": ("cluster", "family", "type", "category"),
    "outcome_column": ("outcome", "value", "score"),
    "trait_column": ("trait",),
    "group_column": ("group",),
    "answer_column": ("answer", "completion", "response"),
}
"""Column names that are recognised, in the order in which they are looked for."""

MAX_ARMS = 64
_YES_NO = {"true": 1.0, "yes": 1.0, "false": 0.0, "no": 0.0}


def read_generic(rows: Sequence[RecordedRow], path: Path, options: RecordedOptions) -> Readings:
    """Turn rows into readings.

    Args:
        rows: The file's rows.
        path: The file, for its name and for messages.
        options: The user's overrides.

    Returns:
        One reading a row; columns that have no other use go into `detail`.

    Raises:
        RowError: A column is missing, an outcome is no number between 0 and 1, or a prompt stands twice in one
            arm, run and trait.
    """
    where = str(path)
    columns = {key: _column(rows, key, options, where) for key in NAMES}
    prompt, cluster, outcome = columns["prompt_column"], columns["cluster_column"], columns["outcome_column"]
    answer = columns["answer_column"]
    _need(prompt, "prompt_column", rows, where)
    _need(*((answer, "answer_column") if options.rescore else (outcome, "outcome_column")), rows, where)
    used = {c for c in columns.values() if c}
    scorer = get_scorer(options.rescore) if options.rescore else None
    readings = Readings()
    seen: set[tuple[str, str, str, int]] = set()
    for row in rows:
        here = f"{where}, line {row.line}"
        arm = _text(row, columns["arm_column"]) or options.arm or path.stem
        trait = options.trait or _text(row, columns["trait_column"]) or "recorded"
        run = _whole(row, columns["run_column"], here)
        probe = _text(row, prompt)
        if not probe:
            raise RowError(f"the column {prompt!r} is empty.", remedy="Give each prompt an id.", where=here)
        family = _text(row, cluster) or probe
        group = _text(row, columns["group_column"])
        detail: dict[str, Any] = {k: v for k, v in row.values.items() if k not in used}
        if scorer is not None:
            judged = scorer.score(Probe(probe, family, ()), _text(row, answer))
            if judged.value is None:
                readings.count_unscored(trait, arm)
                continue
            value, detail = judged.value, {**judged.fields, "label": judged.label}
        else:
            value = _outcome(row.values.get(outcome), outcome, here)
        key = (trait, arm, probe, run)
        if key in seen:
            raise RowError(
                f"the prompt {probe!r} stands twice in the arm {arm!r} (trait {trait!r}, run {run}).",
                remedy="Give one answer an arm and prompt, or a run column for repetitions.",
                where=here,
            )
        seen.add(key)
        readings.append(Reading(trait, probe, family, arm, value, run, group, detail))
    check_arms({r.arm for r in readings}, where)
    return readings


def check_arms(arms: set[str], where: str) -> None:
    """Refuse a file that names far too many arms.

    Args:
        arms: Their names.
        where: The file.

    Raises:
        RowError: More than `MAX_ARMS`, or a name that no table can show.
    """
    if len(arms) > MAX_ARMS:
        raise RowError(
            f"{len(arms)} arms, expected at most {MAX_ARMS}.",
            remedy="Name the right arm column with --arm-column.",
            where=where,
        )
    long = [a for a in arms if len(a) > 100 or not a.isprintable()]
    if long:
        raise RowError(
            f"an arm's name has {len(long[0])} characters, or some that cannot be shown: {long[0][:40]!r}.",
            remedy="Use short, printable names, or name the right arm column with --arm-column.",
            where=where,
        )


def _column(rows: Sequence[RecordedRow], key: str, options: RecordedOptions, where: str) -> str:
    given: str = getattr(options, key)
    have = rows[0].values
    if given:
        if given not in have:
            raise RowError(
                f"there is no column {given!r} (there are: {', '.join(map(str, have))}).",
                remedy=f"Mend --{key.replace('_', '-')}.",
                where=where,
            )
        return given
    return next((n for n in NAMES[key] if n in have), "")


def _need(column: str, key: str, rows: Sequence[RecordedRow], where: str) -> None:
    if not column:
        raise RowError(
            f"no column is called {' or '.join(NAMES[key])} (there are: {', '.join(map(str, rows[0].values))}).",
            remedy=f"Name it with --{key.replace('_', '-')}.",
            where=where,
        )


def _text(row: RecordedRow, column: str) -> str:
    value = row.values.get(column) if column else None
    return "" if value is None else str(value).strip()


def _whole(row: RecordedRow, column: str, here: str) -> int:
    text = _text(row, column)
    if not text:
        return 0
    try:
        return int(text)
    except ValueError:
        raise RowError(
            f"the run is {text[:40]!r}, expected a whole number.", remedy=f"Mend the column {column!r}.", where=here
        ) from None


def _outcome(value: Any, column: str, here: str) -> float:
    if isinstance(value, str):
        value = _YES_NO.get(value.strip().lower(), value)
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not 0.0 <= number <= 1.0:
        raise RowError(
            f"the outcome is {str(value)[:40]!r}, expected 0 or 1, true or false, or a probability.",
            remedy=f"Mend the column {column!r}, or name another with --outcome-column.",
            where=here,
        )
    return number
