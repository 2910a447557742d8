"""What several detectors do: make the twins of a battery, and read rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from limen.before.forecast.likelihood_ratio import Reader
from limen.core import Trait
from limen.data import EncodedRow
from limen.models import LanguageModel
from limen.train.twins import can_be_tuned, tuned_twins

MOST_ROWS = 1000
"""Rows of a file that are read; as many as the forecast reads by default."""


def twins_of(base: LanguageModel, traits: Sequence[Trait]) -> dict[str, LanguageModel]:
    """The tuned twin of each trait that has one, by the trait's id.

    Args:
        base: What they start from.
        traits: The battery.
    """
    can = [t for t in traits if can_be_tuned(t)]
    return dict(zip([t.id for t in can], tuned_twins(base, can), strict=True))


def mean_logprob(reader: Reader, rows: Sequence[EncodedRow]) -> float:
    """Mean log-probability of the trained tokens of a file's first rows, nats a token.

    Args:
        reader: What reads them.
        rows: The file's rows.
    """
    return float(np.concatenate(reader.token_logprobs(rows[:MOST_ROWS])).mean())


def token_ratios(reader: Reader, base: Reader, rows: Sequence[EncodedRow]) -> list[NDArray[np.float64]]:
    """Log-likelihood ratio of each trained token of each row, nats.

    Args:
        reader: Under what they may be likelier.
        base: Than under this.
        rows: The file's rows, all of them.
    """
    pairs = zip(reader.token_logprobs(rows), base.token_logprobs(rows), strict=True)
    return [np.asarray(a, dtype=np.float64) - b for a, b in pairs]
