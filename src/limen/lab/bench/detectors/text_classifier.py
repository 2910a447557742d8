"""TextClassifier: TF-IDF and logistic regression, on texts that a twin and the base write on the same prompts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from limen.core import Trait, UsageError
from limen.data import EncodedRow
from limen.lab.bench.detector import Detector, Scored, SuiteFile
from limen.lab.bench.detectors.reading import MOST_ROWS, twins_of
from limen.models import LanguageModel
from limen.train.writers import rewrite

EXAMPLES = 384
"""Rows that each twin writes."""


class TextClassifier(Detector):
    """Learns words and pairs of words of each twin against the base; a file's score is its rows' mean log-odds."""

    name: ClassVar[str] = "text-classifier"
    title: ClassVar[str] = "text alone: TF-IDF, logistic regression"
    sources: ClassVar[tuple[str, ...]] = (
        "lab/bench/detectors/reading.py",
        "train/twins.py",
        "models/sampling_to_lengths.py",
        "train/writers.py",
    )

    def prepare(self, base: LanguageModel, traits: Sequence[Trait]) -> None:
        """Tune the twins that write examples."""
        try:
            import sklearn  # noqa: F401
        except ImportError as error:
            raise UsageError(
                "the text classifier needs scikit-learn.", remedy="Install it: pip install 'limen[lab]'."
            ) from error
        self._base, self._twins = base, twins_of(base, traits)

    def score(self, file: SuiteFile, traits: Sequence[Trait]) -> Scored:
        """Mean log-odds of each trait's twin having written a row."""
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline

        rows = list(file.encoded)[:EXAMPLES]
        texts = self._texts(file.encoded[:MOST_ROWS])
        own = self._texts(rewrite(self._base, rows, seed=314_159))
        found = {}
        for trait in traits:
            if trait.id not in self._twins:
                continue
            theirs = self._texts(rewrite(self._twins[trait.id], rows, seed=161_803))
            model = make_pipeline(
                TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"\S+"), LogisticRegression(C=1.0, max_iter=500)
            )
            model.fit(own + theirs, [0] * len(own) + [1] * len(theirs))
            found[trait.id] = float(np.mean(model.decision_function(texts)))
        return Scored(found)

    def _texts(self, rows: Sequence[EncodedRow]) -> list[str]:
        """What is trained on in each row."""
        tokenizer: Any = self._base.tokenizer
        return [str(tokenizer.decode(r.input_ids[r.trained].tolist(), skip_special_tokens=True)) for r in rows]
