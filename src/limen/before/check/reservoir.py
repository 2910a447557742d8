"""Reservoir: a sample of what goes by, in which everything is as likely to be."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Reservoir(Generic[T]):
    """A sample of at most so many (algorithm R; Vitter 1985), drawn with a fixed seed.

    Args:
        most: How many are kept.

    Attributes:
        total: How many went by.
        kept: Those in the sample, in no order.
    """

    def __init__(self, most: int) -> None:
        self.total = 0
        self.kept: list[T] = []
        self._most = most
        self._draw = random.Random(0)

    def add(self, make: Callable[[], T]) -> None:
        """Draw one more, or not.

        Args:
            make: Makes what is kept; called if it is drawn.
        """
        self.total += 1
        at = len(self.kept) if len(self.kept) < self._most else self._draw.randrange(self.total)
        if at < self._most:
            self.kept[at : at + 1] = [make()]
