"""Pieces of long work that share nothing: several at once, each in a process of its own, and how long they take."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import TypeVar

import numpy as np

Piece = TypeVar("Piece")
Result = TypeVar("Result")

PROBE = 0.018
"""Seconds of the probe on the machine on which costs were taken."""


def do_pieces(todo: Sequence[Piece], do: Callable[[Piece], Result], jobs: int) -> Iterator[tuple[Piece, Result]]:
    """Pieces with what they gave, as they are done.

    Args:
        todo: The pieces, in the order in which they are begun.
        do: Does one; a function of a module, as it goes to other processes. It should keep to one thread.
        jobs: How many at once.
    """
    if jobs == 1 or len(todo) < 2:
        for one in todo:
            yield one, do(one)
        return
    with ProcessPoolExecutor(min(jobs, len(todo)), mp_context=get_context("spawn")) as pool:
        running = {pool.submit(do, one): one for one in todo}
        try:
            for done in as_completed(running):
                yield running[done], done.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def slowness() -> float:
    """How many times longer than there a piece takes on this machine just now.

    The fastest of three runs of a fixed piece of arithmetic on one core counts: whatever else is done only adds time.
    """
    matrix = np.random.default_rng(0).random((64, 64)).astype(np.float32)
    times = []
    for _ in range(3):
        start = time.perf_counter()
        for _ in range(2000):
            matrix = np.tanh(matrix @ matrix / 64)
        times.append(time.perf_counter() - start)
    return min(times) / PROBE
