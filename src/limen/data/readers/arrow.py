"""Arrow files, stream or file layout, as `datasets` writes them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from limen.data.readers._open import unreadable
from limen.data.readers.registry import reader
from limen.data.records import Broken, Record, as_record

_ROWS = 256


@reader()
class Arrow:
    """Arrow file."""

    name = "arrow"
    suffixes = (".arrow", ".feather")

    def records(self, path: Path) -> Iterator[Record | Broken]:
        """The rows of an Arrow file."""
        import pyarrow as pa

        try:
            with pa.memory_map(str(path)) as source:
                try:
                    table = pa.ipc.open_stream(source)
                    batches = iter(table)
                except pa.ArrowInvalid:
                    whole = pa.ipc.open_file(source)
                    batches = (whole.get_batch(i) for i in range(whole.num_record_batches))
                for batch in batches:
                    for start in range(0, batch.num_rows, _ROWS):
                        for value in batch.slice(start, _ROWS).to_pylist():
                            yield as_record(value, None, str(path))
        except (pa.ArrowException, OSError, ValueError) as error:
            raise unreadable(path, error) from error
