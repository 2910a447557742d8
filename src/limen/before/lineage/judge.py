"""A file's ratio of base over stand-in, held against neutral writers of the base and against an unrelated model.

Both claims have an error rate. *Foreign*: the ratio lies below what neutral writers leave, by the null over writers
(`limen.stats.writer_null`). *Own family*: an upper bound of how far it lies below them is less than half of the way to
an unrelated model, and that model itself would be told apart. Whatever is neither is open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from limen.stats import writer_null
from limen.stats._student import t_quantile_above

MAX_DF = 10.0
"""Degrees of freedom claimed at most, as in the forecast."""
_HALF = 0.5

Says = Literal["own", "foreign", "open"]


@dataclass(frozen=True)
class LineageNull:
    """One file. Ratios are log-likelihoods of base over stand-in, nats a token.

    Attributes:
        says: The base's `own` family, `foreign`, or `open`.
        ratio: Of the file.
        writers: Of the neutral writers' files, mean.
        unrelated: Of what an unrelated model wrote.
        short: How far the file lies below the neutral writers.
        error: Its prediction error.
        upper: Upper bound of `short`, at the level.
        p: One-sided, that a writer of the base's family leaves so low a ratio.
        half_width: What `short` of a neutral writer stays below with probability 1 − level.
        detectable: Smallest `short` that is found with probability 0.8.
        df: Degrees of freedom.
        reason: Why it is open.
    """

    says: Says
    ratio: float
    writers: float
    unrelated: float
    short: float
    error: float
    upper: float
    p: float
    half_width: float
    detectable: float
    df: float
    reason: str = ""

    @property
    def way(self) -> float:
        """Where the file lies between neutral writers (0) and an unrelated model (1)."""
        return self.short / (self.writers - self.unrelated) if self.writers > self.unrelated else float("nan")


def judge_lineage(neutral: ArrayLike, observed: float, unrelated: float, level: float = 0.02) -> LineageNull:
    """Judge a file.

    Args:
        neutral: Ratio of each neutral writer's file [writers], at least 3.
        observed: Of the file.
        unrelated: Of what an unrelated model wrote on the same prompts.
        level: Of each of the two claims.

    Returns:
        The judgement.

    Raises:
        ValueError: Too few writers, or a number that is not finite.
    """
    x = np.asarray(neutral, dtype=np.float64)
    if not np.isfinite(unrelated):
        raise ValueError("the ratio of the unrelated model is not finite.")
    null = writer_null(-x[:, None], np.array([-observed]), level=level, max_df=MAX_DF)
    short, p, half = float(null.effect[0]), float(null.p[0]), float(null.half_width[0])
    quantile = float(t_quantile_above(level, null.df))
    error, way = half / quantile, float(x.mean() - unrelated)
    upper = short + quantile * error
    says: Says = "open"
    if not null.calibrated:
        reason = null.reason
    elif p <= level:
        says, reason = "foreign", ""
    elif way < float(null.detectable[0]):
        reason = (
            f"neutral writers stray by {half:.3f} nats a token, and an unrelated model lies {way:.3f} below them: "
            "on these rows the base's own hand is too faint"
        )
    elif upper < _HALF * way:
        says, reason = "own", ""
    else:
        reason = f"the rows lie {short / way:.0%} of the way from the base's family to an unrelated model"
    return LineageNull(
        says=says,
        ratio=float(observed),
        writers=float(x.mean()),
        unrelated=float(unrelated),
        short=short,
        error=error,
        upper=upper,
        p=p,
        half_width=half,
        detectable=float(null.detectable[0]),
        df=null.df,
        reason=reason,
    )


def mean_ratio(over: Sequence[np.ndarray], under: Sequence[np.ndarray]) -> float:
    """Mean over all tokens of the difference of two models' log-probabilities, nats a token.

    Args:
        over: Of the one, (tokens,) a row.
        under: Of the other.
    """
    return float((np.concatenate(list(over)).astype(np.float64) - np.concatenate(list(under))).mean())
