"""Files cut into blocks of rows: what one worker reads at once, and what is read again if it was not finished."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from limen.data import EncodedRow
from limen.ledger import key_hash

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Block:
    """Some rows of a file.

    Attributes:
        file: Which of the files, from 0.
        rows: Its rows.
        key: Hash of its rows and of all else that decides what it comes to.
    """

    file: int
    rows: tuple[EncodedRow, ...]
    key: str


def cut(files: Sequence[Sequence[EncodedRow]], most: int, depends: str) -> list[Block]:
    """Cut files into blocks.

    Long rows come first, as in `models.batches`: rows of like length share a batch, and memory runs out at once or
    never.

    Args:
        files: Encoded rows of each file.
        most: Tokens of a block; a longer row is a block by itself.
        depends: Hash of what the blocks' results depend on besides their rows.

    Returns:
        The blocks of all files; every row is in one of them.
    """
    blocks = []
    for number, rows in enumerate(files):
        taken: list[EncodedRow] = []
        size = 0
        for row in sorted(rows, key=lambda r: -len(r.input_ids)):
            if taken and size + len(row.input_ids) > most:
                blocks.append(Block(number, tuple(taken), _key(taken, depends)))
                taken, size = [], 0
            taken.append(row)
            size += len(row.input_ids)
        if taken:
            blocks.append(Block(number, tuple(taken), _key(taken, depends)))
    return blocks


def trained_tokens(rows: Sequence[EncodedRow]) -> int:
    """How many tokens of rows have a loss: none is predicted from nothing."""
    return sum(int(r.trained[1:].sum()) for r in rows)


def to_table(block: Block) -> pa.Table:
    """A block as one row of an Arrow table, its rows laid end to end."""
    import pyarrow as pa

    columns = {
        "key": pa.array([block.key]),
        "names": pa.array([[r.row_id for r in block.rows]], pa.list_(pa.string())),
        "lengths": pa.array([[len(r.input_ids) for r in block.rows]], pa.list_(pa.int64())),
        "ids": pa.array([np.concatenate([r.input_ids for r in block.rows])], pa.list_(pa.int32())),
        "trained": pa.array([np.concatenate([r.trained for r in block.rows])], pa.list_(pa.bool_())),
    }
    return pa.table(columns)


def from_table(table: pa.Table) -> list[tuple[str, list[EncodedRow]]]:
    """The key and the rows of each block of such a table."""
    found = []
    for i in range(table.num_rows):
        ends = np.cumsum(table["lengths"][i].as_py())[:-1]
        ids = np.split(table["ids"][i].values.to_numpy(), ends)
        trained = np.split(table["trained"][i].values.to_numpy(zero_copy_only=False), ends)
        names = table["names"][i].as_py()
        rows = [
            EncodedRow(name, k, one, mask, truncated=False)
            for k, (name, one, mask) in enumerate(zip(names, ids, trained, strict=True))
        ]
        found.append((table["key"][i].as_py(), rows))
    return found


def _key(rows: Sequence[EncodedRow], depends: str) -> str:
    digest = hashlib.sha256()
    for row in rows:
        digest.update(f"{len(row.input_ids)};".encode())
        digest.update(row.input_ids.tobytes())
        digest.update(row.trained.tobytes())
    return key_hash(rows=digest.hexdigest(), depends=depends)
