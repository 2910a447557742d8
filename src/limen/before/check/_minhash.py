"""MinHash: near copies among many texts, proposed in 80 bytes a text and then verified.

The smallest value that a random hash function takes over a set is the same for two sets with probability equal to
their Jaccard similarity J (Broder 1997). A signature holds 64 such minima, of each a byte alone (b-bit minwise
hashing, Li and König 2010), which agree with probability J + (1 − J)/256. Signatures are cut into 16 bands of 4; texts
that agree in some band are proposed, which happens with probability 1 − (1 − J⁴)¹⁶: 0.9998 at J = 0.8, 0.64 at 0.5. A
proposed pair whose whole signatures agree in fewer than 40 places is left: at J = 0.8 that is 3.5 standard deviations
below the mean. For what remains the similarity is computed, so that no pair counts whose sets differ by more.
"""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from limen.before.check.words import words_in

SIMILARITY = 0.8
_WORDS_A_SHINGLE = 5
_MOST_WIDTH = 13
_PERMUTATIONS = 64
_BAND = 4
_LEAST_AGREEING = 40
_WINDOW = 16
_MOST_LINKS = 32
_BLOCK = 4096
_CHUNK = 1 << 18
_GOLDEN = np.uint32(0x9E3779B1)
_MASK = (1 << 64) - 1

_random = np.random.default_rng(20_240_229)
_FACTORS = _random.integers(0, 1 << 32, _PERMUTATIONS, dtype=np.uint32) | np.uint32(1)
_OFFSETS = _random.integers(0, 1 << 32, _PERMUTATIONS, dtype=np.uint32)
_PLACES = _random.integers(0, _MASK, _MOST_WIDTH, dtype=np.uint64, endpoint=True) | np.uint64(1)


def words_of(text: str) -> list[str]:
    """The words of a text in order, without regard to case; punctuation stands between them.

    Args:
        text: Any text.
    """
    return words_in(text.casefold())


def sequences(words: Sequence[str], width: int) -> NDArray[np.uint64]:
    """Hashes of the word sequences of a text, shape (words − width + 1,); none where it has fewer words.

    Args:
        words: From `words_of`.
        width: Words a sequence, at most 13.
    """
    codes = _codes_of(words)
    count = max(len(codes) - width + 1, 0)
    mixed = np.zeros(count, np.uint64)
    for place in range(width):
        mixed += codes[place : place + count] * _PLACES[place]
    return _scramble(mixed)


def _codes_of(words: Sequence[str]) -> NDArray[np.uint64]:
    """A hash of each word, shape (words,)."""
    # A table of hashes by word is slower: in a large file it no longer fits the processor's cache.
    try:
        return np.fromiter(map(zlib.crc32, map(str.encode, words)), np.uint64, len(words))
    except UnicodeEncodeError:  # a lone surrogate
        encoded = (word.encode("utf-8", "surrogatepass") for word in words)
        return np.fromiter(map(zlib.crc32, encoded), np.uint64, len(words))


def shingles(words: Sequence[str]) -> NDArray[np.uint32]:
    """Hashes of the five-word sequences of a text; of a shorter text one hash of the whole, of none none.

    Args:
        words: From `words_of`.
    """
    if not words:
        return np.empty(0, np.uint32)
    return (sequences(words, min(_WORDS_A_SHINGLE, len(words))) >> np.uint64(32)).astype(np.uint32)


def shingle_set(words: Sequence[str]) -> NDArray[np.uint32]:
    """The distinct hashes of the five-word sequences of a text, sorted.

    Args:
        words: From `words_of`.
    """
    return np.unique(shingles(words))


def jaccard(a: NDArray[np.uint32], b: NDArray[np.uint32]) -> float:
    """The Jaccard similarity of two sets: what they share, as a share of what either has.

    Args:
        a: From `shingle_set`.
        b: Likewise.
    """
    if not len(a) or not len(b):
        return 0.0
    shared = len(np.intersect1d(a, b, assume_unique=True))
    return shared / (len(a) + len(b) - shared)


