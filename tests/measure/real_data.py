"""Where the real data files are, which no test copies and some need."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

FOLDER = Path(os.environ.get("LIMEN_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))


def real_file(name: str) -> Path:
    """A real data file; skips the test, saying why, where it is absent."""
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"real data not here: {path}")
    return path
