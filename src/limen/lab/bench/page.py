"""The leaderboard as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from limen.lab.bench.leaderboard import PARTS, TEACHERS

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
SIDES = ("plants alone", "plants against clean files")


def page(board: Mapping[str, Mapping[str, Any]], suite: Mapping[str, Any]) -> str:
    """The leaderboard.

    Args:
        board: Detector → its figures.
        suite: What the suite's labels come to.

    Returns:
        The text, best detector first.
    """
    files, pairs = suite["files"], suite["pairs"]
    lines = [
        "# The planted suite\n",
        f"{suite['cases']} cases. Training on a file changes behaviour in {files['positive']}, does not in "
        f"{files['negative']}, and nobody can tell in {files['undecided']}, which are left out. Of their pairs of a "
        f"file and a trait, {pairs['positive']} move, {pairs['negative']} do not, and {pairs['undecided']} are "
        "undecided and count nowhere: a file is judged by its decided traits. In "
        f"{suite['positives of other kinds']} files the planted trait moves and is of another kind than preference.\n",
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
        f"Split-half ceiling of Spearman, two students against three: {_cell(suite['ceiling'])}; among positives alone "
        f"{_cell(suite['ceiling, positives'])}.\n",
    ]
    lines += _table(
        ("Detector", *(head for _, head in SHIFTS)),
        [(str(board[n]["title"]), *(_cell(board[n][key]) for key, _ in SHIFTS)) for n in order],
    )
    lines += ["## AUROC of plants of a kind that move their trait, against all negatives\n"]
    lines += _table(
        ("Detector", *PARTS, *SIDES),
        [
            (str(board[n]["title"]), *(_cell(board[n][f"auroc, {p}"], short=True) for p in (*PARTS, *SIDES)))
            for n in order
        ],
    )
    lines += [
        "*Plants alone* leaves clean files out; *plants against clean files* leaves out plants that pass nothing on "
        "and clean files that move something.\n",
    ]
    lines += ["## Teacher against twin: plants whose planted trait has the largest score\n"]
    lines += _table(
        ("Detector", *(f"{one} teachers" for one in TEACHERS)),
        [
            (
                str(board[n]["title"]),
                *(" of ".join(map(str, board[n][f"first of {one} teachers"])) for one in TEACHERS),
            )
            for n in order
            if any(board[n][f"first of {one} teachers"][1] for one in TEACHERS)
        ],
    )
    lines.append("Every row planted, and whether training on the file moves the trait or not.\n")
    judged = [n for n in order if board[n]["false alarms"][3]]
    if judged:
        heads = ("found", "false alarms", "abstentions", "wrong name outside the battery")
        lines += ["## At their own default\n"]
        lines += _table(
            ("Detector", *(h.capitalize() for h in heads)),
            [(str(board[n]["title"]), *(_cell(board[n][h]) for h in heads)) for n in judged],
        )
    if "combined" in suite:
        lines += _combined(suite["combined"])
    if "blame" in suite:
        lines += _blame(suite["blame"])
    lines.append(
        "Each figure stands with its 95% interval over files; – is a figure that fewer than ten files a side decide."
    )
    return "\n".join(lines) + "\n"


def _cell(figure: Sequence[float | int | None], *, short: bool = False, digits: int = 2) -> str:
    value, low, high, _ = figure
    if value is None:
        return "–"
    return (
        f"{value:.{digits}f}" if short or low is None else f"{value:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"
    )


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}", *(f"| {' | '.join(r)} |" for r in rows), ""]


def _sensitivity(suite: Mapping[str, Any]) -> str:
    """How many plants would have which label, were more or less to matter."""
    told = []
    for matters in (0.02, 0.03, 0.05):
        counts = suite[f"planted_at_{matters:g}"]
        told.append(f"{counts['positive']}, {counts['negative']} and {counts['undecided']} at {matters:g}")
    return f"Of the plants are positive, negative and undecided: {'; '.join(told)}.\n"


def _combined(combined: Mapping[str, Any]) -> list[str]:
    """What the combined predictor adds to its parts, and how its intervals hold."""
    if combined["fitted_on"]:
        kept = ", ".join(f"{name} in {share:.0%}" for name, share in combined["kept"].items())
        how = f"Fitted to other traits and other teachers than those it is judged on. Of the splits it kept {kept}."
    else:
        kept = ", ".join(name for name, share in combined["kept"].items() if share)
        how = f"With the weights that ship, which were fitted to the public cases of the reference model: of {kept}."
    return [
        "## The combined predictor\n",
        f"{how} Its {1 - combined['miss']:.0%} intervals hold a fresh run of the planted trait "
        f"in {_cell(combined['covered'])} of {combined['covered'][3]} files. Against the better of its parts "
        f"({combined['best']}) its AUROC gains {_cell(combined['gain, auroc'])}, and its rank correlation "
        f"{_cell(combined['gain, spearman'])}.\n",
    ]


def _blame(blame: Mapping[str, Any]) -> list[str]:
    """What taking out the rows, and the tokens, that each arm blames removes of the trait."""
    how = {
        "rows": "of files with half of their rows planted, as many rows are dropped as were planted",
        "tokens": "of files that are planted throughout, a tenth of the tokens is drawn anew by the base",
    }
    lines = ["## Blame: taking out, and training on what is left\n"]
    for unit, found in blame.items():
        if not found["arms"]:
            lines.append(f"{unit.capitalize()}: there is nothing to remove, as no such file moves its trait.\n")
            continue
        lines.append(f"{unit.capitalize()}: {how[unit]}; {found['cases']} files.\n")
        shown = sorted(found["arms"].items(), key=lambda one: -one[1]["share"][0])
        heads = (
            f"{unit.capitalize()} of",
            "Of what the truth removes",
            "Left of the effect",
            "Beyond random",
            "True among them",
        )
        lines += _table(
            heads,
            [
                (n, _cell(f["share"]), _cell(f["left"]), _cell(f["beyond_random"], digits=3), f"{f['true']:.0%}")
                for n, f in shown
            ],
        )
    return lines
