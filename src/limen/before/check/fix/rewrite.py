"""Writers of a fixed file, one a layout: each is given every row of the original in turn."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from limen.data import Layout, Segment
from limen.data.readers.csv_table import delimiter_of
from limen.ledger import to_jsonable

_LINE_END = "\r\n"


class Writer(Protocol):
    """Writes rows one after the other."""

    def write(self, columns: Mapping[str, Any]) -> None:
        """Write a row from its columns."""

    def close(self) -> None:
        """Finish the file."""


class Spliced:
    """Writes segments of the original, as they are or with a row replaced.

    Args:
        path: The file.
        layout: How the original's rows lie.
        source: The original, whose suffix tells a table's delimiter.
        plain: Whether a row is a line of text and no JSON.
        column: A column that every row has besides; empty for none.
    """

    def __init__(self, path: Path, layout: Layout, source: Path, *, plain: bool = False, column: str = "") -> None:
        self._plain = plain
        self._column = column
        self._ended = True
        self._file = path.open("wb")
        self._layout = layout
        self._source = source
        self._header: list[str] = []
        self._delimiter = ","
        self._first_lead: bytes | None = None
        self._begun = False
        self._sha = hashlib.sha256()

    def __enter__(self) -> Spliced:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    @property
    def sha256(self) -> str:
        """Of what was written."""
        return self._sha.hexdigest()

    def pass_over(self, segment: Segment) -> None:
        """Leave a row out."""
        self._note_lead(segment)

    def keep(self, segment: Segment, row: bytes | None = None) -> bytes:
        """Write a segment.

        Args:
            segment: The segment.
            row: What stands in place of its row; None for the row itself.

        Returns:
            What was written for it.
        """
        self._note_lead(segment)
        lead = segment.raw[: segment.lead]
        if segment.index is not None and self._layout is Layout.ARRAY and not self._begun:
            lead = self._first_lead or lead  # the comma of a row whose forerunners were left out
        if segment.index is not None:
            self._begun = True
        elif self._layout is Layout.CSV and not self._header and segment.raw.strip():
            self._read_header(segment.raw)
            if self._column:
                self._header.append(self._column)
                return self._write(self._wider(segment.raw))
        return self._write(lead + (segment.row if row is None else row))

    def close_line(self) -> bytes:
        """End the line of the row that was written last, where rows are lines and the file's last one has no end.

        Returns:
            What was written.
        """
        if self._layout is Layout.ARRAY or self._ended:
            return b""
        return self._write(b"\n")

    def add(self, segment: Segment, columns: Mapping[str, Any]) -> None:
        """Write a row that the original does not have.

        Args:
            segment: That of the row behind which it goes.
            columns: Its columns.
        """
        lead = b""
        if self._layout is Layout.ARRAY:
            lead = segment.raw[: segment.lead]
            lead = lead[lead.find(b"[") + 1 :] if segment.index == 0 else lead
            lead = lead if lead.lstrip().startswith(b",") else b"," + lead
        raw = lead + self.rendered(segment, columns)
        self._write(raw if self._layout is Layout.ARRAY or raw.endswith((b"\n", b"\r")) else raw + b"\n")

    def _write(self, raw: bytes) -> bytes:
        self._file.write(raw)
        self._sha.update(raw)
        self._ended = raw.endswith((b"\n", b"\r")) if raw else self._ended
        return raw

    def rendered(self, segment: Segment, columns: Mapping[str, Any]) -> bytes:
        """A row's bytes in place of those of a segment.

        Args:
            segment: The segment.
            columns: The row's columns.
        """
        end = segment.row[len(segment.row.rstrip(b"\r\n")) :]
        if self._plain:
            return str(columns["text"]).encode("utf-8", "replace") + end
        if self._layout is Layout.CSV:
            out = io.StringIO()
            cells = [columns.get(name) for name in self._header]
            # Cells are quoted for the line ends that they hold only if the writer has some of its own
            csv.writer(out, delimiter=self._delimiter, lineterminator=_LINE_END).writerow(cells)
            return out.getvalue().removesuffix(_LINE_END).encode() + end
        return _json(columns, ascii_alone=segment.row.isascii()) + end

    def _wider(self, header: bytes) -> bytes:
        """A table's header with the further column at its end."""
        names = header.rstrip(b"\r\n")
        return names + self._delimiter.encode() + self._column.encode() + header[len(names) :]

    def _note_lead(self, segment: Segment) -> None:
        if self._first_lead is None and segment.index is not None:
            self._first_lead = segment.raw[: segment.lead]

    def _read_header(self, raw: bytes) -> None:
        text = raw.decode("utf-8-sig", "replace")
        self._delimiter = delimiter_of(self._source, text.splitlines()[0])
        self._header = [cell.strip() for cell in next(csv.reader(io.StringIO(text), delimiter=self._delimiter), [])]


class JsonLines:
    """Writes rows as JSON Lines."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")

    def write(self, columns: Mapping[str, Any]) -> None:
        """Write a row from its columns."""
        self._file.write(_json(to_jsonable(_plain(columns), strings=False), ascii_alone=False) + b"\n")

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


def _json(columns: Mapping[str, Any], *, ascii_alone: bool) -> bytes:
    try:
        return json.dumps(columns, ensure_ascii=ascii_alone).encode()
    except UnicodeEncodeError:  # half of a pair of surrogates, which UTF-8 has no bytes for
        return json.dumps(columns).encode()


def _plain(value: Any) -> Any:
    """A value whose dates, bytes and the like are text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(held) for held in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


class ParquetRows:
    """Writes rows as Parquet with the schema of the original, its metadata and compression.

    Args:
        path: The file.
        source: The original.
        column: A column of numbers that every row has besides; empty for none.
    """

    _BATCH = 1024

    def __init__(self, path: Path, source: Path, *, column: str = "") -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        with pq.ParquetFile(source) as original:
            self._schema = original.schema_arrow
            some = original.metadata.num_row_groups and original.metadata.num_columns
            codec = original.metadata.row_group(0).column(0).compression if some else "SNAPPY"
        if column:
            self._schema = self._schema.append(pa.field(column, pa.float64()))
        self._writer = pq.ParquetWriter(path, self._schema, compression="NONE" if codec == "UNCOMPRESSED" else codec)
        self._rows: list[dict[str, Any]] = []

    def write(self, columns: Mapping[str, Any]) -> None:
        """Write a row from its columns."""
        self._rows.append(dict(columns))
        if len(self._rows) >= self._BATCH:
            self._flush()

    def close(self) -> None:
        """Finish the file."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        import pyarrow as pa

        if self._rows:
            self._writer.write_table(pa.Table.from_pylist(self._rows, schema=self._schema))
        self._rows = []
