"""blame.jsonl: every scored row of a file held against a trait that was found in it, one a line, the worst first.

Findings carry the worst rows alone, since reports show them. This file carries all of them, for whoever drops, reads or
filters rows with a tool of their own. Every line is ASCII: whatever hides in a row is a visible escape.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from limen.core import LedgerError, RowBlame
from limen.ledger._atomic import disk_errors, write_text
from limen.ledger.jsonable import to_jsonable
from limen.ledger.privacy import redact

BLAME = "blame.jsonl"
_TEXT = frozenset({"text", "tokens", "token_scores"})


def blame_lines(file: str, trait: str, rows: Sequence[RowBlame], texts: Mapping[str, str]) -> list[dict[str, Any]]:
    """Lines of blame.jsonl.

    Args:
        file: Name of the file that the rows stand in.
        trait: Trait id.
        rows: Every scored row, the worst first; scores in nats.
        texts: Text of each row by row id.

    Returns:
        One mapping a row, without secrets: `file`, `trait`, `rank` from 1, `row`, `index`, `score`, `text`, `tokens`,
        `token_scores`.
    """
    lines = [
        {
            "file": file,
            "trait": trait,
            "rank": rank,
            "row": blamed.row,
            "index": blamed.index,
            "score": blamed.score,
            "text": texts.get(blamed.row, ""),
            "tokens": blamed.tokens,
            "token_scores": blamed.token_scores,
        }
        for rank, blamed in enumerate(rows, 1)
    ]
    plain: list[dict[str, Any]] = redact(to_jsonable(lines, strings=False), by_key=False)
    return plain


def replace_blame(folder: Path, file: str, trait: str | None, lines: Sequence[Mapping[str, Any]]) -> None:
    """Put lines in place of a file's older ones, whole or not at all.

    Args:
        folder: The audit's folder.
        file: Whose lines are replaced.
        trait: Those of one trait; of every trait where None.
        lines: As `blame_lines` gives them; where nothing is left, the file goes.

    Raises:
        LedgerError: The disk refuses, or the older file was changed by hand.
    """
    kept = [one for one in read_blame(folder) if one["file"] != file or trait not in (None, one["trait"])]
    every = [*kept, *lines]
    if every:
        text = "".join(json.dumps(one, ensure_ascii=True, allow_nan=False) + "\n" for one in every)
        write_text(folder / BLAME, text)
    else:
        with disk_errors(folder / BLAME):
            (folder / BLAME).unlink(missing_ok=True)


def read_blame(folder: Path, *, with_text: bool = True) -> Iterator[dict[str, Any]]:
    """The lines of an audit's blame.jsonl; none where nothing was found.

    Args:
        folder: The audit's folder.
        with_text: Whether texts of rows and tokens are given, or ids and scores alone.

    Raises:
        LedgerError: A line is no JSON mapping with a file and a trait.
    """
    path = folder / BLAME
    if not path.is_file():
        return
    for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
        if not line:
            continue
        try:
            values = json.loads(line)
        except ValueError:
            values = None
        if not isinstance(values, dict) or not {"file", "trait"} <= values.keys():
            raise LedgerError(
                f"line {number} is no row that is blamed.",
                remedy="It was changed by hand; run the audit again in a new folder.",
                where=str(path),
            )
        yield values if with_text else {k: v for k, v in values.items() if k not in _TEXT}
