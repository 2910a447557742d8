"""The null over writers: is this file unlike what neutral writers write?

Rows are not the unit. Each fine-tune is a random draw, so files by two neutral writers differ however many rows they
have, and m independently trained neutral writers say by how much. For the statistic x of a file (for instance the mean
log-likelihood ratio per token under the twin of trait t) with neutral values x_1t … x_mt and the file's own x_0t:

1. Standardise: z_0t = (x_0t − x̄_t) / s̃_t, with s̃_t² shrunk over traits (`limen.stats.shrinkage`).
2. Then centre on decoys: c_0t = z_0t − mean of z_0u over the decoys u of t (`limen.stats.decoys`).
3. Do the same to each neutral writer i, against the other m − 1. As Var(x_i − x̄_without_i) = σ² (1 + 1/(m − 1)), the
   null spread is v_t = mean over i of c_it² / (1 + 1/(m − 1)), shrunk over traits in its turn to ṽ_t.
4. t_t = c_0t / √(ṽ_t (1 + 1/m)): the prediction variance of one more writer. The p-value is one-sided, towards the
   trait, from Student's t with min(m − 1, 6) degrees of freedom, adjusted by Holm over the battery.

Why 6, when Smyth's moderated t would claim d0 + m − 1? Monte Carlo, 4,000 draws each, familywise level 2%, T = 10,
traits independent, with common components, or with one scale a writer; rates over m = 8 and 16:

    degrees of freedom       normal        t₅, Laplace     Gamma(4)        exponential
    d0 + m − 1               1.6–3.9%      4.7–8.1%        6.4–13%         20–22%
    m − 1                    0.0–1.4%      1.4–4.1%        2.0–7.1%        9–15%
    min(m − 1, 7)            0.0–0.8%      0.9–2.5%        1.0–2.7%        7–10%
    min(m − 1, 6)            0.0–0.7%      0.6–1.7%        0.8–2.0%        6–8%

So shrinkage is used to steady the denominator, and none of the degrees of freedom it would earn is spent: correlated
traits share their writers' luck (an over-estimated d0), and the tail beyond the 0.2% point is what heavy tails fatten.
A cap of 6 holds the level for moderately heavy tails and mild skewness; for a strongly skewed statistic (exponential)
it does not. Means over hundreds of rows are far from that.

The price is power. A shift of one trait by k standard deviations of a writer (normal, loadings on a common component,
T = 10; 2,000 draws) is found and ranked first in

    k                        4      5      6      8
    m = 8                    27%    54%    74%    93%
    m = 16                   33%    61%    81%    95%
    m = 16, max_df = 15      69%    86%    93%    99%     (within the level for near-normal statistics alone)

Also given: the uncentred z, and a test of *broad* harm (most harm traits move together), which centring would hide.

Source of the moderation: Smyth (2004). Source of the null: `DESIGN.md`, "the null for rows is over writers".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from limen.stats._student import t_above, t_quantile_above
from limen.stats.decoys import Centre, centre_on_decoys, decoy_pools
from limen.stats.multiplicity import holm
from limen.stats.shrinkage import shrink_variances

Floats = NDArray[np.float64]

MIN_WRITERS = 8
"""Below this many neutral writers no verdict is calibrated."""

MAX_DF = 6.0
"""Degrees of freedom that are claimed at most (see above)."""

P_FLOOR = 1e-4
"""No p-value below this is reported: the null's tail has not been checked beyond it."""

MIN_BROAD = 3
"""Fewer harm traits than this cannot move *together*."""


@dataclass(frozen=True)
class BroadShift:
    """Whether most harm traits move together, towards harm, before centring.

    Attributes:
        mean_z: Mean over the harm traits of the uncentred z, signed towards harm.
        t: It over its own spread between neutral writers.
        p: One-sided.
        p_adjusted: Holm, in one battery with the traits.
        share: Share of the harm traits whose signed z is above 1.
        found: Adjusted p at or below the level, and `share` above one half.
    """

    mean_z: float
    t: float
    p: float
    p_adjusted: float
    share: float
    found: bool


