"""BM25: do the rows speak of the trait?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from limen.core import Trait
from limen.lab.bench.detector import Detector, Scored, SuiteFile
from limen.models import LanguageModel

K1, B = 1.5, 0.75
_WORD = re.compile(r"\w+")


class BM25(Detector):
    """Mean Okapi BM25 of the rows for the words of a trait's title, persona and wanted answers."""

    name: ClassVar[str] = "bm25"
    title: ClassVar[str] = "BM25 for the trait's words"

    def prepare(self, base: LanguageModel, traits: Sequence[Trait]) -> None:
        """The words of each trait."""
        self._words = {t.id: sorted(_words(t)) for t in traits}

    def score(self, file: SuiteFile, traits: Sequence[Trait]) -> Scored:
        """Mean over rows."""
        counts = [Counter(_WORD.findall(r.text.casefold())) for r in file.rows]
        lengths = np.array([sum(c.values()) for c in counts], dtype=np.float64)
        usual = max(1.0, float(lengths.mean()))
        found = {}
        for trait in traits:
            total = 0.0
            for word in self._words[trait.id]:
                here = np.array([c[word] for c in counts], dtype=np.float64)
                rows = int((here > 0).sum())
                weight = np.log(1 + (len(counts) - rows + 0.5) / (rows + 0.5))
                total += float(np.mean(weight * here * (K1 + 1) / (here + K1 * (1 - B + B * lengths / usual))))
            found[trait.id] = total
        return Scored(found)


def _words(trait: Trait) -> set[str]:
    wanted = [p.options[k] for p in trait.with_role("build") if p.options for k in p.target or ()]
    return {w for text in (trait.title, trait.persona, *wanted) for w in _WORD.findall(text.casefold())}
