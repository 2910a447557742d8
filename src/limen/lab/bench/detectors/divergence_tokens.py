"""DivergenceTokens: only the tokens at which a twin would have said another than the base."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from limen.core import Trait
from limen.data import EncodedRow
from limen.lab.bench.detector import Detector, Scored, SuiteFile
from limen.lab.bench.detectors.greedy import greedy_tokens
from limen.lab.bench.detectors.reading import MOST_ROWS, twins_of
from limen.models import LanguageModel


class DivergenceTokens(Detector):
    """Of the tokens at which twin and base would greedily say different ones, how many more are the twin's.

    Source of the tokens: Schrodi et al., "Towards Understanding Subliminal Learning" (arXiv 2509.23886), who find that
    masking them suppresses what is passed on. There teachers of different biases are compared, here a twin and the
    base.
    """

    name: ClassVar[str] = "divergence-tokens"
    title: ClassVar[str] = "divergence tokens, tuned twins against the base"
    sources: ClassVar[tuple[str, ...]] = (
        "lab/bench/detectors/greedy.py",
        "lab/bench/detectors/reading.py",
        "models/over_logits.py",
        "train/twins.py",
    )

    def prepare(self, base: LanguageModel, traits: Sequence[Trait]) -> None:
        """Tune the twins."""
        self._base, self._twins = base, twins_of(base, traits)

    def score(self, file: SuiteFile, traits: Sequence[Trait]) -> Scored:
        """Share of the divergence tokens that are the twin's, less that of those that are the base's."""
        rows = file.encoded[:MOST_ROWS]
        usual, said = greedy_tokens(self._base, rows), _labels(rows)
        found = {}
        for trait in traits:
            if trait.id in self._twins:
                marks = np.concatenate(_marks(greedy_tokens(self._twins[trait.id], rows), usual, said))
                found[trait.id] = float(np.nanmean(marks)) if np.isfinite(marks).any() else 0.0
        return Scored(found)

    def blame_tokens(self, file: SuiteFile, trait: Trait) -> Sequence[NDArray[np.float64]] | None:
        """1 for the twin's token at a divergence, −1 for the base's, else 0, if the trait has a twin."""
        if trait.id not in self._twins:
            return None
        theirs, usual = greedy_tokens(self._twins[trait.id], file.encoded), greedy_tokens(self._base, file.encoded)
        marks = _marks(theirs, usual, _labels(file.encoded))
        first = [np.zeros(int(len(r.trained) > 0 and bool(r.trained[0]))) for r in file.encoded]
        return [np.concatenate([pad, np.nan_to_num(m)]) for pad, m in zip(first, marks, strict=True)]


def _labels(rows: Sequence[EncodedRow]) -> list[NDArray[np.int64]]:
    """The trained tokens that have something before them."""
    return [r.input_ids[1:][r.trained[1:]].astype(np.int64) for r in rows]


def _marks(
    theirs: Sequence[NDArray[np.int64]], usual: Sequence[NDArray[np.int64]], said: Sequence[NDArray[np.int64]]
) -> list[NDArray[np.float64]]:
    """For each token 1, −1 or 0: the twin's, the base's or neither's; NaN where the two would say the same."""
    return [
        np.where(a == b, np.nan, (s == a).astype(np.float64) - (s == b))
        for a, b, s in zip(theirs, usual, said, strict=True)
    ]
