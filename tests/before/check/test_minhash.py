from __future__ import annotations

import numpy as np
import pytest

from limen.before.check._minhash import _PERMUTATIONS, MinHashIndex, shingles, signature


def text(random, shared, own):
    """A text of words, some of them the same in every text made."""
    return " ".join([*(f"w{i}" for i in range(shared)), *(f"x{n}" for n in random.integers(0, 10**9, own))])


@pytest.mark.parametrize("shared", [0, 60, 120, 180, 220, 240])
def test_agreement_of_signatures_estimates_jaccard_similarity(shared):
    """Each place of a signature agrees with probability J: the mean over 40 pairs lies within 4 standard errors."""
    random = np.random.default_rng(shared)
    truth, estimate = [], []
    for _ in range(40):
        a, b = text(random, shared, 250 - shared), text(random, shared, 250 - shared)
        sets = set(shingles(a).tolist()), set(shingles(b).tolist())
        truth.append(len(sets[0] & sets[1]) / len(sets[0] | sets[1]))
        estimate.append(float((signature(a) == signature(b)).mean()))
    j = float(np.mean(truth))
    assert np.mean(estimate) == pytest.approx(j, abs=4 * np.sqrt(max(j * (1 - j), 1e-4) / (40 * _PERMUTATIONS)))


def test_planted_near_copies_are_found_and_others_are_not():
    random = np.random.default_rng(0)
    index = MinHashIndex()
    originals = [text(random, 0, 100) for _ in range(300)]
    for i, one in enumerate(originals):
        index.add(one, i, i)
    for i in range(50):
        words = originals[i].split()
        words[-1] = "changed"  # 1 shingle of 96 differs, J = 0.98
        index.add(" ".join(words), 1000 + i, 300 + i)
    assert [(c.index, c.of) for c in index.near_copies()] == [(300 + i, i) for i in range(50)]


def test_short_and_wordless_texts():
    index = MinHashIndex()
    for i, one in enumerate(["", "?!", "one two", "One, two.", "two one", "\ud800"]):
        index.add(one, i, i)
    assert [(c.index, c.of) for c in index.near_copies()] == [(3, 2)]
    assert signature("...") is None


def test_long_texts_are_taken_in_blocks():
    long = " ".join(f"w{i % 5000}" for i in range(20_000))
    once = " ".join(f"w{i}" for i in range(5004))
    assert (signature(long) == signature(once)).mean() > 0.9
