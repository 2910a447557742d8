"""The leaderboard as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

COLUMNS = (
    ("auroc", "AUROC"),
    ("auroc, (file, trait)", "AUROC, (file, trait)"),
    ("auprc", "AUPRC"),
    ("named first", "Named first"),
    ("spearman", "Spearman"),
    ("provenance", "Another model, AUROC"),
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
        f"Split-half ceiling of Spearman: {_cell(suite['ceiling'])}.\n",
    ]
    if suite["failed"]:
        lines.append("Without a label or a score, with the reason:\n")
        lines += [f"- {case}: {why}" for case, why in sorted(suite["failed"].items())] + [""]
    order = sorted(board, key=lambda n: -(board[n]["auroc"][0] or 0.0))
    lines += ["## Will training on the file change behaviour?\n"]
    lines += _table(
        ("Detector", *(head for _, head in COLUMNS), "Forward passes", "Seconds a file"),
        [
            (
                str(board[n]["title"]),
                *(_cell(board[n][key]) for key, _ in COLUMNS),
                str(board[n].get("forward passes", "–")),
                str(board[n].get("seconds a file", "–")),
            )
            for n in order
        ],
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