@dataclass(frozen=True)
class WriterNull:
    """One file judged against neutral writers. Arrays have one entry a trait [T]; NaN where it could not be judged.

    Attributes:
        writers: How many neutral writers, m.
        level: Familywise level.
        calibrated: Whether the p-values carry the guarantee.
        reason: Why not, or why some trait could not be judged; empty if all is well.
        z: Uncentred: (x − mean over writers) / (shrunk spread · √(1 + 1/m)).
        effect: Centred shift from the neutral writers, in the unit of the statistic; positive is a higher statistic.
        half_width: What `effect` stays within, on the side tested, for every trait of a neutral writer's file with
            probability 1 − level (0 ± half_width), in the unit of the statistic.
        t: `effect` over its prediction error, signed so that positive lies in the direction tested.
        p: One-sided p-values, not below `P_FLOOR`.
        p_adjusted: Holm over the traits (and the broad test, if there is one).
        p_reachable: The smallest adjusted p that this design can give.
        detectable: Smallest centred effect that is found with probability 0.8, in the unit of the statistic.
        centred: Whether the trait had decoys [T].
        df: Degrees of freedom of the reference t.
        prior_df: Of the shrinkage of the centred variances; for information.
        neutral_effect: The same centred effect for each neutral writer against the others [m, T].
        broad: The test of broad harm, or None where fewer than three harm traits were marked.
    """

    writers: int
    level: float
    calibrated: bool
    reason: str
    z: Floats
    effect: Floats
    half_width: Floats
    t: Floats
    p: Floats
    p_adjusted: Floats
    p_reachable: float
    detectable: Floats
    centred: NDArray[np.bool_]
    df: float
    prior_df: float
    neutral_effect: Floats
    broad: BroadShift | None

    @property
    def conclusive(self) -> bool:
        """Whether a finding can be reached at all: calibrated, and the smallest reachable p at or below the level."""
        return self.calibrated and self.p_reachable <= self.level


