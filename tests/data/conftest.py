"""Where the real data lies."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared_data() -> Path:
    root = os.environ.get("LIMEN_SHARED")
    shared = Path(root) if root else Path(__file__).resolve().parents[2].parent / "shared"
    folder = shared / "data"
    if not folder.is_dir():
        pytest.skip(f"the real data is not here: {folder} is absent (LIMEN_SHARED names the folder above it)")
    return folder
