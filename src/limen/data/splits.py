"""Splits that stay as they are: a row's side follows from its content, not from its place or from chance."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from limen.core import Row, UsageError


def split_of(row_id: str, shares: Mapping[str, float], *, seed: int = 0) -> str:
    """The side that a row falls on.

    The hash of seed and id is read as a number in [0, 1); rows with the same content always share a side.

    Args:
        row_id: Id of the row.
        shares: Share by side, adding up to 1.
        seed: Another seed gives another split.

    Raises:
        UsageError: Shares are negative or do not add up to 1.
    """
    if not shares or any(s < 0 for s in shares.values()) or abs(sum(shares.values()) - 1) > 1e-9:
        raise UsageError(
            f"the shares {dict(shares)} do not add up to 1.", remedy="Give shares of at least 0 that add up to 1."
        )
    digest = hashlib.sha256(f"{seed}:{row_id}".encode()).digest()
    point = int.from_bytes(digest[:8], "big") / 2**64
    edge = 0.0
    for name, share in shares.items():
        edge += share
        if point < edge:
            return name
    return list(shares)[-1]


def split_rows(rows: Iterable[Row], shares: Mapping[str, float], *, seed: int = 0) -> dict[str, list[Row]]:
    """Rows by the side they fall on, each in its order.

    Args:
        rows: Rows.
        shares: Share by side, adding up to 1.
        seed: Another seed gives another split.

    Raises:
        UsageError: Shares are negative or do not add up to 1.
    """
    split_of("", shares, seed=seed)
    sides: dict[str, list[Row]] = {name: [] for name in shares}
    for row in rows:
        sides[split_of(row.id, shares, seed=seed)].append(row)
    return sides
