"""What reading found: which kind of rows, which columns play which role, and what was wrong."""

from __future__ import annotations

from dataclasses import dataclass, field

from limen.core import RowKind

MAX_PROBLEMS = 1000


@dataclass(frozen=True)
class Problem:
    """One row that could not be used.

    Attributes:
        index: Position in the source, from 0, unusable rows counted.
        line: Line of the file, from 1, where the format has lines.
        what: What was seen and what was expected.
        remedy: What the user does about it.
    """

    index: int
    line: int | None
    what: str
    remedy: str


@dataclass
class ReadReport:
    """What was recognised in a source; filled while it is read.

    Attributes:
        source: The file, folder, hub id or object.
        kind: The kind of row, once the first rows are read.
        format: The row format (`instruction`, `messages`, ...).
        reader: The file format (`json`, `csv`, ...).
        columns: Column by role.
        other_columns: Columns of the first rows that play no role.
        rows_read: Usable rows given so far.
        problems: What was wrong with rows, the first thousand.
        problem_count: How many rows were unusable in all.
        sha256: Of the file as it lies on the disk (several files: of their hashes; objects in memory: of their
            content), once the last row is read.
        complete: Whether the source was read to its end.
    """

    source: str
    kind: RowKind | None = None
    format: str = ""
    reader: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    other_columns: list[str] = field(default_factory=list)
    rows_read: int = 0
    problems: list[Problem] = field(default_factory=list)
    problem_count: int = 0
    sha256: str | None = None
    complete: bool = False

    def add(self, problem: Problem) -> None:
        """Note an unusable row."""
        self.problem_count += 1
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(problem)
