"""Progress: how long work tells whoever is watching, without depending on who that is."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Receives the progress of long work. The command line shows bars; a library call may pass none."""

    def start(self, task: str, total: float) -> None:
        """A task begins, with so many units to do."""

    def advance(self, task: str, by: float = 1) -> None:
        """So many more units of a task are done."""

    def done(self, task: str) -> None:
        """A task is finished."""

    def say(self, text: str) -> None:
        """One line of news."""


class Silent:
    """Shows nothing: the default of every library call."""

    def start(self, task: str, total: float) -> None:
        """Show nothing."""

    def advance(self, task: str, by: float = 1) -> None:
        """Show nothing."""

    def done(self, task: str) -> None:
        """Show nothing."""

    def say(self, text: str) -> None:
        """Show nothing."""
