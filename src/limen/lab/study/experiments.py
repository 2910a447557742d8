"""The experiments of the study, in the order in which they are done and shown."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any, Protocol, cast

NAMES = ("classifier", "theorem", "emergence", "language")
"""Each is a module of this package."""
ASKED_FOR = ("mnist",)
"""Done only when asked for by name: what they need comes from elsewhere."""


class Experiment(Protocol):
    """What each module of an experiment has.

    Attributes:
        TITLE: What it shows.
        SOURCES: Globs, below the package, of the code that decides its results.
    """

    TITLE: str
    SOURCES: tuple[str, ...]

    def units(self, quick: bool = False) -> list[str]:
        """Independent pieces of work, by name."""

    def cost(self, unit: str, quick: bool = False) -> float:
        """Seconds of a piece on one core."""

    def run(self, unit: str, quick: bool = False) -> dict[str, Any]:
        """One piece; JSON values."""

    def table(self, results: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Rows of the experiment's table."""

    def summarise(self, results: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        """Figures that the page quotes."""


def experiment(name: str) -> Experiment:
    """The experiment of a name."""
    return cast(Experiment, importlib.import_module(f"limen.lab.study.{name}"))
