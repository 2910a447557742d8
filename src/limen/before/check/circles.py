"""Pairs that go round: of some answers each beats the next, and the last one the first."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

MOST_STEPS = 5_000_000
"""Steps from pair to pair that are followed at most, to find triples, and as many again for longer circles."""

_Pair = tuple[int, int]

KEPT = 6
"""Others of a circle that are kept of a pair at most."""


def circles(winners: NDArray[np.int64], losers: NDArray[np.int64]) -> tuple[dict[int, tuple[int, ...]], bool]:
    """Pairs that are part of a circle of three answers or more, each with others of one, and whether all were found.

    A pair that is part of a triple is told with that; one of longer circles alone with a shortest of them, or with one
    that is a shortest of a pair before it.

    Args:
        winners: Of each pair what won, the same number for the same answer to the same prompt.
        losers: What lost.
    """
    kept = _entangled(winners, losers).tolist()
    first: dict[tuple[int, int], int] = {}
    for at in kept:
        first.setdefault((int(winners[at]), int(losers[at])), at)
    after: dict[int, list[int]] = defaultdict(list)
    for won, lost in first:
        after[won].append(lost)
    part, whole = _triples(first, after)
    if whole:
        whole = _longer(first, after, part)
    found = {}
    for at in kept:
        others = part.get((int(winners[at]), int(losers[at])))
        if others is not None:
            found[at] = others
    return found, whole


def _entangled(winners: NDArray[np.int64], losers: NDArray[np.int64]) -> NDArray[np.int64]:
    """The pairs that can be part of a circle: those within a strongly connected component of more than one answer."""
    kept = np.flatnonzero((winners != losers) & np.isin(winners, losers) & np.isin(losers, winners))
    if not len(kept):
        return kept
    answers, numbers = np.unique(np.concatenate([winners[kept], losers[kept]]), return_inverse=True)
    won, lost = numbers[: len(kept)], numbers[len(kept) :]
    graph = coo_array((np.ones(len(kept), np.int8), (won, lost)), shape=(len(answers), len(answers))).tocsr()
    _, component = connected_components(graph, connection="strong")
    return kept[component[won] == component[lost]]


def _triples(first: dict[_Pair, int], after: dict[int, list[int]]) -> tuple[dict[_Pair, tuple[int, ...]], bool]:
    """Pairs of triples, each with the two others, and whether every path of two pairs was followed."""
    part: dict[_Pair, tuple[int, ...]] = {}
    steps = 0
    for won, lost in first:
        for third in after[lost]:
            steps += 1
            if steps > MOST_STEPS:
                return part, False
            closing = first.get((third, won))
            if closing is not None and third != won:
                part[won, lost] = (first[lost, third], closing)
                break
    return part, True


def _longer(first: dict[_Pair, int], after: dict[int, list[int]], part: dict[_Pair, tuple[int, ...]]) -> bool:
    """Add the pairs of longer circles; whether every path was followed."""
    steps = 0
    for won, lost in first:
        if (won, lost) in part:
            continue
        came: dict[int, int] = {lost: lost}
        waiting = deque([lost])
        while waiting and won not in came:
            at = waiting.popleft()
            for to in after[at]:
                steps += 1
                # The pair the other way round is no way back: the two are told as judged both ways
                if to not in came and (at, to) != (lost, won):
                    came[to] = at
                    waiting.append(to)
        if steps > MOST_STEPS:
            return False
        if won in came:
            _add(_way(came, won, lost), first, part)
    return True


def _way(came: dict[int, int], won: int, lost: int) -> list[int]:
    """The answers of a circle in order, from the one that won."""
    way = [won]
    while way[-1] != lost:
        way.append(came[way[-1]])
    return [won, *reversed(way[1:])]


def _add(way: Sequence[int], first: dict[_Pair, int], part: dict[_Pair, tuple[int, ...]]) -> None:
    """Note each pair of a circle with the others, in the order in which they follow it."""
    pairs = list(zip(way, [*way[1:], way[0]], strict=True))
    numbers = [first[pair] for pair in pairs] * 2
    kept = min(KEPT, len(pairs) - 1)
    for at, pair in enumerate(pairs):
        if pair not in part:
            part[pair] = tuple(numbers[at + 1 : at + 1 + kept])