def signature(words: Sequence[str]) -> NDArray[np.uint8] | None:
    """The MinHash signature of a text, shape (64,), or None where it has no words.

    Args:
        words: From `words_of`.
    """
    codes = shingles(words)
    if len(codes) == 0:
        return None
    least = np.full(_PERMUTATIONS, np.iinfo(np.uint32).max, np.uint32)
    for start in range(0, len(codes), _BLOCK):
        block = codes[start : start + _BLOCK, None] * _FACTORS
        block += _OFFSETS
        np.minimum(least, block.min(axis=0), out=least)
    # The highest byte of this product hangs on every bit; the lowest byte of a minimum hangs on that of its hash alone
    return ((least * _GOLDEN) >> np.uint32(24)).astype(np.uint8)


def _scramble(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """A fixed bijection that spreads each bit over all others (the finalizer of splitmix64)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


class MinHashIndex:
    """Signatures of texts, and pairs of texts that may nearly copy each other."""

    def __init__(self) -> None:
        self._signatures = bytearray()
        self._ids = array("Q")

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, words: Sequence[str], row_id: int) -> None:
        """Take a text in.

        Args:
            words: Of the text, from `words_of`; one without words is counted and left aside.
            row_id: Its id; texts with the same id are exact copies.
        """
        found = signature(words)
        self._signatures += bytes(_PERMUTATIONS) if found is None else found.tobytes()
        self._ids.append(row_id)

    def proposed(self) -> NDArray[np.int64]:
        """Pairs of places to verify, shape (pairs, 2): the later text, and the earlier that it may nearly copy.

        Of exact copies the first alone counts. Of texts that agree in a band each is paired with the 16 in front of it
        and with the first, until it has 32 partners: among more than 17 near copies of one text not every pair is
        proposed, and each text all the same. Sorted by the later text, then by the earlier.
        """
        matrix = np.frombuffer(self._signatures, dtype=np.uint8).reshape(-1, _PERMUTATIONS)
        _, first = np.unique(np.array(self._ids, dtype=np.uint64), return_index=True)
        rows = np.sort(first)
        rows = rows[matrix[rows].any(axis=1)]
        bands = matrix.view(np.uint32)
        links: NDArray[np.intp] = np.zeros(len(matrix), np.intp)
        found = np.empty(0, np.int64)
        for band in range(bands.shape[1]):
            later, earlier = _partners(rows, bands[rows, band])
            wanted = links[later] < _MOST_LINKS
            later, earlier = _agreeing(matrix, later[wanted], earlier[wanted])
            found = np.union1d(found, later * len(matrix) + earlier)
            links = np.bincount(found // len(matrix), minlength=len(matrix))
        return np.stack(np.divmod(found, max(len(matrix), 1)), axis=1)


def _partners(rows: NDArray[np.intp], keys: NDArray[np.uint32]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Later and earlier rows with the same key: each with those up to 16 in front of it, and with the first."""
    order = np.argsort(keys, kind="stable")
    ordered, rows = keys[order], rows[order]
    same = np.r_[False, ordered[1:] == ordered[:-1]]
    starts = np.maximum.accumulate(np.where(same, 0, np.arange(len(rows))))
    far = np.arange(len(rows)) - starts
    at = np.flatnonzero(far > _WINDOW)
    later, earlier = [rows[at]], [rows[starts[at]]]
    for back in range(1, _WINDOW + 1):
        at = np.flatnonzero(far >= back)
        if not len(at):
            break
        later.append(rows[at])
        earlier.append(rows[at - back])
    return np.concatenate(later), np.concatenate(earlier)


def _agreeing(
    matrix: NDArray[np.uint8], later: NDArray[np.intp], earlier: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The pairs whose whole signatures agree well enough for their sets to be worth comparing."""
    kept = np.zeros(len(later), bool)
    for start in range(0, len(later), _CHUNK):
        part = slice(start, start + _CHUNK)
        kept[part] = (matrix[later[part]] == matrix[earlier[part]]).sum(axis=1) >= _LEAST_AGREEING
    return later[kept], earlier[kept]
