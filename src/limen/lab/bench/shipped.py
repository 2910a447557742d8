"""Labels that come with the package, so that nobody has to train the students of the public cases again.

They count only where the code that made them is the code that is installed.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from limen.lab.bench import labels, labels_digits
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
    path = FOLDER / f"labels-{base}.json"
    if not path.is_file():
        return {}
    stored = json.loads(path.read_text(encoding="utf-8"))
    made_by = {name.removeprefix("src/limen/"): code for name, code in stored["sources"].items()}
    if hash_sources(PACKAGE, BASES[base]).items() - made_by.items():
        return {}
    return {unit: one["result"] for unit, one in stored["units"].items()}
