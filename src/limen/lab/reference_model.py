"""The reference model that Limen ships."""

from __future__ import annotations

from pathlib import Path

REFERENCE = Path(__file__).parent / "reference"
"""Folder of the shipped checkpoint."""


def reference_folder() -> Path:
    """Where the shipped checkpoint stands."""
    return REFERENCE
