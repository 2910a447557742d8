"""first_seed: a seed that nobody chose."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from limen.lab.code_hash import hash_sources

PACKAGE = Path(__file__).parents[2]


def first_seed(sources: Sequence[str]) -> int:
    """The seed that the meaning of some code gives: it changes with the code, and can be chosen by nobody.

    Args:
        sources: Globs below the package's folder.
    """
    return _seed(tuple(sources))


@cache
def _seed(sources: tuple[str, ...]) -> int:
    return int(hashlib.sha256(json.dumps(hash_sources(PACKAGE, sources)).encode()).hexdigest()[:6], 16)
