"""Does an occupation go with a group? From counts of units, each of which has one group of a dimension and some roles.

Of N units, n have the group, m the occupation, and k both. Were the two independent, k would be e = nm/N on average:
this is the control that stands beside every count. The association is the base-2 logarithm of the odds ratio with a
half added to each cell (Haldane 1956, Anscombe 1956), its interval Woolf's (1955):

    log₂ (k + ½)(N − n − m + k + ½) / ((n − k + ½)(m − k + ½)),   s² = Σ 1/(cell + ½).

The p-value is Fisher's exact one (two-sided, by probabilities), which holds for every N, n and m. Which pairs are
tested is chosen by n and m alone, so that the test given both is not touched by the choice.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from limen.before.check.groups.family import FAMILYWISE_LEVEL, adjusted_over

MATTERS = 1.0
"""Doublings of the odds from which an association matters."""

LEAST_OF_OCCUPATION = 10
LEAST_OF_GROUP = 20
_Z = 1.959964
_MANY = 1e6


@dataclass(frozen=True)
class Association:
    """A group and an occupation.

    Attributes:
        dimension: Such as `gender`.
        group: Such as `women`.
        occupation: Such as `nurse`.
        both: Units that have the group and the occupation.
        expected: How many would, were the two independent.
        of_group: Units of the group.
        of_occupation: Units of the occupation.
        units: Units of the dimension.
        estimate: The base-2 logarithm of the odds ratio.
        low: Lower bound of its 95% interval.
        high: Upper bound.
        p: Two-sided, Fisher's.
        p_adjusted: By Holm over the battery.
        detectable: The smallest association that would have been found with 80% power, about.
    """

    dimension: str
    group: str
    occupation: str
    both: int
    expected: float
    of_group: int
    of_occupation: int
    units: int
    estimate: float
    low: float
    high: float
    p: float
    p_adjusted: float = 1.0
    detectable: float = math.inf

    @property
    def matters(self) -> bool:
        """Whether the odds are twice or half what they would be at least."""
        return abs(self.estimate) >= MATTERS

    @property
    def found(self) -> bool:
        """Whether it is there and matters."""
        return self.p_adjusted <= FAMILYWISE_LEVEL and self.matters


def can_be_tested(of_group: int, of_occupation: int, units: int) -> bool:
    """Whether there are enough units on each side; says nothing of how many have both.

    Args:
        of_group: Units of the group.
        of_occupation: Units of the occupation.
        units: Units of the dimension.
    """
    return of_occupation >= LEAST_OF_OCCUPATION and min(of_group, units - of_group) >= LEAST_OF_GROUP


def association(names: tuple[str, str, str], both: int, of_group: int, of_occupation: int, units: int) -> Association:
    """The association of a group with an occupation.

    Args:
        names: Dimension, group and occupation.
        both: Units that have both.
        of_group: Units of the group.
        of_occupation: Units of the occupation.
        units: Units of the dimension.
    """
    cells = (both, of_group - both, of_occupation - both, units - of_group - of_occupation + both)
    a, b, c, d = (cell + 0.5 for cell in cells)
    estimate = math.log2(a * d / (b * c))
    half = _Z * math.sqrt(1 / a + 1 / b + 1 / c + 1 / d) / math.log(2)
    expected = of_group * of_occupation / units
    return Association(
        *names, both, expected, of_group, of_occupation, units, estimate, estimate - half, estimate + half,
        fisher(both, of_group, of_occupation, units),
    )  # fmt: skip


def fisher(both: int, of_group: int, of_occupation: int, units: int) -> float:
    """Fisher's exact p-value, two-sided: of all tables with these margins, those that are no likelier than this one.

    `scipy.stats.fisher_exact` gives the same (a test holds this to it) and takes thirty times as long, of which the
    simulations of the error rate do tens of thousands.

    Args:
        both: Units that have both.
        of_group: Units of the group.
        of_occupation: Units of the occupation.
        units: Units of the dimension.
    """
    k = np.arange(max(0, of_group + of_occupation - units), min(of_group, of_occupation) + 1)
    cells = np.stack([k, of_group - k, of_occupation - k, units - of_group - of_occupation + k])
    log = -gammaln(cells + 1).sum(axis=0)
    chance = np.exp(log - log.max())
    # What is as likely may differ in the last digits
    return float(chance[chance <= chance[both - k[0]] * (1 + 1e-7)].sum() / chance.sum())


def battery(associations: Sequence[Association]) -> list[Association]:
    """The associations with p-values that are Holm-adjusted over all of them, and what each could have seen.

    Args:
        associations: Of one file.
    """
    return adjusted_over(associations, _spread)


def _spread(one: Association) -> tuple[float, float]:
    """The standard error that the estimate has where the two are independent, as of a normal one."""
    share = one.of_group / one.units
    rest = one.units - one.of_occupation
    cells = [n * s for n in (one.of_occupation, rest) for s in (share, 1 - share)]
    return math.sqrt(sum(1 / (cell + 0.5) for cell in cells)) / math.log(2), _MANY
