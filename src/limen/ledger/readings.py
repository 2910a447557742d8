"""Readings as Parquet: one part a stage while the audit runs, so that an interruption loses nothing."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from limen.core import LedgerError, Reading
from limen.ledger._atomic import disk_errors, write_with
from limen.ledger.jsonable import to_jsonable

if TYPE_CHECKING:
    import pyarrow as pa

FOLDER = "readings"
MERGED = "readings.parquet"


def part_name(stage: str) -> str:
    """The file name of a stage's part: readable, and distinct for distinct stages."""
    safe = re.sub(r"[^A-Za-z0-9]+", "-", stage).strip("-")[:60]
    return f"{safe}-{hashlib.sha256(stage.encode()).hexdigest()[:8]}.parquet"


def write_readings(path: Path, readings: Sequence[Reading]) -> None:
    """Write readings to one Parquet file, whole or not at all.

    Args:
        path: The file.
        readings: In order.

    Raises:
        LedgerError: If the disk refuses.
    """
    _write_table(path, _table(readings))


def read_readings(folder: Path) -> list[Reading]:
    """Every reading of an audit: its parts, or where those were not handed on, the merged file.

    Args:
        folder: The audit's folder.

    Raises:
        LedgerError: If a file cannot be read.
    """
    table = read_table(folder)
    if table is None:
        return []
    columns = {name: table.column(name).to_pylist() for name in table.column_names}
    columns["detail"] = [json.loads(d) if d else {} for d in columns["detail"]]
    return [Reading(**dict(zip(columns, row, strict=True))) for row in zip(*columns.values(), strict=True)]


def read_table(folder: Path) -> pa.Table | None:
    """The same as one Arrow table (`detail` as JSON text); None if there are no readings."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if (folder / FOLDER).is_dir():
        files = sorted((folder / FOLDER).glob("*.parquet"))
    else:
        files = [folder / MERGED] if (folder / MERGED).is_file() else []
    tables = []
    for file in files:
        try:
            tables.append(pq.read_table(file, schema=_schema()))
        except (OSError, pa.ArrowException) as error:
            raise LedgerError(
                f"the readings cannot be read: {str(error).splitlines()[0]}",
                remedy="Delete this file and run the audit again: only its stage is repeated.",
                where=str(file),
            ) from error
    return pa.concat_tables(tables) if tables else None


def merge(folder: Path) -> None:
    """Write the merged file beside the parts, for people's own tools."""
    table = read_table(folder)
    if table is not None:
        _write_table(folder / MERGED, table)
    else:
        with disk_errors(folder):
            (folder / MERGED).unlink(missing_ok=True)


def drop_part(folder: Path, stage: str) -> None:
    """Forget a stage's readings."""
    path = folder / FOLDER / part_name(stage)
    with disk_errors(path):
        path.unlink(missing_ok=True)


def _schema() -> pa.Schema:
    import pyarrow as pa

    text = pa.string()
    return pa.schema(
        [
            ("trait", text),
            ("probe", text),
            ("family", text),
            ("arm", text),
            ("value", pa.float64()),
            ("run", pa.int32()),
            ("group", text),
            ("detail", text),
        ]
    )


def _table(readings: Iterable[Reading]) -> pa.Table:
    import pyarrow as pa

    rows: list[dict[str, Any]] = []
    for r in readings:
        detail = json.dumps(to_jsonable(r.detail, strings=False), ensure_ascii=False, allow_nan=False)
        rows.append(
            {
                "trait": r.trait,
                "probe": r.probe,
                "family": r.family,
                "arm": r.arm,
                "value": float(r.value),
                "run": int(r.run),
                "group": r.group,
                "detail": detail if r.detail else "",
            }
        )
    return pa.Table.from_pylist(rows, schema=_schema())


def _write_table(path: Path, table: pa.Table) -> None:
    import pyarrow.parquet as pq

    write_with(path, lambda file: pq.write_table(table, file, compression="zstd"))
