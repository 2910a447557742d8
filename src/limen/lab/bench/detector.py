"""Detector: what the suite scores. A class with two methods, `prepare` and `score`, open to third parties.

A third party installs a package whose entry point of the group `limen.detectors` names its class; `limen lab bench`
then scores it on the same cases, with the same code.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from limen.core import Row, Trait, UsageError, Verdict
from limen.data import EncodedRow
from limen.lab.teacher import Teacher
from limen.models import LanguageModel


@dataclass(frozen=True)
class SuiteFile:
    """A file as a detector sees it: rows, and nothing of who wrote them.

    Attributes:
        name: A name that tells nothing.
        rows: Its rows.
        encoded: The same as tokens of the base, the last answers trained on.
        rejected: Of preference pairs, the rejected answers as tokens.
    """

    name: str
    rows: Sequence[Row]
    encoded: Sequence[EncodedRow]
    rejected: Sequence[EncodedRow] = ()


@dataclass(frozen=True)
class Scored:
    """What a detector says of a file. A trait that is left out has no score.

    Attributes:
        traits: Trait id → score; a larger one says that training on the file teaches more of it.
        predicted: Trait id → predicted shift in probability, by detectors that predict one.
        doses: Trait id → share of what a writer with the whole trait would leave, by detectors that say so.
        verdicts: Trait id → verdict at the detector's own default, by detectors that give one.
        provenance: How much the file looks written by another model than the base, by detectors that say so.
    """

    traits: Mapping[str, float]
    predicted: Mapping[str, float] = field(default_factory=dict)
    doses: Mapping[str, float] = field(default_factory=dict)
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    provenance: float | None = None


class Detector(ABC):
    """Says of a file, without training on it in full, what it would teach.

    Attributes:
        name: Short name.
        title: What the leaderboard says of it.
        oracle: Whether it is told who wrote the file, as no detector is.
        comparable: Whether its scores of two traits can be held against each other as they are, such as t statistics;
            those of others are standardised by clean files first.
        sources: Globs, below the package, of code that decides its scores beside its own file: scores are made anew
            where it changed.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    oracle: ClassVar[bool] = False
    comparable: ClassVar[bool] = False
    sources: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def prepare(self, base: LanguageModel, traits: Sequence[Trait]) -> None:
        """Get ready for files that a base would be trained on; what is made here is used for every file.

        Args:
            base: The base.
            traits: The whole battery.
        """

    @abstractmethod
    def score(self, file: SuiteFile, traits: Sequence[Trait]) -> Scored:
        """Score a file.

        Args:
            file: The file.
            traits: The battery for this file: all of what `prepare` was given, or fewer.
        """

    def blame(self, file: SuiteFile, trait: Trait) -> Sequence[float] | None:
        """How much each row of a file carries a trait, a larger score for more; None by detectors that blame no rows.

        Args:
            file: The file.
            trait: One of the battery.
        """
        tokens = self.blame_tokens(file, trait)
        return None if tokens is None else [float(np.sum(one)) for one in tokens]

    def blame_tokens(self, file: SuiteFile, trait: Trait) -> Sequence[NDArray[np.float64]] | None:
        """How much each trained token of each row carries a trait; None by detectors that blame no tokens.

        Args:
            file: The file.
            trait: One of the battery.
        """
        return None

    def told(self, teacher: Teacher | None) -> None:  # noqa: B027  (nothing to do for those that are not told)
        """Who wrote the next file; only oracles are told."""


def detectors() -> dict[str, type[Detector]]:
    """Every detector by its name, those of installed third-party packages among them.

    Raises:
        UsageError: A third party's detector cannot be imported, or takes a name that is taken.
    """
    from limen.lab.bench.detectors import BUILT_IN

    found: dict[str, type[Detector]] = {d.name: d for d in BUILT_IN}
    for entry in entry_points(group="limen.detectors"):
        try:
            one = entry.load()
        except Exception as error:
            raise UsageError(
                f"the detector {entry.name!r} of an installed package cannot be loaded: {error}.",
                remedy=f"Mend or uninstall the package that provides {entry.value!r}.",
            ) from error
        if one.name in found:
            raise UsageError(f"the detector name {one.name!r} is taken.", remedy="Choose another name.")
        found[one.name] = one
    return found
