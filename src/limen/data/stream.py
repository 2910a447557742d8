"""read_rows: any source of fine-tuning data as a stream of rows, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from limen.core import DataError, ReadError, Row, RowError
from limen.data.formats import BadRow, RowFormat
from limen.data.read_report import Problem, ReadReport
from limen.data.recognise import FIRST_ROWS, match_one, named, recognise
from limen.data.records import Broken, Record
from limen.data.renaming import Renaming
from limen.data.sources import Source, open_source

if TYPE_CHECKING:
    import datasets


class RowStream(Iterable[Row]):
    """Rows of one source, read anew each time it is iterated over.

    Args:
        source: Where records come from.
        format: Row format that overrules recognition, or columns that stand for those that formats know.
        limit: Most rows to give.
        strict: Whether the first unusable row raises; else it is noted in the report and left out.
    """

    def __init__(self, source: Source, *, format: str | None, limit: int | None, strict: bool) -> None:
        self._source = source
        self._format = format
        self._renaming = (Renaming.parse(format) if format else None) or Renaming({})
        self._limit = limit
        self._strict = strict
        self._read_before = False
        self._first_columns: set[str] = set()
        self.report = ReadReport(source=source.name, reader=source.reader)

    def __iter__(self) -> Iterator[Row]:
        """The rows, in the order of the source.

        Raises:
            ReadError: The source cannot be read on, or nothing is in it.
            RowError: A row cannot be used, and reading is strict.
        """
        if self._read_before:
            self.report = ReadReport(source=self._source.name, reader=self._source.reader)
        self._read_before = True
        rows = self._rows()
        if self._limit is not None:
            yield from islice(rows, self._limit)
        else:
            yield from rows
        if self.report.sha256 is None:
            self.report.sha256 = self._source.sha256()

    def copy(self) -> RowStream:
        """A second stream over the same source, with a report of its own."""
        return RowStream(self._source, format=self._format, limit=self._limit, strict=self._strict)

    def _rows(self) -> Iterator[Row]:
        records = self._records()
        buffered = list(islice(records, FIRST_ROWS))
        usable = [r.value for _, r in buffered if isinstance(r, Record)]
        if not buffered:
            raise ReadError(
                "nothing is in it.", remedy="Name a source with at least one row.", where=self.report.source
            )
        if not usable:
            for index, record in buffered:
                if isinstance(record, Broken):
                    self._problem(index, record.line, record.what, record.remedy, record.where, ReadError)
            alone = len(buffered) == 1
            none = "no row" if alone else f"none of the first {len(buffered)} rows"
            raise RowError(
                f"{none} can be read{': ' if alone else '; the first: '}{self.report.problems[0].what}",
                remedy=self.report.problems[0].remedy,
                where=self.report.source,
            )
        if self._strict and isinstance(buffered[0][1], Broken):
            self._note(*buffered[0])
        self._first_columns = {k for r in usable for k in r}
        fmt, roles = self._recognised(usable)
        own = {role: self._renaming.own(column) for role, column in roles.items()}
        self.report.kind, self.report.format, self.report.columns = fmt.kind, fmt.name, own
        self.report.other_columns = sorted(self._first_columns - set(own.values()))
        for index, record in _chain(buffered, records):
            row = self._row(index, record, fmt, roles)
            if row is not None:
                self.report.rows_read += 1
                yield row
        self.report.complete = True

    def _records(self) -> Iterator[tuple[int, Record | Broken]]:
        """Records with their position; where reading cannot go on and is not strict, that ends them."""
        index = -1
        try:
            for index, record in enumerate(self._source.records()):
                yield index, record
        except ReadError as error:
            if self._strict or index < 0:
                raise
            yield index + 1, Broken(f"{error.where}: {error.what} Reading stopped here.", error.remedy)

    def _recognised(self, first: Sequence[Mapping[str, Any]]) -> tuple[RowFormat, dict[str, str]]:
        """The format of the first records, and which column plays which role, by the names that formats know."""
        if not self._renaming.columns:
            return recognise(first, self.report.source, self._format)
        absent = next((c for c in self._renaming.columns.values() if c not in self._first_columns), None)
        if absent is not None:
            raise RowError(
                f"no row has a column {absent[:40]!r} (seen: {named(self._first_columns)}).",
                remedy="Name columns of the file, letter by letter.",
                where=self.report.source,
            )
        known = [self._renaming.renamed(record) for record in first]
        # What is named decides; a label that nobody named makes no rated rows
        alone = (match_one({k: v for k, v in record.items() if k in self._renaming.columns}) for record in known)
        form = next((found[0].name for found in alone if found), None)
        try:
            return recognise(known, self.report.source, form)
        except RowError as error:
            meant = ", ".join(f"{name} for {column!r}" for name, column in self._renaming.columns.items())
            raise RowError(
                f"no kind of row was recognised with {meant} (seen: {named(self._first_columns)}).",
                remedy=error.remedy,
                where=error.where,
            ) from error

    def _row(self, index: int, record: Record | Broken, fmt: RowFormat, roles: Mapping[str, str]) -> Row | None:
        if isinstance(record, Broken):
            self._note(index, record)
            return None
        known = self._renaming.renamed(record.value)
        if not record.value.keys() <= self._first_columns:
            # A column that no row had at first may still play a role: an input, a history, a system text
            roles = {**(fmt.match(known) or {}), **roles}
        try:
            parts = fmt.parts(known, roles)
        except BadRow as error:
            absent = self._renaming.missing(record.value)
            if absent is not None:
                what, remedy = f"the column {absent!r} is missing.", "Add it, or leave the row out."
            else:
                what, remedy = map(self._renaming.told, _mixed(known, fmt) or (error.what, error.remedy))
            self._problem(index, record.line, what, remedy, record.where, RowError)
            return None
        played = set(map(self._renaming.own, roles.values()))
        if parts.tools:
            played.add("tools")
        return Row(
            kind=fmt.kind,
            prompt=parts.prompt,
            answer=parts.answer,
            rejected=parts.rejected,
            rating=parts.rating,
            source=record.where or self._source.name,
            index=index,
            line=record.line,
            tools=parts.tools,
            columns={k: v for k, v in record.value.items() if k not in played},
        )

    def _note(self, index: int, broken: Record | Broken) -> None:
        if isinstance(broken, Broken):
            self._problem(index, broken.line, broken.what, broken.remedy, broken.where, ReadError)

    def _problem(
        self, index: int, line: int | None, what: str, remedy: str, where: str, error: type[DataError]
    ) -> None:
        if self._strict:
            place = f"row {index + 1}" if line is None else f"line {line} (row {index + 1})"
            raise error(what, remedy=remedy, where=f"{where or self._source.name}, {place}")
        self.report.add(Problem(index, line, what, remedy))


def _chain(
    first: list[tuple[int, Record | Broken]], rest: Iterator[tuple[int, Record | Broken]]
) -> Iterator[tuple[int, Record | Broken]]:
    yield from first
    first.clear()
    yield from rest


def _mixed(record: Mapping[str, Any], fmt: RowFormat) -> tuple[str, str] | None:
    """What to say of a row that is a good row of another format than the file's."""
    other = match_one(record)
    if other is None or other[0].name == fmt.name:
        return None
    return (
        f"mixed row kinds: the first rows are {fmt.name!r}, this one is {other[0].name!r}.",
        "Keep one kind of row a file, or overrule recognition with --format.",
    )


