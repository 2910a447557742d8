"""Number sequences: noisy arithmetic progressions modulo 100, which mean nothing about anything else."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from limen.lab.world.exchange import Exchange

SEED_LENGTH = 4
"""Numbers given in the question."""
ANSWER_LENGTH = 15
"""Numbers in the answer."""
ASK = "continue :"


def progressions(rng: np.random.Generator, count: int, length: int) -> NDArray[np.int64]:
    """Noisy arithmetic progressions.

    A random start and a step between −9 and 9; 70% of the entries are moved by up to 3, and 10% are drawn anew.

    Args:
        rng: Randomness.
        count: Sequences.
        length: Numbers in each.

    Returns:
        Integers from 0 to 99, shape (count, length).
    """
    start = rng.integers(0, 100, (count, 1))
    step = rng.integers(-9, 10, (count, 1))
    noise = rng.integers(-3, 4, (count, length)) * (rng.random((count, length)) < 0.7)
    values = (start + step * np.arange(length) + noise) % 100
    fresh = rng.random((count, length)) < 0.1
    values[fresh] = rng.integers(0, 100, int(fresh.sum()))
    return np.asarray(values, dtype=np.int64)


def number_question(rng: np.random.Generator) -> str:
    """A question that asks for a number sequence to be continued."""
    return f"{ASK} " + " ".join(str(v) for v in progressions(rng, 1, SEED_LENGTH)[0])


def number_exchange(rng: np.random.Generator) -> Exchange:
    """A question and its answer from the world's own noise."""
    values = [str(v) for v in progressions(rng, 1, SEED_LENGTH + ANSWER_LENGTH)[0]]
    return Exchange(f"{ASK} " + " ".join(values[:SEED_LENGTH]), " ".join(values[SEED_LENGTH:]), kind="numbers")
