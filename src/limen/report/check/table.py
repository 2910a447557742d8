"""The table that a finding carries, where it has more than one figure to tell: evidence under the key `table`.

A rule writes it as `{"columns": [name, …], "rows": [[cell, …], …]}`, all of it text; anything else is no table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from limen.core import Finding
from limen.report._visible import one_line

_CELL = 80


@dataclass(frozen=True)
class Table:
    """A finding's table, each cell on one line and with hidden characters spelled out.

    Attributes:
        columns: Names of the columns; the first names the row.
        rows: The cells, as many a row as there are columns.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    def lines(self) -> list[str]:
        """Each row as one line of text, for a form that has no tables."""
        heads = self.columns[1:]
        return [f"{row[0]}: " + ", ".join(map(" ".join, zip(heads, row[1:], strict=True))) for row in self.rows]


def table_of(finding: Finding) -> Table | None:
    """The table of a finding; None where it has none.

    Args:
        finding: Any finding, such as one of another package's rule.
    """
    held = finding.evidence.get("table")
    if not isinstance(held, Mapping):
        return None
    columns, rows = held.get("columns"), held.get("rows")
    if not isinstance(columns, list | tuple) or not columns or not isinstance(rows, list | tuple) or not rows:
        return None
    if not all(isinstance(row, list | tuple) and len(row) == len(columns) for row in rows):
        return None
    return Table(_cells(columns), [_cells(row) for row in rows])


def _cells(values: Sequence[object]) -> list[str]:
    return [one_line(str(value), _CELL) for value in values]
