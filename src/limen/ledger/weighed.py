"""What blocks of rows came to along changes of weights: one Parquet file a block, so that a broken run goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from limen.ledger._atomic import write_with

if TYPE_CHECKING:
    import pyarrow as pa

FOLDER = "weighed"


@dataclass(frozen=True)
class Weighed:
    """What a block of rows came to.

    Attributes:
        key: Hash of all that this depends on: rows, base, changes of weights and code.
        tokens: Trained tokens of the block.
        loss: Its mean loss under the base, nats a token.
        statistics: Its first-order statistic along each change of weights, nats a token.
    """

    key: str
    tokens: int
    loss: float
    statistics: tuple[float, ...]


def write_weighed(folder: Path, weighed: Weighed) -> None:
    """Keep what a block came to, whole or not at all.

    Args:
        folder: The audit's folder.
        weighed: What to keep.

    Raises:
        LedgerError: If the disk refuses.
    """
    import pyarrow.parquet as pq

    write_with(_path(folder, weighed.key), lambda file: pq.write_table(to_table([weighed]), file))


def read_weighed(folder: Path, key: str) -> Weighed | None:
    """What a block came to; None where nobody knows, or the file cannot be read.

    Args:
        folder: The audit's folder.
        key: The block's.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        kept = from_table(pq.read_table(_path(folder, key), schema=_schema()))
    except (OSError, pa.ArrowException):
        return None
    return kept[0] if len(kept) == 1 and kept[0].key == key else None


def to_table(weighed: Sequence[Weighed]) -> pa.Table:
    """Blocks as an Arrow table, one a row."""
    import pyarrow as pa

    rows = [{"key": w.key, "tokens": w.tokens, "loss": w.loss, "statistics": list(w.statistics)} for w in weighed]
    return pa.Table.from_pylist(rows, schema=_schema())


def from_table(table: pa.Table) -> list[Weighed]:
    """Blocks from such a table."""
    return [Weighed(r["key"], r["tokens"], r["loss"], tuple(r["statistics"])) for r in table.to_pylist()]


def _path(folder: Path, key: str) -> Path:
    return folder / FOLDER / f"{key}.parquet"


def _schema() -> pa.Schema:
    import pyarrow as pa

    return pa.schema(
        [("key", pa.string()), ("tokens", pa.int64()), ("loss", pa.float64()), ("statistics", pa.list_(pa.float64()))]
    )
