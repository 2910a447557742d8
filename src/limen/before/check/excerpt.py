"""Excerpts: what is shown of the rows that findings name, read in a second pass that ends with the last of them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from limen.core import Finding, Message, Row
from limen.data import Problem, RowStream

TEXT = 400
"""Most characters of a row that are shown, beside a sign where it is cut."""

MARGIN = 8192
"""Characters on both sides of what is shown that `shown` is given besides, so that it sees no half of anything."""

_BEFORE = 120  # characters shown in front of a span that lies further inside a text
_TURN = re.compile(r"(messages|prompt|answer|rejected)\[(\d+)\]")


@dataclass(frozen=True)
class Excerpt:
    """What is shown of a row.

    Attributes:
        text: A piece of the row's text.
        span: Where in the piece the hit begins and ends; None where it lies at no one place.
    """

    text: str
    span: tuple[int, int] | None = None


def as_it_is(text: str) -> str:
    """The text unchanged."""
    return text


def with_excerpts(
    findings: Sequence[Finding], rows: RowStream, shown: Callable[[str], str] = as_it_is
) -> list[Finding]:
    """Findings whose examples carry `line`, `source` (the file within a folder), `text` and `text_span`.

    Args:
        findings: From rules; example rows stand in their evidence under `examples`.
        rows: The rows, read to their end; a copy of the stream is read again, as far as the last row named.
        shown: Makes of a text what may be shown of it.

    Returns:
        The findings in the same order.
    """
    wanted: dict[int, list[dict[str, Any]]] = {}
    told = [[dict(example) for example in finding.evidence.get("examples") or ()] for finding in findings]
    for examples in told:
        for example in examples:
            wanted.setdefault(example["index"], []).append(example)
    _fill(wanted, rows.copy(), {problem.index: problem for problem in rows.report.problems}, shown)
    return [
        replace(finding, evidence={**finding.evidence, "examples": examples}) if examples else finding
        for finding, examples in zip(findings, told, strict=True)
    ]


def _fill(
    wanted: dict[int, list[dict[str, Any]]],
    rows: RowStream,
    problems: dict[int, Problem],
    shown: Callable[[str], str],
) -> None:
    for index, examples in wanted.items():
        problem = problems.get(index)
        for example in examples:
            example |= {"line": problem.line if problem else None, "source": "", "text": "", "text_span": None}
            if problem and not example.get("row"):
                example["note"] = problem.what  # the place is told beside it
    folder = _folder(rows.report.source)
    left = {index for index in wanted if index not in problems}
    if not left:
        return
    for row in rows:
        if row.index in left:
            left.discard(row.index)
            for example in wanted[row.index]:
                found = excerpt(row, example.get("field", ""), example.get("start"), example.get("end"), shown)
                example |= {"line": row.line, "text": found.text, "text_span": found.span and list(found.span)}
                if folder is not None and Path(row.source).is_relative_to(folder):
                    example["source"] = Path(row.source).relative_to(folder).as_posix()
        if not left:
            break


def _folder(source: str) -> Path | None:
    """The folder that a source names, with a split or without, or None."""
    for name in (source, source.rpartition(":")[0]):
        if name and (folder := Path(name).expanduser()).is_dir():
            return folder
    return None


def excerpt(
    row: Row,
    field: str = "",
    start: int | None = None,
    end: int | None = None,
    shown: Callable[[str], str] = as_it_is,
) -> Excerpt:
    """The piece of a row that is shown: its beginning, or the surroundings of a span.

    Args:
        row: The row.
        field: Part of the row that the span lies in; empty for the whole row.
        start: Where the span begins in the text of that part.
        end: Where it ends.
        shown: Makes of a text what may be shown of it.
    """
    text = field_text(row, field)
    if start is None or end is None or not 0 <= start < end <= len(text):
        start = end = 0
    begin = max(0, start - _BEFORE) if end > TEXT else 0
    stop = begin + TEXT
    cuts = (max(0, begin - MARGIN), begin, min(start, stop), min(end, stop), stop, stop + MARGIN)
    parts = [text[a:b] for a, b in pairwise(cuts)]
    seen = [shown(part) for part in parts]
    whole = shown("".join(parts))
    if "".join(seen) != whole:
        # What must not be shown lies across a cut. The whole is safe but for its own edges.
        edge = MARGIN // 2 if cuts[0] else 0
        return Excerpt(whole[edge : edge + TEXT])
    _, before, span, after, _ = seen
    before = f"…{before}" if begin else before
    after = f"{after}…" if stop < len(text) else after
    return Excerpt(before + span + after, (len(before), len(before) + len(span)) if span else None)


def field_text(row: Row, field: str) -> str:
    """The text that a hit's `start` and `end` count in.

    Args:
        row: The row.
        field: `prompt`, `answer` or `rejected` (their turns, joined by line breaks), one turn of them or of all
            `messages`, such as `prompt[0]`, `tools` (tool calls and schemas as JSON), or the name of a further
            column; anything else is the whole row's text.
    """
    parts = {"prompt": row.prompt, "answer": row.answer, "rejected": row.rejected, "messages": row.messages}
    if field in parts:
        return _joined(parts[field])
    turn = _TURN.fullmatch(field)
    if turn and int(turn[2]) < len(parts[turn[1]]):
        return parts[turn[1]][int(turn[2])].content
    if field == "tools":
        beside = [m.extra for m in (*row.prompt, *row.answer, *row.rejected) if m.extra]
        return json.dumps([*beside, *row.tools], ensure_ascii=False, default=str)
    column = row.columns.get(field)
    return column if isinstance(column, str) else row.text


def _joined(messages: tuple[Message, ...]) -> str:
    return "\n".join(m.content for m in messages)
