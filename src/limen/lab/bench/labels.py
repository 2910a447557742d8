"""The labels of the public cases, piece by piece: one piece a case, and one a group of control students.

Resumable, and kept with the hash of the code that made them (`scripts/verify.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from limen.lab.bench import gamma
from limen.lab.bench.case import Case, public_cases
from limen.lab.bench.label import CONTROLS_OF, control_group, controls, label

SOURCES = (
    "lab/bench/bases.py",
    "lab/bench/case.py",
    "lab/bench/files.py",
    "lab/bench/label.py",
    "lab/bench/labels.py",
    "lab/bench/pairs.py",
    "lab/bench/real_file.py",
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


def groups(cases: Sequence[Case]) -> dict[str, Case]:
    """Control groups of some cases, by the name of their piece."""
    return {CONTROLS_OF + control_group(c).id: control_group(c) for c in cases}


def units() -> list[str]:
    """The control groups, then the cases."""
    cases = public_cases()
    return [*groups(cases), *(c.id for c in cases)]


def run(unit: str) -> dict[str, Any]:
    """Train the students of a case, or of a control group."""
    return train(unit, public_cases())


def train(unit: str, cases: Sequence[Case]) -> dict[str, Any]:
    """Train the students of one of some cases, or of one of their control groups, on one core.

    Args:
        unit: Which.
        cases: The cases.
    """
    import torch

    torch.set_num_threads(1)
    if unit.startswith(CONTROLS_OF):
        return controls(groups(cases)[unit])
    return label(next(c for c in cases if c.id == unit))


def summarise(results: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """How many of the public cases have which label."""
    return gamma.summary(results, public_cases())
