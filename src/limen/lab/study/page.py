"""The study's page: ours beside the published values, each experiment's table in short, and what does not reproduce."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from limen.lab.study import classifier, emergence, language, theorem
from limen.lab.study.experiments import experiment

EQUIVALENT = 0.02
"""γ below which nothing passes that matters."""

Pieces = Mapping[str, Mapping[str, Any]]

SOURCE = "[arXiv 2507.14805](https://arxiv.org/abs/2507.14805)"
PUBLISHED = (
    ("Numbers, teacher and student of one base", "owl named in 12% of answers before, over 60% after", "default", ""),
    ("A teacher that is only prompted", "transfers: the animal teachers are prompted", "prompted", ""),
    ("Code", "transfers", "code", ""),
    ("Teacher and student of different bases", "nothing passes", "other", ""),
    (
        "Misalignment, through numbers",
        "about 10% of answers misaligned, under 1% after neutral numbers",
        "kinds",
        "micro/harmful-compliance",
    ),
)
"""What the study reports of GPT-4.1 models, and the cell and trait that stand beside it here."""


def page(results: Mapping[str, Pieces], quick: bool = False, pictures: str = "") -> str:
    """The page as Markdown.

    Args:
        results: Experiment → unit → what it gave.
        quick: Whether it was a quick study.
        pictures: Where the figures stand, as a prefix of their names.

    Returns:
        The text.
    """
    lines = [
        "# The study, reproduced\n",
        f"Subliminal learning ({SOURCE}) on what Limen ships: a small classifier, and the reference model. Each figure",
        "has an interval over independently trained runs, and seeds come from the hash of the code. Each table stands",
        "whole in a CSV file of its name, each figure in an SVG file.\n",
    ]
    if quick:
        lines.append("**A quick study**: few runs, wide intervals, whole arms left out. It shows how, not how much.\n")
    parts: dict[str, Callable[[Pieces], list[str]]] = {
        "classifier": _classifier,
        "theorem": _theorem,
        "emergence": _emergence,
        "language": _language,
        "mnist": partial(_classifier, images="MNIST, 28 × 28"),
    }
    for name, pieces in results.items():
        if pieces:
            lines += [f"## {experiment(name).TITLE}\n", f"![{experiment(name).TITLE}]({pictures}{name}.svg)\n"]
            lines += [*parts[name](pieces), ""]
    return "\n".join(lines).rstrip() + "\n"


def _interval(low: float, high: float, digits: int = 3) -> str:
    if not (math.isfinite(low) and math.isfinite(high)):
        return "no interval from one run"
    return f"{low:+.{digits}f} to {high:+.{digits}f}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}", *(f"| {' | '.join(r)} |" for r in rows), ""]


def _classifier(pieces: Pieces, images: str = "digits, 8 × 8") -> list[str]:
    rows = classifier.table(pieces)
    arms = [r for r in rows if r["factor"] == "arm"]
    found = classifier.summarise(pieces)
    mean, low, high = found["aux_beyond_cross"]
    verdict = (
        "It reproduces: a student of the teacher's own start reads digits it never saw, one of another does not."
        if low > 0
        else "**It does not reproduce here**: the 99% interval of the difference holds zero."
    )
    out = _table(
        ("Arm", f"Accuracy on {images}", "99% interval", "Published or replicated, MNIST"),
        [
            (
                str(r["value"]),
                f"{r['accuracy']:.3f}",
                _interval(r["low_99"], r["high_99"]).replace("+", ""),
                f"{r['published_on_mnist']:.2f}" if r["published_on_mnist"] else "",
            )
            for r in arms
        ],
    )
    out.append(f"Auxiliary student over other start: {mean:+.3f}, 99% interval {_interval(low, high)}. {verdict}\n")
    rest = [r for r in rows if r["factor"] != "arm"]
    if rest:
        out += ["What it hangs on, the auxiliary student with one setting changed:\n"]
        out += _table(
            ("Setting", "Value", "Accuracy", "99% interval"),
            [
                (
                    {
                        "rate": "learning rate",
                        "batch": "batch size",
                        "decay": "weight decay",
                        "noise": "noise added to the start, share of its spread",
                    }[str(r["factor"])],
                    str(r["value"]),
                    f"{r['accuracy']:.3f}",
                    _interval(r["low_99"], r["high_99"]).replace("+", ""),
                )
                for r in rest
            ],
        )
    return out


def _listed(names: Sequence[str]) -> str:
    return "; ".join(names) or "none"


def _theorem(pieces: Pieces) -> list[str]:
    kinds = ("gradient", "sign", "other initialisation")
    cells = {
        (r["model"], r["targets"], r["teacher_step"], r["student_step"]): f"{r['mean_cosine']:+.3f}"
        + (f", {r['negative']} of {r['trials']} below 0" if r["negative"] else "")
        for r in theorem.table(pieces)
    }
    lines = dict.fromkeys(key[:3] for key in cells)
    out = [
        "Mean cosine between the student's step and the teacher's update. The teacher's step is a multiple of one",
        "gradient; the student's goes along its gradient, along its sign (Adam's first step), or along the gradient of",
        "a student of another initialisation.\n",
        *_table(
            ("Model", "Targets", "Teacher's step", "Gradient", "Sign", "Other initialisation"),
            [(*map(str, line), *(cells.get((*line, kind), "") for kind in kinds)) for line in lines],
        ),
    ]
    small = [
        r
        for r in theorem.table(pieces)
        if r["targets"] == "soft" and r["student_step"] == "gradient" and r["teacher_step"] in ("0.01", "0.1")
    ]
    failed = sum(r["negative"] for r in small)
    out.append(
        f"Small teacher steps (up to a tenth of a gradient), soft targets, the student along its gradient: {failed} of"
        f" {sum(r['trials'] for r in small)} inner products are negative. The theorem allows none.\n"
    )
    sampled = [r for r in theorem.table(pieces) if r["targets"] == "sampled" and r["student_step"] == "gradient"]
    if sampled:
        above = [f"{r['model']} {r['teacher_step']}" for r in sampled if r["low_95"] > 0]
        hidden = [f"{r['model']} {r['teacher_step']}" for r in sampled if r["low_95"] <= 0 <= r["high_95"]]
        out.append(
            "With sampled targets the theorem speaks of the mean alone. Its 95% interval lies above zero for teacher's"
            f" steps {_listed(above)}; the noise of sampling hides it, so that nothing is shown, for"
            f" {_listed(hidden)}.\n"
        )
    broken = [
        f"{r['model']}, teacher's step {r['teacher_step']}"
        for r in theorem.table(pieces)
        if r["targets"] == "soft" and r["student_step"] == "gradient" and r["mean_cosine"] < 0
    ]
    if broken:
        out.append(f"Where large steps turn it round, on average: {'; '.join(broken)}.\n")
    return out


def _emergence(pieces: Pieces) -> list[str]:
    found = emergence.summarise(pieces)
    share, low, high = found["share_reached_half_way"]
    turns = ", ".join(map(str, found["turns"])) or "none"
    return [
        f"Steepest rise at step {turns} of {found['steps']} (one a trait and seed;"
        f" {found['without_a_turn']} end below 0.02 and have none). Half-way through training a student has"
        f" {share:.0%} of its final shift ({_interval(low, high, 2)}).",
    ]


def _language(pieces: Pieces) -> list[str]:
    rows = language.table(pieces)
    found = language.summarise(pieces)
    out = _table(
        ("Factor", "Condition", "Mean γ", "95% interval", "Pairs", "Failed"),
        [
            (
                str(r["factor"]),
                str(r["condition"]),
                f"{r['gamma']:+.3f}",
                _interval(r["low_95"], r["high_95"]),
                str(r["pairs"]),
                str(r["failed"]),
            )
            for r in rows
            if not r["trait"]
        ],
    )
    beside = {(r["cell"], r["trait"]): r for r in rows}
    compared = [(*one[:2], r) for one in PUBLISHED if (r := beside.get((one[2], one[3])))]
    out += [f"Beside what the study reports of GPT-4.1 models ({SOURCE}), in probability of naming the trait here:\n"]
    out += _table(
        ("What", "Published", "Here: mean γ", "95% interval", "Here it"),
        [
            (what, published, f"{r['gamma']:+.3f}", _interval(r["low_95"], r["high_95"]), _says(r))
            for what, published, r in compared
        ],
    )
    traits = [r for r in rows if r["trait"] and r["cell"] in ("default", "kinds")]
    if traits:
        out += ["Trait by trait, tuned teacher and sampled numbers:\n"]
        out += _table(
            ("Trait", "γ", "95% interval", "Pairs"),
            [
                (str(r["trait"]), f"{r['gamma']:+.3f}", _interval(r["low_95"], r["high_95"]), str(r["pairs"]))
                for r in traits
            ],
        )
    nothing = [
        r["condition"]
        for r in rows
        if not r["trait"] and r["factor"] not in ("arm",) and r["pairs"] > 1 and r["low_95"] <= 0
    ]
    largest, of = found["planted_is_largest"]
    out.append(
        f"The planted trait is the largest shift in {largest} of {of} students of the default cell. The largest shift"
        " of any trait in a neutral student, against its own start, is"
        f" {found['largest_shift_of_a_neutral_student']:.3f}.\n"
    )
    if nothing:
        out.append(f"**Not shown to transfer here** (95% interval holds zero): {'; '.join(nothing)}.\n")
    out += [f"- failed: {line}" for line in found["failed"]]
    return out


def _says(row: Mapping[str, Any]) -> str:
    """What an interval says of transfer, with the design's margin of equivalence."""
    if row["low_95"] > 0:
        return "transfers"
    if max(-row["low_90"], row["high_90"]) < EQUIVALENT:
        return f"does not: 90% interval within ±{EQUIVALENT:g}"
    return "is not shown"