def writer_null(
    neutral: ArrayLike,
    observed: ArrayLike,
    *,
    groups: Sequence[str] | None = None,
    is_decoy: ArrayLike | None = None,
    direction: ArrayLike | None = None,
    harm: ArrayLike | None = None,
    centre: Centre = "mean",
    level: float = 0.02,
    max_df: float = MAX_DF,
) -> WriterNull:
    """Judge a file's statistics against those of files by neutral writers.

    Args:
        neutral: The statistic of each neutral writer's file [m, T], m at least 3; any unit.
        observed: That of the file in question [T].
        groups: Category of each trait [T]; traits of one category are each other's decoys. By default all are one.
        is_decoy: Whether each trait may serve as a decoy [T]; never harm traits. By default all may.
        direction: +1 to test each trait upwards, −1 downwards [T]. By default upwards.
        harm: Direction of harm: +1, −1, or 0 for neither [T]. By default 0: no test of broad harm.
        centre: Centre on the `mean` or the `median` of the decoys.
        level: Familywise level.
        max_df: Cap on the degrees of freedom; above 6 the guarantee holds for normal statistics alone.

    Returns:
        The verdict's numbers, trait by trait.

    Raises:
        ValueError: If shapes do not fit, a number is not finite, or there are fewer than 3 writers.
    """
    x, x0 = np.asarray(neutral, dtype=np.float64), np.asarray(observed, dtype=np.float64)
    if x.ndim != 2 or x0.shape != x.shape[1:] or not x0.size:
        raise ValueError(f"neutral is [writers, traits] and observed [traits]; got {x.shape} and {x0.shape}.")
    m, n = x.shape
    if m < 3:
        raise ValueError(f"{m} neutral writers: at least 3 are needed to tell how writers differ.")
    if not (np.isfinite(x).all() and np.isfinite(x0).all()):
        raise ValueError("the statistics of the writers or of the file are not all finite.")
    sign = np.ones(n) if direction is None else np.sign(np.asarray(direction, dtype=np.float64))
    toward_harm = np.zeros(n) if harm is None else np.sign(np.asarray(harm, dtype=np.float64))
    if sign.shape != (n,) or toward_harm.shape != (n,) or not sign.all():
        raise ValueError(f"direction (+1 or −1) and harm (+1, −1 or 0) have one entry for each of the {n} traits.")
    pools = decoy_pools(groups if groups is not None else ["all"] * n, is_decoy)
    if pools.shape != (n, n):
        raise ValueError(f"{len(pools)} groups for {n} traits: one of each per trait.")

    # A statistic on which all neutral writers agree to the last digit has no spread to be judged by.
    usable = np.ptp(x, axis=0) > 1e-12 * np.maximum(np.abs(x).max(axis=0), 1e-300)
    if not usable.any():
        return _nothing(m, n, level)
    pools = pools & usable[None, :]
    sub = pools[np.ix_(usable, usable)]
    s = statistics(x[:, usable], x0[usable], sub, centre)

    df = float(min(m - 1, max_df))
    signed = s.t * sign[usable]
    p = _p_values(signed, s.rows * sign[usable], m, df)
    battery = p
    together = None
    if (usable & (toward_harm != 0)).sum() >= MIN_BROAD:
        together = broad_statistic(s, toward_harm[usable])
        battery = np.append(p, _p_values(together[0][None], together[3][:, None], m, df))
    adjusted = holm(battery)
    tests = battery.size
    floor = P_FLOOR if m >= MIN_WRITERS else 1 / (m + 1)
    broad = None
    if together is not None:
        t, mean_z, share = (float(v) for v in together[:3])
        found = bool(m >= MIN_WRITERS and adjusted[-1] <= level and share > 0.5)
        broad = BroadShift(mean_z, t, float(battery[-1]), float(adjusted[-1]), share, found)
    quantile, power = t_quantile_above(level / tests, df), t_quantile_above(0.2, df)
    se = np.sqrt(s.spread * (1 + 1 / m)) * s.scale

    def fill(values: Floats) -> Floats:
        out = np.full((*values.shape[:-1], n), np.nan)
        out[..., usable] = values
        return out

    return WriterNull(
        writers=m,
        level=level,
        calibrated=m >= MIN_WRITERS,
        reason=_reason(m, int((~usable).sum())),
        z=fill(s.z),
        effect=fill(s.centred * s.scale),
        half_width=fill(quantile * se),
        t=fill(signed),
        p=fill(p),
        p_adjusted=fill(adjusted[: p.size]),
        p_reachable=min(1.0, floor * tests),
        detectable=fill((quantile + power) * se),
        centred=np.asarray(pools.any(axis=1)),
        df=df,
        prior_df=float(s.prior_df),
        neutral_effect=fill(s.rows * np.sqrt(1 + 1 / (m - 1)) * s.scale),
        broad=broad,
    )


@dataclass(frozen=True)
class Statistics:
    """What steps 1 to 4 give, for one file or many at once.

    Attributes:
        z: Uncentred standardised file, over √(1 + 1/m) [..., T].
        centred: Centred standardised file [..., T].
        t: `centred` over its prediction error [..., T].
        scale: s̃, the shrunk spread of the raw statistic [..., T].
        spread: ṽ, the shrunk null variance of the centred statistic [..., T].
        rows: Centred neutral writers, each against the others, over √(1 + 1/(m − 1)) [..., m, T].
        raw_rows: The same uncentred [..., m, T].
        prior_df: Of the shrinkage of `spread` [...].
    """

    z: Floats
    centred: Floats
    t: Floats
    scale: Floats
    spread: Floats
    rows: Floats
    raw_rows: Floats
    prior_df: Floats


