"""What a design could have seen: the smallest detectable effect and the smallest reachable p.

An effect δ measured with standard error s on ν degrees of freedom gives a noncentral t with noncentrality δ/s. The
smallest detectable effect is the δ whose test at level α rejects with the stated power:

    P(t_ν(δ/s) > t_{ν, 1 − α/sides}) = power

- Paired and clustered: s and ν as `limen.stats.paired` gives them, or σ_G/√G and G − 1 for a planned number of families
  whose mean differences have standard deviation σ_G.
- Data runs against control runs: s = σ_r √(1/r_d + 1/r_c) with σ_r the standard deviation between runs.

Source: J. Cohen, Statistical Power Analysis for the Behavioral Sciences, chapter 2. Checked against
`statsmodels.stats.power` in the tests.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import optimize, special, stats

from limen.stats._student import t_quantile_above

POWER = 0.8
"""Power that "detectable" means, unless told otherwise."""

_NODES = 4_000


def detectable_effect(se: float, df: float, *, level: float = 0.05, sides: int = 2, power: float = POWER) -> float:
    """The smallest effect that a t-test finds with the stated power.

    Args:
        se: Standard error of the effect, in its unit.
        df: Degrees of freedom.
        level: Level of the test, already divided by the number of tests where there are several.
        sides: 1 or 2.
        power: Wanted probability of finding it.

    Returns:
        The effect, in the unit of `se`; infinite where there are no degrees of freedom.

    Raises:
        ValueError: If level or power is not between 0 and 1, or sides is neither 1 nor 2.
    """
    if not (0 < level < 1 and level < power < 1 and sides in (1, 2)):
        raise ValueError(f"no power analysis with level {level}, power {power} and {sides} sides.")
    if not (df > 0 and se >= 0):
        return math.inf
    if se == 0:
        return 0.0
    cut = float(t_quantile_above(level / sides, df))
    # P(t_ν(δ) > cut) = E Φ(δ − cut √(χ²_ν/ν)), averaged over quantiles of χ²_ν: scipy's own noncentral t does not
    # converge for large quantiles on few degrees of freedom.
    spread = np.sqrt(stats.chi2.ppf((np.arange(_NODES) + 0.5) / _NODES, df) / df)

    def shortfall(noncentrality: float) -> float:
        return float(special.ndtr(noncentrality - cut * spread).mean()) - power

    high = cut + 3.0
    while shortfall(high) < 0:
        high *= 2
    return se * float(optimize.brentq(shortfall, 0.0, high, xtol=1e-9))


def detectable_paired(sd: float, clusters: int, *, level: float = 0.05, sides: int = 2, power: float = POWER) -> float:
    """The smallest mean paired difference that a number of families can show.

    Args:
        sd: Standard deviation, between families, of their mean differences.
        clusters: Families, G.
        level: As in `detectable_effect`.
        sides: As in `detectable_effect`.
        power: As in `detectable_effect`.

    Returns:
        The effect; infinite with fewer than two families.
    """
    if clusters < 2:
        return math.inf
    return detectable_effect(sd / math.sqrt(clusters), clusters - 1, level=level, sides=sides, power=power)


def detectable_runs(
    sd: float,
    data_runs: int,
    control_runs: int,
    *,
    df: float | None = None,
    level: float = 0.05,
    sides: int = 2,
    power: float = POWER,
) -> float:
    """The smallest effect of the data that so many training runs can show.

    Args:
        sd: Standard deviation between runs of one arm.
        data_runs: Runs on the data.
        control_runs: Runs on the control rows.
        df: Degrees of freedom of `sd`, where it is borrowed; by default data_runs + control_runs − 2.
        level: As in `detectable_effect`.
        sides: As in `detectable_effect`.
        power: As in `detectable_effect`.

    Returns:
        The effect; infinite with one run each and nothing borrowed.
    """
    if data_runs < 1 or control_runs < 1:
        return math.inf
    degrees = data_runs + control_runs - 2 if df is None else df
    se = sd * math.sqrt(1 / data_runs + 1 / control_runs)
    return detectable_effect(se, degrees, level=level, sides=sides, power=power)


def reachable_adjusted(p_reachable: float, tests: int) -> float:
    """The smallest Holm-adjusted p within reach, of a battery whose tests can each reach `p_reachable`.

    Args:
        p_reachable: The smallest p of one test.
        tests: Tests in the battery.

    Returns:
        tests · p, at most 1: a battery's smallest p is multiplied by their number.
    """
    return min(1.0, p_reachable * tests)
