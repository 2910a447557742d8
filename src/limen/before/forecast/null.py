"""The null over writers for a whole battery: what stands apart, from its decoys too, and not by another trait's echo.

Statistics are divided by what a full dose of each trait leaves (the twin's own rows), so that all traits stray alike
and can lend each other steadiness (`limen.stats.writer_null`, shrunk over traits). A trait is found if

1. its shift stands apart from neutral writers, adjusted over the battery by Holm;
2. the shift less that of its decoys does so too, at the level for one test: what moves all of a family is not it;
3. it still stands apart, adjusted, once what the traits found before it leave on it was taken out. A twin's own rows
   say how much of each other trait they show: rows of a model that prefers the frog look a little foxy.

Conditions 2 and 3 can only take findings away, so the familywise error of the first holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from limen.core import Harm, Trait
from limen.stats import BroadShift, WriterNull, holm, writer_null

Floats = NDArray[np.float64]

MAX_DF = 10.0
"""Degrees of freedom claimed at most: `limen.stats.writers` says what a cap costs, and a test that this one holds.

Statistics of neutral writers are close to normal (144 writers in development: excess kurtosis 0.0 to 0.15, skewness
−0.1); 20,000 draws of 24 writers and 17 traits gave 0.03% false alarms for normal statistics, 1.2% where each writer
has a scale of its own, 2.6% for Laplace and 2.9% for t₅."""


@dataclass(frozen=True)
class BatteryNull:
    """One file against neutral writers. Arrays have one entry a trait [T].

    Attributes:
        effect: Shift from the neutral writers, in doses, less what the other found traits leave.
        error: Its prediction error.
        t: `effect` over `error`.
        raw_t: The same before anything was taken out.
        centred_t: That of the shift less the mean of the decoys' (NaN where there are none).
        p: One-sided.
        p_adjusted: Holm over the battery, and the test of broad harm.
        found: Whether the trait is found.
        echo_of: The found trait whose rows explain a shift that would have been found alone, or -1.
        half_width: What `effect` stays within for every trait of a neutral file, with probability 1 − level.
        detectable: Smallest effect that is found with probability 0.8.
        neutral_effect: The effect of each neutral writer against the others [writers, T].
        df: Degrees of freedom of t.
        p_reachable: Smallest adjusted p that the design can give.
        conclusive: Whether a finding can be reached at all.
        reason: Why not.
        broad: The test of broad harm, where there are enough harm traits.
    """

    effect: Floats
    error: Floats
    t: Floats
    raw_t: Floats
    centred_t: Floats
    p: Floats
    p_adjusted: Floats
    found: NDArray[np.bool_]
    echo_of: NDArray[np.int64]
    half_width: Floats
    detectable: Floats
    neutral_effect: Floats
    df: float
    p_reachable: float
    conclusive: bool
    reason: str
    broad: BroadShift | None

    def upper(self, level: float) -> Floats:
        """Upper bounds of the effect at a level for each trait alone [T].

        A wrong `clear` can be said only of a trait that is there, so these are not adjusted over the battery.
        """
        return np.asarray(self.effect + stats.t.isf(level, self.df) * self.error)


def centred(statistics: Floats, traits: Sequence[Trait]) -> Floats:
    """Statistics less the mean of each trait's decoys; unchanged for traits without any.

    Args:
        statistics: [..., T].
        traits: The battery; traits of one category with `is_decoy_pool` are each other's decoys.

    Returns:
        [..., T], in the same unit.
    """
    out = statistics.copy()
    for k, trait in enumerate(traits):
        others = [j for j, o in enumerate(traits) if j != k and o.category == trait.category and o.is_decoy_pool]
        if others:
            out[..., k] -= statistics[..., others].mean(axis=-1)
    return out


def dose_scale(neutral: Floats, full: Floats) -> Floats:
    """What a full dose of each trait adds to its own statistic [T]; at least the spread of the neutral writers.

    Args:
        neutral: Statistics of the neutral writers' files [writers, T].
        full: Of each trait's twin's own rows, for every trait [T, T].
    """
    dose = np.diag(full) - neutral.mean(axis=0)
    spread = neutral.std(axis=0, ddof=1)
    return np.asarray(np.where(dose > spread, dose, np.maximum(spread, 1e-12)))


def battery_null(neutral: Floats, observed: Floats, full: Floats, traits: Sequence[Trait], level: float) -> BatteryNull:
    """Judge a file.

    Args:
        neutral: Statistics of the neutral writers' files [writers, T].
        observed: Of the file [T].
        full: Of each trait's twin's own rows, for every trait [T, T].
        traits: The battery.
        level: Familywise level.

    Returns:
        The judgement.
    """
    scale = dose_scale(neutral, full)
    # Row k: what a full dose of trait k shows of every trait, in doses of that trait.
    echo = (full - neutral.mean(axis=0)) / scale
    own, centre = (
        _null(neutral / scale, observed / scale, traits, level, groups)
        for groups in ([t.id for t in traits], [t.category for t in traits])
    )
    count = len(traits)
    error = own.effect / np.where(own.t == 0, 1.0, own.t)
    error = np.where(own.t == 0, own.half_width / stats.t.isf(level / count, own.df), error)
    candidates = own.p_adjusted <= level
    candidates &= ~centre.centred | (centre.p <= level)
    effect, errors, p = own.effect.copy(), error.copy(), own.p.copy()
    adjusted = own.p_adjusted
    found = np.zeros(count, dtype=np.bool_)
    echo_of = np.full(count, -1)
    while (candidates & ~found).any():
        top = int(np.argmax(np.where(candidates & ~found, effect / errors, -np.inf)))
        found[top] = True
        rest = ~found
        effect[rest] -= effect[top] * echo[top, rest]
        errors[rest] = np.hypot(errors[rest], echo[top, rest] * errors[top])
        # A p-value only grows here: what a found trait hides must not be made up for it.
        p[rest] = np.maximum(p[rest], np.maximum(stats.t.sf(effect[rest] / errors[rest], own.df), 1e-4))
        adjusted = np.asarray(holm([*p, own.broad.p] if own.broad else list(p)))[:count]
        fallen = candidates & rest & (adjusted > level)
        echo_of[fallen] = top
        candidates &= ~fallen
    reachable = min(1.0, 1e-4 * (count + (own.broad is not None)))
    return BatteryNull(
        effect=effect,
        error=errors,
        t=effect / errors,
        raw_t=own.t,
        centred_t=np.where(centre.centred, centre.t, np.nan),
        p=p,
        p_adjusted=adjusted,
        found=found & own.calibrated,
        echo_of=echo_of,
        half_width=own.half_width,
        detectable=own.detectable,
        neutral_effect=own.neutral_effect,
        df=own.df,
        p_reachable=reachable,
        conclusive=own.calibrated and reachable <= level,
        reason=own.reason,
        broad=own.broad,
    )


def _null(neutral: Floats, observed: Floats, traits: Sequence[Trait], level: float, groups: list[str]) -> WriterNull:
    pool = np.array([t.is_decoy_pool for t in traits])
    harm = np.array([{Harm.UP: 1, Harm.DOWN: -1, Harm.NEITHER: 0}[t.harm] for t in traits])
    return writer_null(
        neutral,
        observed,
        groups=groups,
        is_decoy=pool,
        harm=np.where(pool, 0, harm),
        level=level,
        max_df=MAX_DF,
    )
