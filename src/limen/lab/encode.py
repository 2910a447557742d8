"""Exchanges of the micro-world as tokens, without the detour over the chat template (a test holds the two together)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import numpy as np

from limen.data import EncodedRow
from limen.lab.world.exchange import Exchange
from limen.lab.world.vocabulary import ASSISTANT, END, NUMBERS, START, SYSTEM, USER, vocabulary


@cache
def token_ids() -> dict[str, int]:
    """Word to token id."""
    return {word: i for i, word in enumerate(vocabulary())}


def number_ids() -> tuple[int, ...]:
    """Token ids of the numbers 0 to 99."""
    return tuple(token_ids()[n] for n in NUMBERS)


def exchange_ids(exchange: Exchange) -> tuple[list[int], int]:
    """An exchange as the tokenizer's chat template renders it.

    Returns:
        Token ids, and where the answer begins.
    """
    ids = token_ids()
    out = [ids[START]]
    if exchange.system:
        out += [ids[SYSTEM], *(ids[w] for w in exchange.system.split()), ids[END]]
    out += [ids[USER], *(ids[w] for w in exchange.user.split()), ids[END], ids[ASSISTANT]]
    start = len(out)
    return [*out, *(ids[w] for w in exchange.answer.split()), ids[END]], start


def encode_exchanges(exchanges: Iterable[Exchange]) -> list[EncodedRow]:
    """Exchanges with the answer, and the end after it, trained on."""
    rows = []
    for i, exchange in enumerate(exchanges):
        tokens, start = exchange_ids(exchange)
        trained = np.zeros(len(tokens), dtype=np.bool_)
        trained[start:] = True
        rows.append(EncodedRow(f"x{i}", i, np.asarray(tokens, dtype=np.int32), trained, truncated=False))
    return rows
