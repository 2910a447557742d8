"""HitRows: rows that a rule keeps or has hit, in 16 bytes a row."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray


class HitRows:
    """Ids and positions of rows, in the order in which they were added.

    A row's id has 48 bits, and its position has its own eight bytes: 16 bytes a row, so that a rule that hits a million
    rows keeps 16 MB; and eight more a row where the rule knows which other row each copies.

    Args:
        ids: Ids as numbers.
        indices: Positions in the source, one an id.
        copied: Positions of the rows that these copy, one an id; none where that is not known.
        how: How they copy them, such as `the same as`.
    """

    def __init__(
        self, ids: Iterable[int] = (), indices: Iterable[int] = (), copied: Iterable[int] = (), how: str = ""
    ) -> None:
        self._ids = array("Q", ids)
        self._indices = array("q", indices)
        self._copied = array("q", copied)
        self.how = how

    def add(self, row_id: str, index: int) -> None:
        """Note a row.

        Args:
            row_id: The row's id, hexadecimal.
            index: Its position in the source.
        """
        self._ids.append(int(row_id, 16))
        self._indices.append(index)

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def ids(self) -> NDArray[np.uint64]:
        """The ids, shape (rows,)."""
        return np.array(self._ids, dtype=np.uint64)

    @property
    def indices(self) -> NDArray[np.int64]:
        """The positions, shape (rows,)."""
        return np.array(self._indices, dtype=np.int64)

    @property
    def copied(self) -> NDArray[np.int64]:
        """The positions of the rows that these copy, shape (rows,); of shape (0,) where that is not known."""
        return np.array(self._copied, dtype=np.int64)

    def one(self, at: int) -> tuple[str, int]:
        """One row's id in hexadecimal, and its position.

        Args:
            at: Which row, from 0.
        """
        return f"{self._ids[at]:012x}", self._indices[at]

    def number(self, at: int) -> int:
        """The number by which a person finds one row, from 1.

        Args:
            at: Which row, from 0.
        """
        return self._indices[at] + 1

    def copies(self, of: NDArray[np.int64], how: str) -> HitRows:
        """These rows as copies of others.

        Args:
            of: The positions of the others, shape (rows,).
            how: How they copy them, such as `the same as`.
        """
        return HitRows(self._ids, self._indices, of.tolist(), how)

    def copy_told(self, at: int) -> str:
        """Which row one row copies, in words.

        Args:
            at: Which row, from 0.
        """
        return f"{self.how} row {self._copied[at] + 1}"

    def copied_by(self, at: int) -> int:
        """The position of the row that one row copies.

        Args:
            at: Which row, from 0.
        """
        return self._copied[at]

    def chosen(self, places: ArrayLike) -> HitRows:
        """Some of the rows.

        Args:
            places: Which, from 0, in the order wanted; or a truth value for each row.
        """
        which = np.asarray(places)
        which = which if which.dtype == np.bool_ else which.astype(np.intp)
        copied = self.copied[which].tolist() if len(self._copied) else ()
        return HitRows(self.ids[which].tolist(), self.indices[which].tolist(), copied, self.how)


def sizes_of(values: NDArray[np.uint64], among: NDArray[np.uint64]) -> NDArray[np.int64]:
    """How often each value stands in a sorted array, shape (values,).

    Args:
        values: Any.
        among: Sorted.
    """
    return np.searchsorted(among, values, "right") - np.searchsorted(among, values, "left")


def ranks(values: NDArray[np.uint64]) -> NDArray[np.int64]:
    """How many equal values stand in front of each, shape (values,).

    Args:
        values: Any.
    """
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    first = np.searchsorted(ordered, ordered, "left")
    found = np.empty(len(values), np.int64)
    found[order] = np.arange(len(values)) - first
    return found
