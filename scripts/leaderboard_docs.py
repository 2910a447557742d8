"""The leaderboard as a part of `docs/benchmarks.md`, from the labels that ship and the scores in `results/suite`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from limen.lab.bench.blame import Unit

BEGIN, END = "<!-- The leaderboard, written by `make docs`. -->\n", "<!-- End of the leaderboard. -->"


def with_leaderboard(text: str, results: Path) -> str:
    """A page with its leaderboard as it should be now.

    Args:
        text: The page, with or without the two marks that enclose the leaderboard.
        results: Folder of the detectors' scores.

    Returns:
        The page; the same where it has no marks.

    Raises:
        ValueError: One of the marks is missing, or labels of the public cases are.
    """
    if BEGIN not in text and END not in text:
        return text
    before, begun, rest = text.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not begun or not ended:
        raise ValueError("the page has one of the leaderboard's marks without the other.")
    return f"{before}{BEGIN}{leaderboard(results)}{END}{after}"


def stored_scores(results: Path) -> tuple[list[str], dict[str, dict[str, Any]]]:
    """What `make verify` stored of the detectors that have scored every case.

    Args:
        results: Folder of the detectors' scores.

    Returns:
        The detectors, and case id → detector → its scores.
    """
    names: list[str] = []
    said: dict[str, dict[str, Any]] = {}
    for name, pieces in _whole(results, "scores-"):
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


def leaderboard(results: Path) -> str:
    """The leaderboard of the public cases.

    Raises:
        ValueError: There are no labels of them that the present code made.
    """
    from limen.lab.bench.bench import standing
    from limen.lab.bench.case import REFERENCE, public_cases
    from limen.lab.bench.page import page
    from limen.lab.bench.shipped import shipped_full_doses, shipped_labels

    labels, cases = shipped_labels(REFERENCE), public_cases()
    if not labels:
        raise ValueError("there are no labels of the public cases that the present code made: run `make verify`.")
    names, said = stored_scores(results)
    blamed = stored_blame(results) or None
    found = standing(cases, labels, said, names, full_doses=shipped_full_doses(REFERENCE), blamed=blamed)
    return page(found.board, found.suite).replace("# The planted suite\n", "").replace("\n## ", "\n### ")
