"""Results of pieces of work in a folder, so that an interrupted study goes on where it stopped.

A piece stands in a file of its own under the hash of the code that made it: other code makes it anew.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from limen.lab.code_hash import hash_file, hash_sources
from limen.lab.study.seed import PACKAGE


class Store:
    """Pieces of one experiment.

    Args:
        folder: Where the study's pieces are kept.
        name: The experiment's.
        sources: Globs, below the package, of the code that decides the results.
        quick: Whether these are the pieces of a quick study.
        beside: Files outside the package that decide them too.
    """

    def __init__(
        self, folder: Path, name: str, sources: Sequence[str], quick: bool = False, *, beside: Sequence[Path] = ()
    ) -> None:
        files = hash_sources(PACKAGE, sources) | {str(path): hash_file(path) for path in beside}
        code = hashlib.sha256(json.dumps(files).encode()).hexdigest()[:16]
        self.folder = folder / f"{name}-{'quick-' if quick else ''}{code}"

    def get(self, unit: str) -> dict[str, Any] | None:
        """What a piece gave, if it was done; one that cannot be read is done again."""
        try:
            found: dict[str, Any] = json.loads(self._path(unit).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return found

    def put(self, unit: str, result: dict[str, Any]) -> None:
        """Keep what a piece gave, whole or not at all."""
        path = self._path(unit)
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".part")
        beside.write_text(json.dumps(result, allow_nan=False), encoding="utf-8")
        os.replace(beside, path)

    def _path(self, unit: str) -> Path:
        return self.folder / f"{unit.replace('/', '-')}.json"
