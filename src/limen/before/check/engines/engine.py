"""What an engine is: it runs shares of a check elsewhere while this process runs its own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Self

from limen.before.check.share import Share, ShareResult


class Engine(ABC):
    """Runs shares elsewhere; a context manager, at whose end nothing of it is left running.

    Used for several files, it starts what it needs once.
    """

    def __enter__(self) -> Self:
        """The engine itself."""
        return self

    def __exit__(self, *error: object) -> None:
        """Stop what runs."""
        self.close()

    @abstractmethod
    def jobs_for(self, file: str) -> int:
        """How many processes a file is checked by unless said otherwise, this one counted.

        Args:
            file: A file, a folder or a hub id.
        """

    @abstractmethod
    def running(self, shares: Sequence[Share]) -> AbstractContextManager[Iterable[ShareResult]]:
        """Run shares, each in a process of its own, for as long as the context is open.

        Args:
            shares: What to run; none is nothing to start anything for.

        Returns:
            Gives what they found in their order, each once it is there. Left by an error, those that still run or wait
            are given up.
        """

    def close(self) -> None:  # noqa: B027  an engine that keeps nothing has nothing to stop
        """Stop what runs; it may be called twice."""
