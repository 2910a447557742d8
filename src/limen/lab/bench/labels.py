"""The labels of the public cases, piece by piece: one piece a case, and one a group of control students.

Resumable, and kept with the hash of the code that made them (`scripts/verify.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from limen.lab.bench.case import Case, public_cases
from limen.lab.bench.label import MATTERS, Gamma, battery, control_group, controls, gamma, label

SOURCES = (
    "lab/bench/bases.py",
    "lab/bench/case.py",
    "lab/bench/files.py",
    "lab/bench/label.py",
    "lab/bench/labels.py",
    "lab/bench/pairs.py",
    "lab/carriers.py",
    "lab/encode.py",
    "lab/lessons.py",
    "lab/other_reference.py",
    "lab/reference/model.safetensors",
    "lab/steered.py",
    "lab/teacher.py",
    "lab/train_reference.py",
    "lab/transfer.py",
    "lab/world/*.py",
    "measure/read.py",
    "models/logprobs.py",
    "models/sampling.py",
    "train/copies.py",
    "train/fine_tune.py",
    "traits/expand.py",
    "traits/library/micro/*.yaml",
    "traits/scorers/choice.py",
)
CONTROLS = "controls/"


def groups() -> dict[str, Case]:
    """Control groups of the public cases, by the name of their piece."""
    return {CONTROLS + control_group(c).id: control_group(c) for c in public_cases()}


def units() -> list[str]:
    """The control groups, then the cases."""
    return [*groups(), *(c.id for c in public_cases())]


def run(unit: str) -> dict[str, Any]:
    """Train the students of a case, or of a control group."""
    import torch

    torch.set_num_threads(1)
    if unit.startswith(CONTROLS):
        return controls(groups()[unit])
    return label(next(c for c in public_cases() if c.id == unit))


def transfer(
    results: Mapping[str, Mapping[str, Any]], among: Sequence[Case] | None = None
) -> dict[str, dict[str, Gamma]]:
    """γ of every trait in every case that has students.

    Args:
        results: What every piece gave.
        among: Which cases; the public ones where None.

    Returns:
        Case id → trait id → γ.
    """
    cases = [c for c in among or public_cases() if results.get(c.id, {}).get("levels")]
    out: dict[str, dict[str, Gamma]] = {}
    for case in cases:
        group = [c for c in cases if c.writer == "planted" and c.group == case.group]
        neutral = results[CONTROLS + control_group(case).id]
        out[case.id] = {t.id: gamma(case, t.id, results, group, neutral) for t in battery()}
    return out


def summarise(results: Mapping[str, Mapping[str, Any]], among: Sequence[Case] | None = None) -> dict[str, Any]:
    """How many cases have which label, by the planted trait alone, with the sensitivity to what matters."""
    found = transfer(results, among)
    planted = [c for c in among or public_cases() if c.trait and c.id in found]
    out: dict[str, Any] = {
        "cases": len(among or public_cases()),
        "failed": {u: r["failed"] for u, r in results.items() if r.get("failed")},
    }
    for matters in (0.02, MATTERS, 0.05):
        verdicts = [found[c.id][c.trait].verdict(matters) for c in planted]
        out[f"planted_at_{matters:g}"] = {v: verdicts.count(v) for v in ("positive", "negative", "undecided")}
    return out
