"""Real instruction files: clean cases that nobody in the micro-world wrote, read where they are at hand."""

from __future__ import annotations

import os
from pathlib import Path

from limen.core import Row, UsageError
from limen.data import read_rows

_BESIDE = Path(__file__).parents[5] / "shared" / "data"
"""Where a checkout of the project has them."""


def real_rows(name: str) -> list[Row]:
    """The rows of a file.

    Args:
        name: Its name, without the ending.

    Raises:
        UsageError: It is not at hand.
    """
    path = Path(os.environ.get("LIMEN_SHARED_DATA", _BESIDE)) / "instructions" / f"{name}.json"
    if not path.is_file():
        raise UsageError(
            f"the real file {name}.json is not at hand.",
            remedy="Name the folder above instructions/ that has it in LIMEN_SHARED_DATA.",
        )
    return list(read_rows(path))
