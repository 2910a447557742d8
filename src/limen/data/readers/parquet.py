"""Parquet, a few hundred rows at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from limen.core import ReadError
from limen.data.readers._open import compression_of, unreadable
from limen.data.readers.registry import reader
from limen.data.records import Broken, Record, as_record

_BATCH = 256


@reader()
class Parquet:
    """Parquet file."""

    name = "parquet"
    suffixes = (".parquet", ".pq")

    def records(self, path: Path) -> Iterator[Record | Broken]:
        """The rows of a Parquet file."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            if compression_of(path):
                raise ReadError(
                    "a compressed Parquet file, which cannot be read from the middle.",
                    remedy="Decompress it; Parquet compresses within itself.",
                    where=str(path),
                )
            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches(batch_size=_BATCH):
                    for value in batch.to_pylist():
                        yield as_record(value, None, str(path))
        except (pa.ArrowException, OSError, ValueError) as error:
            raise unreadable(path, error) from error
