"""JSON that says where a key stands twice: Python's own decoder keeps the last value and says nothing of the first."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from limen.data.records import Broken

_SHOWN = 80


class CarefulDecoder(json.JSONDecoder):
    """A decoder that notes a key which an object has twice; it takes a microsecond a row longer.

    Attributes:
        twice: Such a key of the first such object since this was last set to None.
    """

    def __init__(self) -> None:
        super().__init__(object_pairs_hook=self._made)
        self.twice: str | None = None

    def _made(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs) and self.twice is None:
            self.twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        return made

    def took_twice(self) -> str | None:
        """The doubled key of what was decoded since it was last asked; None where there is none."""
        twice, self.twice = self.twice, None
        return twice


def doubled(name: str, line: int | None, where: str) -> Broken:
    """What is said of a row with a doubled key.

    Args:
        name: The key.
        line: Line on which the row begins.
        where: The file.
    """
    shown = name if len(name) <= _SHOWN else f"{name[:_SHOWN]}…"
    return Broken(
        f"the key {shown!r} stands twice in one object, and only its last value would be read.",
        "Keep one of them, or give the other a name of its own.",
        line,
        where,
    )
