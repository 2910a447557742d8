from __future__ import annotations

import numpy as np
import pytest

from limen.before.check._minhash import _PERMUTATIONS, MinHashIndex, jaccard, shingle_set, shingles, signature, words_of


def text(random, shared, own, common=0):
    """A text of words, some of them the same in every text that is made with the same `common`."""
    return " ".join([*(f"w{common}of{i}" for i in range(shared)), *(f"x{n}" for n in random.integers(0, 10**9, own))])


@pytest.mark.parametrize("shared", [0, 60, 120, 180, 220, 240])
def test_agreement_of_signatures_estimates_jaccard_similarity(shared):
    """Each place of a signature agrees with probability J: the mean over 40 pairs lies within 4 standard errors."""
    random = np.random.default_rng(shared)
    truth, estimate = [], []
    for pair in range(40):
        a, b = (words_of(text(random, shared, 250 - shared, pair)) for _ in range(2))
        sets = set(shingles(a).tolist()), set(shingles(b).tolist())
        truth.append(len(sets[0] & sets[1]) / len(sets[0] | sets[1]))
        estimate.append(float((signature(a) == signature(b)).mean()))
        assert jaccard(shingle_set(a), shingle_set(b)) == truth[-1]
    j = float(np.mean(truth)) * 255 / 256 + 1 / 256  # places agree by chance too
    assert np.mean(estimate) == pytest.approx(j, abs=4 * np.sqrt(max(j * (1 - j), 1e-4) / (40 * _PERMUTATIONS)))


def pairs(index):
    return [tuple(pair) for pair in index.proposed().tolist()]


def test_planted_near_copies_are_proposed_and_others_are_not():
    random = np.random.default_rng(0)
    index = MinHashIndex()
    originals = [text(random, 0, 100) for _ in range(300)]
    for i, one in enumerate(originals):
        index.add(words_of(one), i)
    for i in range(50):
        words = originals[i].split()
        words[-1] = "changed"  # 1 shingle of 96 differs, J = 0.98
        index.add(words, 1000 + i)
    assert pairs(index) == [(300 + i, i) for i in range(50)]


def test_short_and_wordless_texts():
    index = MinHashIndex()
    for i, one in enumerate(["", "?!", "one two", "One, two.", "two one", "\ud800"]):
        index.add(words_of(one), i)
    assert pairs(index) == [(3, 2)]
    assert len(index) == 6
    assert signature(words_of("...")) is None
    assert jaccard(shingle_set([]), shingle_set(["one"])) == 0.0


def test_of_exact_copies_the_first_alone_counts():
    index = MinHashIndex()
    for row_id in (7, 7, 8, 7):
        index.add(["one", "two", "three"], row_id)
    assert pairs(index) == [(2, 0)]


def test_among_many_copies_each_is_paired_with_few():
    index = MinHashIndex()
    for i in range(500):
        index.add(["one", "two", "three", "four", "five", "six"], i)
    found = index.proposed()
    later, counts = np.unique(found[:, 0], return_counts=True)
    assert later.tolist() == list(range(1, 500))
    assert counts.max() <= 17  # the 16 in front, and the first
    assert (found[:, 1] < found[:, 0]).all()


def test_long_texts_are_taken_in_blocks():
    long = [f"w{i % 5000}" for i in range(20_000)]
    once = [f"w{i}" for i in range(5004)]
    assert (signature(long) == signature(once)).mean() > 0.9
