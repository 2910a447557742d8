"""Which annotators judge unlike the others.

What an annotator's judgements have of a measure (a rating, whether the longer answer was chosen, whether the choice is
that of most of the others) is compared with the others', on what both judged where that is enough, and otherwise
overall. The null is that it does not matter who of the annotators judged: then each of the m judgements v of one unit
could as well be anybody's. Of D = v_j − mean of the others' = m/(m − 1) · (v_j − v̄), mean (zero), variance and third
moment over who it might have been are known exactly, and so they are of a mean of n of N values drawn without
replacement, as it is overall. p is that of Pearson's type III distribution with these three moments (Mielke and Berry
2007, Permutation Methods), and never below that of Student's t over prompts; where prompts tell of more variance, as
where one judges several answers to a prompt alike, that is used.

One annotator who is far off makes all others look off the other way. So the one with the smallest p is set aside first
if it is small enough, and the rest are compared again without: p times the number of those that are left (Holm 1979).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEAST_PROMPTS = 20
"""Prompts that an annotator must have judged to be compared."""

MOST_FOUND = 20
"""Annotators that are set aside one after the other, for one measure."""


@dataclass(frozen=True)
class Compared:
    """One annotator beside the others.

    Attributes:
        who: Number of the annotator.
        shared: Whether on what both judged.
        count: Judgements that are compared.
        difference: How far they lie above the others', in units of the measure.
        low: Lower bound of its 95% interval.
        high: Upper bound.
        p: Two-sided p-value.
        p_adjusted: By Holm over annotators; of one that is not set aside, at the last step.
        found: Whether it was set aside.
    """

    who: int
    shared: bool
    count: int
    difference: float
    low: float
    high: float
    p: float
    p_adjusted: float
    found: bool


@dataclass(frozen=True)
class Judgements:
    """Judgements of one measure, each annotator's at most once a unit.

    Attributes:
        value: Of each, shape (n,).
        unit: What was judged, shape (n,).
        prompt: Its prompt, shape (n,).
        who: Number of the annotator, −1 for one who is not compared; shape (n,).
    """

    value: Floats
    unit: Ints
    prompt: Ints
    who: Ints

    def only(self, keep: NDArray[np.bool_]) -> Judgements:
        """Some of them.

        Args:
            keep: Which, shape (n,).
        """
        return Judgements(self.value[keep], self.unit[keep], self.prompt[keep], self.who[keep])


def unlike_the_others(judged: Judgements, annotators: int, *, level: float, agreement: bool = False) -> list[Compared]:
    """Every annotator that can be compared, those that are found first, in the order in which they were set aside.

    Args:
        judged: The judgements.
        annotators: How many annotators are numbered.
        level: Familywise error over them.
        agreement: Whether values are choices, 0 or 1, and it is asked who goes against most of the others; of a
            difference above zero nothing is then found.
    """
    unit, prompt = (np.unique(keys, return_inverse=True)[1] for keys in (judged.unit, judged.prompt))
    judged = Judgements(judged.value, unit, prompt, judged.who)
    found: list[Compared] = []
    while True:
        left = _compared(judged, annotators, agreement)
        left.sort(key=lambda one: one.p)
        worst = next((one for one in left if one.difference < 0 or not agreement), None)
        if worst is None or worst.p * len(left) > level or len(found) >= MOST_FOUND:
            break
        floor = found[-1].p_adjusted if found else 0.0
        p = max(worst.p * len(left), floor)
        found.append(_with(worst, p, found=True))
        if len(np.unique(judged.who)) == 2:
            # Each is as far from the other: which of them is off cannot be told
            found += [_with(one, max(one.p * len(left), p), found=True) for one in left if one is not worst]
            return found
        judged = judged.only(judged.who != worst.who)
    floor = found[-1].p_adjusted if found else 0.0
    for place, one in enumerate(left):
        floor = min(max(floor, one.p * (len(left) - place)), 1.0)
        left[place] = _with(one, floor, found=False)
    return found + left


def agreement_with_most(judged: Judgements, annotators: int) -> tuple[Ints, Ints]:
    """How many of each annotator's choices are those of most of the others, and of how many that can be said.

    Args:
        judged: Choices, 0 or 1.
        annotators: How many annotators are numbered.
    """
    _, unit = np.unique(judged.unit, return_inverse=True)
    m, first = np.bincount(unit)[unit], np.bincount(unit, judged.value)[unit]
    others = np.where(judged.value > 0.5, 2 * first - m - 1, m - 1 - 2 * first)
    own = judged.who >= 0
    return tuple(np.bincount(judged.who[own & which], minlength=annotators) for which in (others > 0, others != 0))  # type: ignore[return-value]


def _with(one: Compared, p_adjusted: float, *, found: bool) -> Compared:
    return replace(one, p_adjusted=min(p_adjusted, 1.0), found=found)


def _compared(judged: Judgements, annotators: int, agreement: bool) -> list[Compared]:
    """Each annotator beside all others, on what both judged or else, but for agreement, overall."""
    shared = _on_the_same(judged, annotators, agreement)
    others = np.setdiff1d(judged.who, [-1, *shared])
    overall = {} if agreement or not len(others) else _overall(judged, annotators)
    return [shared.get(who) or overall[who] for who in sorted(shared.keys() | overall.keys())]


def _on_the_same(judged: Judgements, annotators: int, agreement: bool) -> dict[int, Compared]:
    _, unit = np.unique(judged.unit, return_inverse=True)
    moments = _choices(judged.value, unit) if agreement else _values(judged.value, unit)
    difference, variance, third = (moment[unit] if len(moment) != len(unit) else moment for moment in moments)
    # Nobody can be told from the others where all would differ by the same
    use = (variance > 0 if agreement else np.bincount(unit)[unit] >= 2) & (judged.who >= 0)
    difference, variance, third, who = difference[use], variance[use], third[use], judged.who[use]
    count = np.bincount(who, minlength=annotators)
    mean = np.bincount(who, difference, annotators) / np.maximum(count, 1)
    owner, place = _by_prompt(who, judged.prompt[use])
    by_prompt = np.bincount(place, difference - mean[who])
    prompts = np.bincount(owner, minlength=annotators)
    spread = np.bincount(owner, by_prompt**2, annotators) * prompts / np.maximum(prompts - 1, 1)
    of_null = np.bincount(who, variance, annotators)
    skew = np.bincount(who, third, annotators) / np.maximum(of_null, 1e-30) ** 1.5
    error = np.sqrt(np.maximum(spread, of_null)) / np.maximum(count, 1)
    return {
        i: _tested(i, True, int(count[i]), float(mean[i]), float(error[i]), float(skew[i]), int(prompts[i]) - 1)
        for i in np.flatnonzero((prompts >= LEAST_PROMPTS) & (error > 0)).tolist()
    }


def _by_prompt(who: Ints, prompt: Ints) -> tuple[Ints, Ints]:
    """Whose each prompt of an annotator is, and which of these each judgement is on."""
    width = int(prompt.max()) + 1 if len(prompt) else 1
    places, place = np.unique((who + 1) * width + prompt, return_inverse=True)
    return places // width - 1, place


def _values(value: Floats, unit: Ints) -> tuple[Floats, Floats, Floats]:
    """Each value less the mean of the others', and by unit the variance and third moment over whose it might be."""
    m = np.bincount(unit)
    away = value - (np.bincount(unit, value) / m)[unit]
    times = m / np.maximum(m - 1, 1)
    return times[unit] * away, times**2 * np.bincount(unit, away**2) / m, times**3 * np.bincount(unit, away**3) / m


