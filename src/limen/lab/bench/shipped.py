"""Labels, and full doses, that come with the package, so that nobody has to train the same students again.

They count only where the code that made them is the code that is installed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from limen.lab.bench import full_doses, labels, labels_digits
from limen.lab.bench.case import REFERENCE
from limen.lab.bench.sized import SIZES
from limen.lab.code_hash import hash_sources
from limen.lab.study.seed import PACKAGE

BASES = {REFERENCE: labels.SOURCES} | dict.fromkeys(SIZES, labels_digits.SOURCES)
"""Checkpoints that students start from, and what decides their labels."""
FOLDER = Path(__file__).parent / "measured"


@cache
def shipped_labels(base: str) -> dict[str, dict[str, Any]]:
    """What the students of the public cases came to.

    Args:
        base: Which checkpoint they start from.

    Returns:
        Case id, or piece of control students, → what its students came to; nothing where none are shipped, or the code
        that decides them is another.
    """
    return _shipped(f"labels-{base}", BASES[base])


@cache
def shipped_full_doses(base: str) -> dict[str, float]:
    """How far a full dose of each trait moves a base.

    Args:
        base: Which checkpoint.

    Returns:
        Trait id → shift in probability; nothing where none are shipped whole, or the code that decides them is another.
    """
    found = _shipped(f"full-doses-{base}", full_doses.SOURCES)
    return full_doses.shifts_of(found) if set(full_doses.units(base)) <= found.keys() else {}


def _shipped(name: str, sources: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Piece → result of a file that ships; nothing where it does not, or the code that decides it is another."""
    path = FOLDER / f"{name}.json"
    if not path.is_file():
        return {}
    stored = json.loads(path.read_text(encoding="utf-8"))
    made_by = {name.removeprefix("src/limen/"): code for name, code in stored["sources"].items()}
    if hash_sources(PACKAGE, sources).items() - made_by.items():
        return {}
    return {unit: one["result"] for unit, one in stored["units"].items()}