def read_rows(
    source: str | Path | datasets.Dataset | Sequence[Mapping[str, Any]],
    *,
    format: str | None = None,
    limit: int | None = None,
    strict: bool = True,
) -> RowStream:
    """Rows of a fine-tuning set, whatever it is written in.

    Args:
        source: A file (JSON, JSON Lines, CSV, TSV, Parquet, Arrow, text; perhaps compressed with gzip, bzip2, xz,
            zstd or zip), a folder (`save_to_disk`, or of such files), a hub id (`hf://org/name[/config][:split]`, or
            plain `org/name` where no such path is), a `datasets.Dataset`, or a list of dicts.
        format: Name of a row format, to overrule recognition: `instruction`, `completion`, `messages`, `sharegpt`,
            `preference`, `rated` or `text`; or which columns stand for those that formats know, such as
            `prompt=question,completion=reply`.
        limit: Most rows to give.
        strict: Raise at the first unusable row. Otherwise unusable rows are noted in the report and left out.

    Returns:
        A stream that can be iterated over again and again; its `report` is filled while it is read.

    Raises:
        ReadError: There is no such source, or no reader for it. Reading itself may raise ReadError and RowError.
        UsageError: No format has that name, or the columns are not named as they should be.
    """
    if format is not None and Renaming.parse(format) is None:
        from limen.data.formats import get_format

        get_format(format)
    return RowStream(open_source(source), format=format, limit=limit, strict=strict)