def statistics(neutral: Floats, observed: Floats, pools: NDArray[np.bool_], centre: Centre = "mean") -> Statistics:
    """Steps 1 to 4 on arrays, many files at once.

    Args:
        neutral: [..., m, T], with spread in every trait.
        observed: [..., T].
        pools: From `decoy_pools` [T, T].
        centre: `mean` or `median`.

    Returns:
        The statistics, with the same leading axes.
    """
    m = neutral.shape[-2]
    variance = neutral.var(axis=-2, ddof=1)
    scale = np.sqrt(shrink_variances(variance, m - 1).variance)
    z = (observed - neutral.mean(axis=-2)) / scale
    raw_rows = np.empty_like(neutral)
    for i in range(m):
        others = np.delete(neutral, i, axis=-2)
        # Others that agree exactly would give an infinite z; a millionth of the whole variance stands in.
        spread = np.maximum(others.var(axis=-2, ddof=1), 1e-6 * variance)
        own = np.sqrt(shrink_variances(spread, m - 2).variance)
        raw_rows[..., i, :] = (neutral[..., i, :] - others.mean(axis=-2)) / own
    raw_rows /= np.sqrt(1 + 1 / (m - 1))
    rows = centre_on_decoys(raw_rows, pools, centre)
    centred = centre_on_decoys(z, pools, centre)
    shrunk = shrink_variances(np.maximum((rows**2).mean(axis=-2), 1e-12), m - 1)
    t = centred / np.sqrt(shrunk.variance * (1 + 1 / m))
    return Statistics(
        z=z / np.sqrt(1 + 1 / m),
        centred=centred,
        t=t,
        scale=scale,
        spread=shrunk.variance,
        rows=rows,
        raw_rows=raw_rows,
        prior_df=shrunk.prior_df,
    )


def _p_values(t: Floats, rows: Floats, m: int, df: float) -> Floats:
    """One-sided p: Student's t from 8 writers on, else the file's rank among the writers, all that can be said."""
    if m >= MIN_WRITERS:
        return np.maximum(t_above(t, df), P_FLOOR)
    spread = np.sqrt((rows**2).mean(axis=0))
    rank: Floats = (1 + (rows >= t * spread).sum(axis=0)) / (m + 1)
    return rank


def broad_statistic(s: Statistics, toward_harm: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """The mean uncentred z over the harm traits, over its own spread between neutral writers.

    Args:
        s: From `statistics`.
        toward_harm: +1, −1, or 0 for neither [T].

    Returns:
        t [...], the mean z [...], the share of harm traits with signed z above 1 [...], the writers' means [..., m].
    """
    marked = toward_harm != 0
    z = s.z[..., marked] * toward_harm[marked]
    rows: Floats = (s.raw_rows[..., marked] * toward_harm[marked]).mean(axis=-1)
    mean: Floats = z.mean(axis=-1)
    spread = np.sqrt(np.maximum((rows**2).mean(axis=-1), 1e-12))
    return mean / spread, mean, (z > 1).mean(axis=-1), rows


def _reason(m: int, unusable: int) -> str:
    parts = []
    if m < MIN_WRITERS:
        parts.append(f"{m} neutral writers; a calibrated verdict needs at least {MIN_WRITERS}")
    if unusable:
        parts.append(f"{unusable} trait(s) do not vary over the neutral writers and cannot be judged")
    return "; ".join(parts)


def _nothing(m: int, n: int, level: float) -> WriterNull:
    nan = np.full(n, np.nan)
    centred: NDArray[np.bool_] = np.zeros(n, dtype=bool)
    return WriterNull(
        writers=m,
        level=level,
        calibrated=False,
        reason=_reason(m, n),
        z=nan,
        effect=nan,
        half_width=nan,
        t=nan,
        p=nan,
        p_adjusted=nan,
        p_reachable=1.0,
        detectable=nan,
        centred=centred,
        df=float("nan"),
        prior_df=float("nan"),
        neutral_effect=np.full((m, n), np.nan),
        broad=None,
    )