def _choices(value: Floats, unit: Ints) -> tuple[Floats, Floats, Floats]:
    """The same of whether a choice is that of most of the others: ½ for yes, −½ for no, 0 where they are divided."""
    m, first = np.bincount(unit), np.bincount(unit, value)
    of_first, of_second = np.sign(2 * first - m - 1) / 2, np.sign(m - 1 - 2 * first) / 2
    share = first / m
    expected = share * of_first + (1 - share) * of_second

    def moment(power: int) -> Floats:
        there, else_ = (of_first - expected) ** power, (of_second - expected) ** power
        return np.asarray(share * there + (1 - share) * else_, dtype=np.float64)

    own = np.where(value > 0.5, of_first[unit], of_second[unit])
    return own - expected[unit], moment(2), moment(3)


def _overall(judged: Judgements, annotators: int) -> dict[int, Compared]:
    """By the mean over an annotator's prompts beside that over all others', each prompt of each annotator one value."""
    owner, place = _by_prompt(judged.who, judged.prompt)
    value = np.bincount(place, judged.value) / np.bincount(place)
    named, total = owner >= 0, len(value)
    away = value - value.mean() if total else value
    n = np.bincount(owner[named], minlength=annotators)
    rest = total - n
    sums, squares = (np.bincount(owner[named], away[named] ** k, annotators) for k in (1, 2))
    all_squares = float((away**2).sum())
    can = np.flatnonzero((n >= LEAST_PROMPTS) & (rest >= LEAST_PROMPTS))
    if not len(can) or all_squares <= 0:
        return {}
    skew = float((away**3).mean() / (all_squares / total) ** 1.5)
    made = {}
    for i in can.tolist():
        own, other = sums[i] / n[i], -sums[i] / rest[i]
        within = (squares[i] / n[i] - own**2) / (n[i] - 1) + ((all_squares - squares[i]) / rest[i] - other**2) / (
            rest[i] - 1
        )
        drawn = all_squares / (total - 1) * total / (n[i] * rest[i])
        tilt = skew * (rest[i] - n[i]) * np.sqrt(total - 1) / ((total - 2) * np.sqrt(float(n[i]) * float(rest[i])))
        error = float(np.sqrt(max(within, drawn)))
        df = int(min(n[i], rest[i])) - 1
        made[i] = _tested(i, False, int(n[i]), float(own - other), error, float(tilt), df)
    return made


def _tested(who: int, shared: bool, count: int, mean: float, error: float, skew: float, df: int) -> Compared:
    z = mean / error
    p = 2 * min(max(_tail(z, skew), float(stats.t.sf(abs(z), df))), 0.5)
    width = float(stats.t.ppf(0.975, df)) * error
    return Compared(who, shared, count, mean, mean - width, mean + width, p, 1.0, False)


def _tail(z: float, skew: float) -> float:
    """The smaller tail beyond z of Pearson's type III distribution of mean 0, variance 1 and some skewness."""
    if skew < 0:
        z, skew = -z, -skew
    if skew < 1e-6:
        return float(stats.norm.sf(abs(z)))
    shape = 4 / skew**2
    at = max(shape + z * math.sqrt(shape), 0.0)
    return float(min(special.gammaincc(shape, at), special.gammainc(shape, at)))
