"""MinHash: near copies among many texts in bounded memory.

The smallest value that a random hash function takes over a set is the same for two sets with probability equal to
their Jaccard similarity J (Broder 1997). A signature holds 64 such minima. Signatures are cut into 16 bands of 4;
texts that agree in some band are candidates, which happens with probability 1 − (1 − J⁴)¹⁶: 0.9998 at J = 0.8, 0.64
at 0.5. A candidate counts if its whole signature agrees with that of the first text of its band in at least 80% of
places.
"""

from __future__ import annotations

import re
import zlib
from array import array
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MAX_ROWS = 400_000
SIMILARITY = 0.8
_WORDS_A_SHINGLE = 5
_PERMUTATIONS = 64
_BANDS = 16
_BLOCK = 4096
_WORD = re.compile(r"\w+")
_MASK = (1 << 64) - 1

_random = np.random.default_rng(20_240_229)
_FACTORS = _random.integers(0, _MASK, _PERMUTATIONS, dtype=np.uint64, endpoint=True) | np.uint64(1)
_OFFSETS = _random.integers(0, _MASK, _PERMUTATIONS, dtype=np.uint64, endpoint=True)
_PLACES = _random.integers(0, _MASK, _WORDS_A_SHINGLE, dtype=np.uint64, endpoint=True) | np.uint64(1)


@dataclass(frozen=True)
class NearCopy:
    """A text that nearly copies an earlier one.

    Attributes:
        row_id: Its id.
        index: Its position.
        of: Position of the earlier one.
    """

    row_id: int
    index: int
    of: int


def shingles(text: str) -> NDArray[np.uint64]:
    """Hashes of the five-word sequences of a text, shape (words − 4,); of a shorter text one hash, of none none.

    Args:
        text: Any text; case and punctuation do not count.
    """
    words = _WORD.findall(text.casefold())
    codes = np.fromiter((zlib.crc32(w.encode("utf-8", "surrogatepass")) for w in words), np.uint64, len(words))
    if len(codes) == 0:
        return codes
    width = min(_WORDS_A_SHINGLE, len(codes))
    count = len(codes) - width + 1
    mixed = np.zeros(count, np.uint64)
    for place in range(width):
        mixed += codes[place : place + count] * _PLACES[place]
    return _scramble(mixed)


def signature(text: str) -> NDArray[np.uint32] | None:
    """The MinHash signature of a text, shape (64,), or None where it has no words.

    Args:
        text: Any text.
    """
    codes = shingles(text)
    if len(codes) == 0:
        return None
    least = np.full(_PERMUTATIONS, np.iinfo(np.uint32).max, np.uint32)
    for start in range(0, len(codes), _BLOCK):
        block = codes[start : start + _BLOCK, None] * _FACTORS + _OFFSETS
        np.minimum(least, (block >> np.uint64(32)).astype(np.uint32).min(axis=0), out=least)
    return least


def _scramble(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """A fixed bijection that spreads each bit over all others (the finalizer of splitmix64)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


class MinHashIndex:
    """Signatures of texts, 272 bytes each, at most 400,000 of them."""

    def __init__(self) -> None:
        self._signatures = array("I")
        self._ids = array("Q")
        self._indices = array("q")
        self.left_out = 0

    @property
    def compared(self) -> int:
        """How many texts were compared."""
        return len(self._ids)

    def add(self, text: str, row_id: int, index: int) -> None:
        """Take a text in.

        Args:
            text: The text; one without words is left aside.
            row_id: Its id; texts with the same id are exact copies.
            index: Its position.
        """
        if len(self._ids) >= MAX_ROWS:
            self.left_out += 1
            return
        found = signature(text)
        if found is None:
            found = np.full(_PERMUTATIONS, np.iinfo(np.uint32).max, np.uint32)
        self._signatures.frombytes(found.tobytes())
        self._ids.append(row_id)
        self._indices.append(index)

    def near_copies(self) -> list[NearCopy]:
        """Texts that nearly copy an earlier text of another id, in order; exact copies are left out."""
        if len(self._ids) < 2:
            return []
        matrix = np.frombuffer(self._signatures, dtype=np.uint32).reshape(-1, _PERMUTATIONS)
        ids = np.frombuffer(self._ids, dtype=np.uint64)
        _, first = np.unique(ids, return_index=True)
        rows = np.sort(first)  # the first of each group of exact copies
        rows = rows[(matrix[rows] != np.iinfo(np.uint32).max).any(axis=1)]
        parent = np.arange(len(ids))
        width = _PERMUTATIONS // _BANDS
        for band in range(_BANDS):
            _join(matrix, rows, matrix[rows, band * width : (band + 1) * width], parent)
        roots = [_root(parent, int(row)) for row in rows]
        return [
            NearCopy(int(ids[row]), self._indices[row], self._indices[root])
            for row, root in zip(rows.tolist(), roots, strict=True)
            if root != row
        ]


def _join(
    matrix: NDArray[np.uint32], rows: NDArray[np.intp], keys: NDArray[np.uint32], parent: NDArray[np.intp]
) -> None:
    """Join rows that agree in a band with the first row of their group, if their whole signatures agree well."""
    code = np.zeros(len(keys), np.uint64)
    for place in range(keys.shape[1]):
        code = _scramble(code + keys[:, place] + _PLACES[place])
    order = np.argsort(code, kind="stable")
    starts = np.flatnonzero(np.r_[True, code[order][1:] != code[order][:-1]])
    for start, end in zip(starts.tolist(), [*starts[1:].tolist(), len(order)], strict=True):
        if end - start < 2:
            continue
        members = rows[order[start:end]]
        agree = (matrix[members[1:]] == matrix[members[0]]).mean(axis=1) >= SIMILARITY
        for member in members[1:][agree].tolist():
            a, b = _root(parent, int(members[0])), _root(parent, member)
            parent[max(a, b)] = min(a, b)


def _root(parent: NDArray[np.intp], i: int) -> int:
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = int(parent[i])
    return i
