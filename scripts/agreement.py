"""Whether a piece that was done again says what is stored, where rounding alone may differ, and where chance may.

Training is chaotic: processors round sums differently, a step later the weights differ in their last digit, and at the
end the student is another one, as if its rows had come in another order. No tolerance is right for that. What holds is
that such a student differs from the stored one no more than two that differ by chance anyway.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import betabinom
from scipy.stats import t as student_t

Floats = NDArray[np.float64]
Chance = Literal["", "pieces", "numbers"]
"""What repeats an experiment: nothing, pieces whose names differ in the part after the last slash alone, or the numbers
of a list."""
ERROR = 1e-3
"""Share of repetitions that are taken for another result."""


def agree(old: Any, new: Any, tolerance: float) -> bool:
    """Whether two results say the same: equal, but for rounding in numbers that are not whole."""
    if isinstance(old, dict) and isinstance(new, dict):
        return old.keys() == new.keys() and all(agree(old[key], new[key], tolerance) for key in old)
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(agree, old, new, [tolerance] * len(old)))
    if isinstance(old, float) and isinstance(new, float | int):
        return math.isclose(old, new, rel_tol=tolerance, abs_tol=tolerance)
    return bool(old == new)


def agree_but_for_chance(
    pieces: Mapping[str, Any], unit: str, new: Mapping[str, Any], chance: Chance, tolerance: float
) -> bool:
    """Whether a piece that was done again differs from the stored one by no more than repetitions do.

    Of numbers that are not whole, both the root mean square of the differences and their mean are held against what
    they are between two repetitions (Student's t), for each entry of the result on its own. Of anything else (a rank, a
    verdict), what every stored repetition says is to be said again, but for as much dissent as one repetition has from
    the others: none where none ever has.

    Args:
        pieces: Every stored piece of the figure.
        unit: Which was done again.
        new: What it said now, a result with named entries.
        chance: What repeats the experiment.
        tolerance: Relative difference that is rounding.
    """
    old = pieces[unit]
    if agree(old, new, tolerance):
        return True
    if old.keys() != new.keys() or not chance:
        return False
    families: dict[str, list[Any]] = {}
    for name, one in pieces.items():
        families.setdefault(name if chance == "numbers" else name.rpartition("/")[0], []).append(one)
    own = families[unit if chance == "numbers" else unit.rpartition("/")[0]]
    if not _dissents_by_chance(new, own, list(families.values())):
        return False
    for key in old:
        before, after = dict(_leaves(old[key])), dict(_leaves(new[key]))
        if before.keys() != after.keys():
            return False
        drift = np.array([after[p] - v for p, v in before.items() if isinstance(v, float)])
        if not len(drift):
            continue
        alike = [own] if chance == "numbers" else list(families.values())
        one, mean = _allowed([[made[key] for made in family if key in made] for family in alike], chance)
        # What is not a number is beyond every bound.
        if not (math.sqrt(np.mean(drift**2)) <= one + tolerance and abs(drift.mean()) <= mean + tolerance):
            return False
    return True


def _dissents_by_chance(new: Any, own: Sequence[Any], families: Sequence[Sequence[Any]]) -> bool:
    """Whether a result contradicts what all of its repetitions say, numbers apart, no more often than each of them."""
    asked = contradicted = 0
    for family in families:
        for at, one in enumerate(family):
            several, against = _dissent(one, [other for place, other in enumerate(family) if place != at])
            asked, contradicted = asked + several, contradicted + against
    several, against = _dissent(new, own)
    if not against or not contradicted:
        return not against
    # What a share of `contradicted / asked` lets expect of another repetition (Beta-binomial, Jeffreys' prior).
    share = contradicted + 0.5, asked - contradicted + 0.5
    return bool(betabinom.sf(against - 1, several, *share) >= ERROR)


def _dissent(one: Any, others: Sequence[Any]) -> tuple[int, int]:
    """Of how many values, numbers apart, the others all say the same, and of how many of those this says another."""
    told = [dict(_leaves(other)) for other in others]
    several = against = 0
    for path, value in _leaves(one):
        said = [other[path] for other in told if path in other]
        if not isinstance(value, float) and said and all(x == said[0] for x in said):
            several, against = several + 1, against + (value != said[0])
    return several, against


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Where a result's values stand, and the values; a list with anything but lists and numbers in it is one value."""
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from _leaves(one, f"{path}/{key}")
    elif isinstance(value, list) and all(isinstance(x, list | float | int) for x in value) and value:
        for at, one in enumerate(value):
            yield from _leaves(one, f"{path}/{at}")
    else:
        yield path, value


def _allowed(families: Sequence[Sequence[Any]], chance: Chance) -> tuple[float, float]:
    """By how much two repetitions may differ in one number, and in the mean of all; 0 where nothing was repeated."""
    if chance == "numbers":
        found = np.array([v for _, v in _leaves(families[0][0]) if isinstance(v, float)])
        count = len(found)
        one = _widest(float(((found - found.mean()) ** 2).sum()), count - 1, count - 1)
        return one, one / math.sqrt(count)
    held = [family for family in families if family]
    tables = [_of_one_length([[v for _, v in _leaves(x) if isinstance(v, float)] for x in f]) for f in held]
    runs = sum(len(t) - 1 for t in tables)
    # Numbers of one repetition may hang together, so what their mean does is taken from means, and both count runs.
    means = [t.mean(axis=1, keepdims=True) for t in tables]
    return (
        _widest(sum(map(_squares, tables)), sum((len(t) - 1) * t.shape[1] for t in tables), runs),
        _widest(sum(map(_squares, means)), runs, runs),
    )


def _widest(squares: float, numbers: int, free: int) -> float:
    """The largest difference of two repetitions, from the sum of squares about their means and degrees of freedom."""
    return float(student_t.isf(ERROR / 2, free)) * math.sqrt(2 * squares / numbers) if free > 0 else 0.0


def _squares(table: Floats) -> float:
    return float(((table - table.mean(axis=0)) ** 2).sum())


def _of_one_length(tables: Sequence[Sequence[float]]) -> Floats:
    """Repetitions as rows, those of the commonest length alone: a trait that failed to be planted is not in all."""
    lengths = [len(t) for t in tables]
    usual = max(set(lengths), key=lengths.count)
    return np.array([t for t in tables if len(t) == usual])
