"""What an audit runs on: versions, without naming the machine or its user."""

from __future__ import annotations

import platform
from datetime import UTC, datetime
from importlib import metadata

from limen.ledger.record import Environment

PACKAGES = ("torch", "transformers", "peft", "trl", "datasets", "safetensors", "tokenizers", "numpy", "scipy")
"""Numbers depend on these; read from their metadata, not imported."""


def environment() -> Environment:
    """The Python, platform and package versions in use."""
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return Environment(
        python=platform.python_version(),
        platform=f"{platform.system()} {platform.machine()}".strip(),
        packages=versions,
    )


def limen_version() -> str:
    """Limen's version; of a source tree that is not installed, `0+source`."""
    try:
        return metadata.version("limen")
    except metadata.PackageNotFoundError:
        return "0+source"


def now() -> str:
    """The time, UTC, ISO 8601, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
