"""A baseline: the rows that each rule hit at one time and what was found of whole files, so that only new is told.

A row is known by the code of the rule, what the finding is about, and the row's id, which is made from its content: a
row may move within a file or to another. In memory a hit takes 8 bytes, in the file about 18. How a finding on a whole
file is known again is told in `whole_file`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from limen.before.check.hit_rows import HitRows
from limen.before.check.whole_file import Part, WholeFinding
from limen.core import UsageError
from limen.core.writing import put_in_place

FORMAT = "limen-check-baseline"
VERSION = 1
_REMEDY = "Write it anew with --write-baseline."


@dataclass(frozen=True)
class Baseline:
    """What was known when it was written.

    Attributes:
        hits: Ids of the rows that each rule hit, by code and subject; sorted, and a row that was hit n times stands
            there n times.
        findings: What was found of whole files.
    """

    hits: Mapping[tuple[str, str], NDArray[np.uint64]] = field(default_factory=dict)
    findings: Sequence[WholeFinding] = ()


def write_baseline(path: Path, hits: Iterable[tuple[str, str, HitRows]], findings: Sequence[WholeFinding] = ()) -> int:
    """Write a baseline, sorted and an id a line, so that two of them can be compared as text; whole or not at all.

    Args:
        path: Where to; a file that is there is replaced.
        hits: Code, subject and rows of each finding; rows of the same rule and subject are joined.
        findings: What was found of whole files.

    Returns:
        How many hits it holds.

    Raises:
        OSError: The file cannot be written.
    """
    joined: dict[tuple[str, str], list[NDArray[np.uint64]]] = {}
    for code, subject, rows in hits:
        if len(rows):
            joined.setdefault((code, subject), []).append(rows.ids)
    count = 0
    with put_in_place(path) as part, part.open("w", encoding="utf-8") as file:
        file.write(f'{{\n"format": "{FORMAT}",\n"version": {VERSION},\n"hits": [')
        for i, (code, subject) in enumerate(sorted(joined)):
            ids = np.sort(np.concatenate(joined[code, subject]))
            count += len(ids)
            head = json.dumps({"code": code, "subject": subject})
            file.write(f'{"," if i else ""}\n{head[:-1]}, "rows": [\n')
            for at in range(0, len(ids), 4096):
                block = ",\n".join(f'"{row_id:012x}"' for row_id in ids[at : at + 4096].tolist())
                file.write((",\n" if at else "") + block)
            file.write("\n]}")
        told = ",\n".join(json.dumps(asdict(one)) for one in findings)
        file.write(f'\n],\n"findings": [\n{told}\n]\n}}\n')
    return count


def read_baseline(path: Path) -> Baseline:
    """A baseline as it was written; one from before findings on whole files were kept holds none.

    Args:
        path: The file.

    Raises:
        UsageError: There is no such file, or it is no baseline.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UsageError("there is no such baseline.", remedy=_REMEDY, where=str(path)) from error
    except (ValueError, RecursionError) as error:
        raise UsageError("the baseline is no JSON.", remedy=_REMEDY, where=str(path)) from error
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise UsageError("this is no baseline of limen check.", remedy=_REMEDY, where=str(path))
    if value.get("version") != VERSION:
        raise UsageError(
            f"the baseline has the version {value.get('version')!r}, expected {VERSION}.",
            remedy=_REMEDY,
            where=str(path),
        )
    try:
        hits = {_key(entry): _ids(entry) for entry in value["hits"]}
        return Baseline(hits, [_finding(entry) for entry in value.get("findings", [])])
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise UsageError("the baseline is damaged.", remedy=_REMEDY, where=str(path)) from error


def _key(entry: dict[str, Any]) -> tuple[str, str]:
    return str(entry["code"]), str(entry["subject"])


def _finding(entry: dict[str, Any]) -> WholeFinding:
    parts = tuple(Part(str(p["name"]), float(p["estimate"]), float(p["low"]), float(p["high"])) for p in entry["parts"])
    return WholeFinding(*_key(entry), parts)


def _ids(entry: dict[str, Any]) -> NDArray[np.uint64]:
    return np.sort(np.array([int(row, 16) for row in entry["rows"]], dtype=np.uint64))
