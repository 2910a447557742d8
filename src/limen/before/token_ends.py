"""How encoded rows begin and end: start tokens, end tokens, and what most rows have in common there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from limen.data import EncodedRow

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

NEAR_END = 3
"""Within so many tokens of a row's end an end token counts: templates write a newline or two after a turn."""

MOST_BLANK = 32
"""Tokens from a row's end on in which an end token is looked for a second time, with white space between the two."""

FEWEST_ROWS = 8
"""Fewer rows than this have nothing in common that would say something."""

FEWEST_TOKENS = 4
"""Shorter than this it is how people begin and end answers, not boilerplate."""

SHARE = 0.5
"""Share of rows that must have a run in common."""


def starts_twice(row: EncodedRow, start: int) -> bool:
    """Whether a row begins with two start tokens.

    Args:
        row: The row.
        start: The start token.
    """
    return len(row.input_ids) > 1 and bool((row.input_ids[:2] == start).all())


def never_ends(row: EncodedRow, ends: Collection[int]) -> bool:
    """Whether no trained token near the end of a row stops generation.

    Args:
        row: The row, not cut.
        ends: Tokens that do.
    """
    last = row.input_ids[-NEAR_END:][row.trained[-NEAR_END:]]
    return not np.isin(last, list(ends)).any()


def ends_twice(row: EncodedRow, ends: Collection[int], blank: Callable[[int], bool]) -> bool:
    """Whether a row ends in two tokens that stop generation, one after the other, or in one twice but for white space.

    Args:
        row: The row, not cut.
        ends: Tokens that do.
        blank: Tells whether a token is white space alone.
    """
    at = np.isin(row.input_ids[-NEAR_END - 1 :], list(ends))
    if (at[1:] & at[:-1]).any():
        return True
    last: int | None = None
    for token in map(int, row.input_ids[: -MOST_BLANK - 1 : -1]):
        if token in ends:
            # Some templates end a turn with one token, a line break, and the text with another (Phi-3)
            if token == last:
                return True
            last = token
        elif not blank(token):
            break
    return False


def is_blank(tokenizer: PreTrainedTokenizerBase, token: int) -> bool:
    """Whether a token is white space alone.

    Args:
        tokenizer: The model's.
        token: The token.
    """
    return not str(tokenizer.decode([token])).strip()


def shared_run(sequences: Sequence[NDArray[np.int32]], special: Collection[int]) -> tuple[NDArray[np.int32], list[int]]:
    """The longest beginning that at least half of the sequences share, and which do; empty if it is too short.

    Args:
        sequences: Tokens of each row, the last first where the common end is wanted.
        special: Tokens that do not count towards the length that is asked for.

    Returns:
        The tokens, and positions of the sequences that begin so.
    """
    alive = list(range(len(sequences)))
    needed = max(FEWEST_ROWS // 2, SHARE * len(sequences))
    run: list[int] = []
    while True:
        at = len(run)
        heads = Counter(int(sequences[i][at]) for i in alive if len(sequences[i]) > at)
        token, count = heads.most_common(1)[0] if heads else (0, 0)
        if count < needed:
            break
        run.append(token)
        alive = [i for i in alive if len(sequences[i]) > at and int(sequences[i][at]) == token]
    if sum(t not in special for t in run) < FEWEST_TOKENS:
        return np.zeros(0, dtype=np.int32), []
    return np.asarray(run, dtype=np.int32), alive
