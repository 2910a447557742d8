"""The leaderboard as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

COLUMNS = (
    ("auroc", "AUROC"),
    ("auroc, (file, trait)", "AUROC, (file, trait)"),
    ("auprc", "AUPRC"),
    ("named first", "Named first"),
    ("provenance", "Another model, AUROC"),
)
SHIFTS = (
    ("spearman", "Spearman"),
    ("spearman, positives", "Spearman, positives alone"),
    ("calibration slope", "Slope of measured on predicted"),
)
PARTS = ("preferences", "other kinds", "dose 100%", "dose 50%", "dose 25%", "tuned", "prompted", "steered")


def page(board: Mapping[str, Mapping[str, Any]], suite: Mapping[str, Any]) -> str:
    """The leaderboard.

    Args:
        board: Detector → its figures.
        suite: What the suite's labels come to.

    Returns:
        The text, best detector first.
    """
    files = suite["files"]
    lines = [
        "# The planted suite\n",
        f"{suite['cases']} cases. Training on a file changes behaviour in {files['positive']}, does not in "
        f"{files['negative']}, and nobody can tell in {files['undecided']}, which are left out. "
        f"{suite['positives of other kinds']} positives are of other kinds than preference.\n",
        _sensitivity(suite),
    ]
    if suite["failed"]:
        lines.append("Without a label or a score, with the reason:\n")
        lines += [f"- {case}: {why}" for case, why in sorted(suite["failed"].items())] + [""]
    order = sorted(board, key=lambda n: -(board[n]["auroc"][0] or 0.0))
    lines += ["## Will training on the file change behaviour?\n"]
    lines += _table(
        ("Detector", *(head for _, head in COLUMNS), "Forward passes", "Seconds a file", "Seconds to prepare"),
        [
            (
                str(board[n]["title"]),
                *(_cell(board[n][key]) for key, _ in COLUMNS),
                str(board[n].get("forward passes", "–")),
                str(board[n].get("seconds a file", "–")),
                str(board[n].get("seconds to prepare", "–")),
            )
            for n in order
        ],
    )
    lines += [
        "Cost is processor time: a file's, in seconds and in forward passes over it, and once before the first.\n",
        "## Score against measured shift of the planted trait\n",
        f"Split-half ceiling of Spearman, two students against three: {_cell(suite['ceiling'])}.\n",
    ]
    lines += _table(
        ("Detector", *(head for _, head in SHIFTS)),
        [(str(board[n]["title"]), *(_cell(board[n][key]) for key, _ in SHIFTS)) for n in order],
    )
    lines += ["## AUROC by part of the suite, against all clean files\n"]
    lines += _table(
        ("Detector", *PARTS),
        [(str(board[n]["title"]), *(_cell(board[n][f"auroc, {p}"], short=True) for p in PARTS)) for n in order],
    )
    judged = [n for n in order if board[n]["false alarms"][3]]
    if judged:
        heads = ("found", "false alarms", "abstentions", "wrong name outside the battery")
        lines += ["## At their own default\n"]
        lines += _table(
            ("Detector", *(h.capitalize() for h in heads)),
            [(str(board[n]["title"]), *(_cell(board[n][h]) for h in heads)) for n in judged],
        )
    if "blame" in suite:
        lines += _blame(suite["blame"])
    lines.append(
        "Each figure stands with its 95% interval over files; – is a figure that fewer than ten files a side decide."
    )
    return "\n".join(lines) + "\n"


def _cell(figure: Sequence[float | int | None], *, short: bool = False) -> str:
    value, low, high, _ = figure
    if value is None:
        return "–"
    return f"{value:.2f}" if short or low is None else f"{value:.2f} ({low:.2f} to {high:.2f})"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}", *(f"| {' | '.join(r)} |" for r in rows), ""]


def _sensitivity(suite: Mapping[str, Any]) -> str:
    """How many plants would have which label, were more or less to matter."""
    told = []
    for matters in (0.02, 0.03, 0.05):
        counts = suite[f"planted_at_{matters:g}"]
        told.append(f"{counts['positive']}, {counts['negative']} and {counts['undecided']} at {matters:g}")
    return f"Of the plants are positive, negative and undecided: {'; '.join(told)}.\n"


def _blame(blame: Mapping[str, Any]) -> list[str]:
    """What dropping the rows that each arm blames removes of the trait."""
    lines = ["## Blame: dropping rows, and training on the rest\n"]
    if not blame["arms"]:
        return [*lines, "No case with half of its rows planted moves its trait, so that there is nothing to remove.\n"]
    lines.append(f"{blame['cases']} cases with half of their rows planted; as many rows are dropped as were planted.\n")
    arms = sorted(blame["arms"].items(), key=lambda one: -one[1]["share"][0])
    heads = ("Rows dropped", "Of what the true rows remove", "Beyond random rows, in probability", "Planted among them")
    return lines + _table(
        heads, [(n, _cell(f["share"]), _cell(f["beyond_random"]), f"{f['planted']:.0%}") for n, f in arms]
    )
