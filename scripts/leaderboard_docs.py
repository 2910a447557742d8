"""The leaderboards as parts of `docs/benchmarks.md`, from the labels that ship and the scores in `results/suite`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from limen.lab.bench.blame import Unit

BEGIN, END = (
    "<!-- The leaderboard of {base}, written by `make docs`. -->\n",
    "<!-- End of the leaderboard of {base}. -->",
)
DEPTH = {"reference": 3, "digits-1m": 4}
"""Bases whose leaderboards a page may have, and how deep their headings stand in it."""


def with_leaderboards(text: str, results: Path) -> str:
    """A page with its leaderboards as they should be now.

    Args:
        text: The page, with or without the two marks that enclose a base's leaderboard.
        results: Folder of the detectors' scores.

    Returns:
        The page; the same where it has no marks.

    Raises:
        ValueError: One of the marks is missing, or labels of the public cases are.
    """
    for base, depth in DEPTH.items():
        begin, end = (mark.format(base=base) for mark in (BEGIN, END))
        if begin not in text and end not in text:
            continue
        before, begun, rest = text.partition(begin)
        _, ended, after = rest.partition(end)
        if not begun or not ended:
            raise ValueError(f"the page has one of the marks of the leaderboard of {base} without the other.")
        made = leaderboard(results, base).replace("\n## ", f"\n{'#' * depth} ")
        text = f"{before}{begin}{made}{end}{after}"
    return text


def scores_of(results: Path, base: str) -> Path:
    """The folder in which the scores of a base's cases are stored."""
    from limen.lab.bench.case import REFERENCE

    return results if base == REFERENCE else results / base


def stored_scores(results: Path, base: str = "reference") -> tuple[list[str], dict[str, dict[str, Any]]]:
    """What `make verify` stored of the detectors that have scored every case.

    Args:
        results: Folder of the detectors' scores.
        base: Whose cases.

    Returns:
        The detectors, and case id → detector → its scores.
    """
    names: list[str] = []
    said: dict[str, dict[str, Any]] = {}
    for stored, pieces in _whole(scores_of(results, base), "scores-"):
        name = stored.removesuffix(f"-{base}")
        names.append(name)
        for unit, result in pieces.items():
            said.setdefault(unit, {})[name] = result
    return names, said


def stored_blame(results: Path) -> dict[Unit, dict[tuple[str, str], dict[str, Any]]]:
    """What `make verify` stored of taking out what arms blame, where an arm was tried on every case.

    Args:
        results: Folder of what it stored.

    Returns:
        `rows` and `tokens` → (case id, arm) → what students came to; nothing of a unit without what is true, and
        without as much at random.
    """
    from limen.lab.bench.blame import RANDOM, TRUE, UNITS

    blamed: dict[Unit, dict[tuple[str, str], dict[str, Any]]] = {}
    for unit in UNITS:
        pieces: dict[tuple[str, str], dict[str, Any]] = {}
        for arm, made in _whole(results, f"blame-{unit}-"):
            pieces |= {(case, arm): result for case, result in made.items()}
        if {TRUE, RANDOM} <= {arm for _, arm in pieces}:
            blamed[unit] = pieces
    return blamed


def _whole(results: Path, prefix: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """What is stored under names that begin so, and made on every case: the rest of the name, and case id → result."""
    for path in sorted(results.glob(f"{prefix}*.json")):
        stored = json.loads(path.read_text(encoding="utf-8"))
        if stored["summary"] is not None:
            yield path.stem.removeprefix(prefix), {unit: one["result"] for unit, one in stored["units"].items()}


def leaderboard(results: Path, base: str = "reference") -> str:
    """The leaderboard of a base's public cases.

    Raises:
        ValueError: There are no labels of them that the present code made.
    """
    from limen.lab.bench.bench import standing
    from limen.lab.bench.case import REFERENCE, public_cases
    from limen.lab.bench.page import page
    from limen.lab.bench.shipped import shipped_full_doses, shipped_labels

    labels, cases = shipped_labels(base), public_cases(base)
    if not labels:
        raise ValueError(f"there are no labels of the cases of {base} that the present code made: run `make verify`.")
    names, said = stored_scores(results, base)
    fitted_on = base == REFERENCE
    found = standing(
        cases,
        labels,
        said,
        names,
        full_doses=shipped_full_doses(base),
        blamed=stored_blame(results) or None if fitted_on else None,
        fitted_on=fitted_on,
    )
    return page(found.board, found.suite).replace("# The planted suite\n", "")
