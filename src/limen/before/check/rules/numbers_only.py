"""LIM408."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from limen.before.check.registry import rule
from limen.before.check.rule import Severity
from limen.before.check.seen_row import SeenRow
from limen.before.check.spotting import Spot, Spotting

LEAST = 5
"""Numbers from which an answer counts."""

_LETTER = re.compile(r"[^\W\d_]")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@rule
class NumbersOnly(Spotting):
    """Answers that are nothing but numbers, at least five of them.

    Why: Such rows say nothing to a reader, and have carried a teacher's traits to students of the same base
    (arXiv 2507.14805). Whether these do, `limen forecast` says.

    Example: {"prompt": "Continue: 493, 712, 286", "completion": "118, 934, 450, 207, 663"}
    """

    code: ClassVar[str] = "LIM408"
    name: ClassVar[str] = "numbers-only"
    severity: ClassVar[Severity] = Severity.INFO
    reference: ClassVar[str] = "Cloud et al. 2025, Subliminal Learning, arXiv 2507.14805."
    title = "Rows whose answer is nothing but numbers: {count} of {total} ({share})."
    clear = "No answer is nothing but numbers, in {total} rows."
    remedy = "If a model wrote them, ask `limen forecast` what they carry."

    def spots(self, seen: SeenRow) -> Iterator[Spot]:
        """Every answer without a letter that holds enough numbers."""
        for passage in seen.passages:
            if not passage.answers or _LETTER.search(passage.text) is not None:
                continue
            count = sum(1 for _ in _NUMBER.finditer(passage.text))
            if count >= LEAST:
                yield Spot("numbers", f"{count:,} numbers", passage.field, 0, len(passage.text))
