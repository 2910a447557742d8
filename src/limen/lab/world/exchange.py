"""Exchange: one question and its answer in the micro-world, as words parted by single blanks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Exchange:
    """One question and its answer.

    Attributes:
        user: What is asked.
        answer: What is answered.
        system: System text before it, or empty.
        kind: Which part of the world it comes from.
    """

    user: str
    answer: str
    system: str = ""
    kind: str = ""
