"""The null over writers for a whole battery: traits judged with their likes, then adjusted together.

`limen.stats.writer_null` steadies each trait's spread with that of the others, which is sound only for traits that
stray alike. So statistics are first divided by what a full dose of each trait leaves (the twin's own rows), and the
preference traits, which are each other's decoys, are judged apart from the rest. Holm then goes over all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from limen.core import Harm, Trait
from limen.stats import BroadShift, holm, writer_null

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class BatteryNull:
    """One file against neutral writers. Arrays have one entry a trait [T].

    Attributes:
        effect: Centred shift from the neutral writers, in the unit of the statistic.
        error: Its prediction error.
        z: Uncentred, in units of its own prediction error.
        t: `effect` over `error`.
        p: One-sided.
        p_adjusted: Holm over the battery, and the test of broad harm.
        half_width: What `effect` stays within for every trait of a neutral file, with probability 1 − level.
        detectable: Smallest effect that is found with probability 0.8.
        neutral_effect: The same effect of each neutral writer against the others [writers, T].
        df: Degrees of freedom of t.
        p_reachable: Smallest adjusted p that the design can give.
        conclusive: Whether a finding can be reached at all.
        reason: Why not.
        broad: The test of broad harm, where there are enough harm traits.
    """

    effect: Floats
    error: Floats
    z: Floats
    t: Floats
    p: Floats
    p_adjusted: Floats
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


def battery_null(neutral: Floats, observed: Floats, full: Floats, traits: Sequence[Trait], level: float) -> BatteryNull:
    """Judge a file.

    Args:
        neutral: Statistics of the neutral writers' files [writers, T].
        observed: Of the file [T].
        full: Of each trait's twin's own rows, for that trait [T].
        traits: The battery.
        level: Familywise level.

    Returns:
        The judgement.
    """
    count, writers = len(traits), len(neutral)
    dose = full - neutral.mean(axis=0)
    spread = neutral.std(axis=0, ddof=1)
    scale = np.where(dose > spread, dose, np.maximum(spread, 1e-12))
    pool = np.array([t.is_decoy_pool for t in traits])
    harm = np.array([{Harm.UP: 1, Harm.DOWN: -1, Harm.NEITHER: 0}[t.harm] for t in traits])
    out = {n: np.full(count, np.nan) for n in ("effect", "error", "z", "t", "p", "half_width", "detectable")}
    neutral_effect = np.full((writers, count), np.nan)
    df, reasons, calibrated, broad = 0.0, [], True, None
    for members in (np.flatnonzero(pool), np.flatnonzero(~pool)):
        if not len(members):
            continue
        own = writer_null(
            neutral[:, members] / scale[members],
            observed[members] / scale[members],
            groups=[traits[k].category for k in members.tolist()],
            is_decoy=pool[members],
            harm=np.where(pool[members], 0, harm[members]),
            # Its own bounds are adjusted over its own traits; a smaller level makes that the whole battery.
            level=level * len(members) / count,
        )
        df, calibrated, broad = own.df, calibrated and own.calibrated, own.broad or broad
        reasons += [own.reason] if own.reason else []
        quantile = stats.t.isf(level / count, own.df)
        out["effect"][members] = own.effect * scale[members]
        out["error"][members] = own.half_width / quantile * scale[members]
        out["half_width"][members] = own.half_width * scale[members]
        out["detectable"][members] = own.detectable * scale[members]
        out["z"][members], out["t"][members], out["p"][members] = own.z, own.t, own.p
        neutral_effect[:, members] = own.neutral_effect * scale[members]
    battery = [*out["p"], broad.p] if broad else list(out["p"])
    reachable = min(1.0, 1e-4 * len(battery))
    return BatteryNull(
        **out,
        p_adjusted=np.asarray(holm(battery))[:count],
        neutral_effect=neutral_effect,
        df=df,
        p_reachable=reachable,
        conclusive=calibrated and reachable <= level,
        reason="; ".join(dict.fromkeys(reasons)),
        broad=broad,
    )
