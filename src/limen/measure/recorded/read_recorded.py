"""Recognise a recorded-answers file and read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from limen.core import UsageError
from limen.measure.read import Readings
from limen.measure.recorded import bbq, xstest
from limen.measure.recorded._options import RecordedOptions
from limen.measure.recorded._rows import RecordedRow, read_recorded_rows
from limen.measure.recorded.generic import read_generic

FORMATS: Mapping[str, Callable[[Sequence[RecordedRow], Path, RecordedOptions], Readings]] = {
    "xstest": xstest.read_xstest,
    "bbq": bbq.read_bbq,
    "generic": read_generic,
}
_RECOGNISES = {"xstest": xstest.recognises, "bbq": bbq.recognises}


def read_recorded(path: str | Path, options: RecordedOptions | None = None) -> Readings:
    """Read recorded answers.

    Args:
        path: A CSV or JSON Lines file: Limen's plain form (arm, prompt id, cluster, outcome), XSTest completions,
            or BBQ with predictions; recognised by its columns.
        options: Overrides.

    Returns:
        The readings of all arms in the file.

    Raises:
        ReadError: The file cannot be read.
        RowError: A column is missing or a row cannot be used.
        UsageError: An unknown format was asked for.
    """
    options = options or RecordedOptions()
    path = Path(path)
    if options.format and options.format not in FORMATS:
        raise UsageError(f"there is no format {options.format!r}.", remedy=f"Use one of: {', '.join(FORMATS)}.")
    rows = read_recorded_rows(path)
    columns = list(rows[0].values)
    name = options.format or next((n for n, known in _RECOGNISES.items() if known(columns)), "generic")
    return FORMATS[name](rows, path, options)
