"""Where the chosen answer of a pair was shown, where a column such as `chosen_position` says it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from limen.core import Row

_FIRST = ("chosen_position", "chosen_index", "chosen_pos", "position", "winner_position", "position_of_chosen")
_CODES: dict[object, int] = {
    **dict.fromkeys(("first", "a", "left"), 1),
    **dict.fromkeys(("second", "b", "right"), 2),
    **dict.fromkeys((0, "0"), 3),
    **dict.fromkeys((1, "1"), 4),
    **dict.fromkeys((2, "2"), 5),
}
"""By word, and by number; whether numbers count from 0 is not known before the last row."""


def position_code(row: Row) -> int:
    """What a column says of where the chosen answer was shown, as a code for `shown_first`; 0 where none says.

    Args:
        row: Any row.
    """
    for name in _FIRST:
        value = row.columns.get(name)
        value = value.strip().lower() if isinstance(value, str) else value
        if isinstance(value, str | int | float) and value in _CODES:
            return _CODES[value]
    return 0


def shown_first(codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """1 where the chosen answer was shown first, −1 second, 0 where that is not known.

    Numbers count from 0, or from 1 where there is a 2 and no 0. Of nothing but ones it is not known.

    Args:
        codes: Of each pair, 0 for no position, 1 and 2 for first and second by word, 3, 4 and 5 for the numbers
            0, 1 and 2; shape (pairs,).
    """
    zero, two = bool((codes == 3).any()), bool((codes == 5).any())
    first = {0: 0, 1: 1, 2: -1, 3: 1, 4: -1, 5: -1}
    if not zero:
        first[4] = 1 if two else 0
    return np.array([first[code] for code in range(6)], np.int64)[codes]
