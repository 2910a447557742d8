"""Excerpts: what is shown of the rows that findings name, read in a second pass that ends with the last of them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from limen.before.check.masking import Mask
from limen.core import Finding, Message, Row
from limen.data import Problem, RowStream

TEXT = 400
"""Most characters of a row that are shown, beside a sign where it is cut."""

MARGIN = 8192
"""Characters on both sides of what is shown that are looked at for what must be masked, so that no half is missed."""

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


Masking = Callable[[str], Sequence[Mask]]
"""Says of a text which stretches are not shown as they are."""


def as_it_is(text: str) -> Sequence[Mask]:
    """Masks nothing."""
    return ()


def with_excerpts(findings: Sequence[Finding], rows: RowStream, masking: Masking = as_it_is) -> list[Finding]:
    """Findings whose examples carry `line`, `source` (the file within a folder), `text` and `text_span`.

    Of the other rows that an example's note speaks of, the lines are put into the note.

    Args:
        findings: From rules; example rows stand in their evidence under `examples`.
        rows: The rows, read to their end; a copy of the stream is read again, as far as the last row named.
        masking: What of a text is not shown as it is.

    Returns:
        The findings in the same order.
    """
    wanted: dict[int, list[dict[str, Any]]] = {}
    others: dict[int, list[dict[str, Any]]] = {}
    told = [[dict(example) for example in finding.evidence.get("examples") or ()] for finding in findings]
    for examples in told:
        for example in examples:
            wanted.setdefault(example["index"], []).append(example)
            if "other_rows" in example:
                example["other_rows"] = [dict(other) for other in example["other_rows"]]
                for other in example["other_rows"]:
                    others.setdefault(other["index"], []).append(other)
    _fill(wanted, others, rows.copy(), {problem.index: problem for problem in rows.report.problems}, masking)
    for examples in told:
        for example in examples:
            example["note"] = _with_lines(example)
    return [
        replace(finding, evidence={**finding.evidence, "examples": examples}) if examples else finding
        for finding, examples in zip(findings, told, strict=True)
    ]


def _fill(
    wanted: dict[int, list[dict[str, Any]]],
    others: dict[int, list[dict[str, Any]]],
    rows: RowStream,
    problems: dict[int, Problem],
    masking: Masking,
) -> None:
    for index, examples in wanted.items():
        problem = problems.get(index)
        for example in examples:
            example |= {"line": problem.line if problem else None, "source": "", "text": "", "text_span": None}
            if problem and not example.get("row"):
                example["note"] = problem.what  # the place is told beside it
    folder = _folder(rows.report.source)
    left = {index for index in wanted if index not in problems} | others.keys()
    if not left:
        return
    for row in rows:
        if row.index in left:
            left.discard(row.index)
            within = folder is not None and Path(row.source).is_relative_to(folder)
            source = Path(row.source).relative_to(folder).as_posix() if folder is not None and within else ""
            for example in wanted.get(row.index, ()):
                found = excerpt(row, example.get("field", ""), example.get("start"), example.get("end"), masking)
                example |= {"line": row.line, "text": found.text, "text_span": found.span and list(found.span)}
                example["source"] = source
            for other in others.get(row.index, ()):
                other |= {"line": row.line, "source": source}
        if not left:
            break


def _with_lines(example: dict[str, Any]) -> str:
    """The note of an example with the line of each other row that it speaks of, as far as these are known."""
    note = str(example.get("note", ""))
    for other in example.get("other_rows", ()):
        if other["line"]:
            of = f" of {other['source']}" if other["source"] else ""
            said = f"row {other['index'] + 1}"
            at = re.search(rf"\b{said}(?:$|(?= ))", note)
            if at is not None:
                comma = "," if at.end() < len(note) else ""
                note = f"{note[: at.start()]}{said}, line {other['line']}{of}{comma}{note[at.end() :]}"
    return note


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
    masking: Masking = as_it_is,
) -> Excerpt:
    """The piece of a row that is shown: its beginning, or the surroundings of a span.

    Args:
        row: The row.
        field: Part of the row that the span lies in; empty for the whole row.
        start: Where the span begins in the text of that part.
        end: Where it ends.
        masking: What of a text is not shown as it is.
    """
    text = field_text(row, field)
    if start is None or end is None or not 0 <= start < end <= len(text):
        start = end = 0
    begin = max(0, start - _BEFORE) if end > TEXT else 0
    stop = min(len(text), begin + TEXT)
    at = max(0, begin - MARGIN)
    found = [replace(m, start=m.start + at, end=m.end + at) for m in masking(text[at : stop + MARGIN])]
    # What is masked is shown whole or not at all, and a span that begins or ends in it takes in all of it
    begin, _ = _around(begin, found)
    _, stop = _around(stop, found)
    start, end = (_around(start, found)[0], min(_around(end, found)[1], stop)) if end else (begin, begin)
    before, span, after = (_shown(text, found, a, b) for a, b in pairwise((begin, start, end, stop)))
    before = f"…{before}" if begin else before
    after = f"{after}…" if stop < len(text) else after
    return Excerpt(before + span + after, (len(before), len(before) + len(span)) if span else None)


def _around(place: int, masks: Sequence[Mask]) -> tuple[int, int]:
    """Beginning and end of what is masked around a place; twice the place itself where nothing is."""
    return next(((m.start, m.end) for m in masks if m.start < place < m.end), (place, place))


def _shown(text: str, masks: Sequence[Mask], start: int, end: int) -> str:
    """A piece of a text that cuts nothing masked in two, with what is masked replaced."""
    parts: list[str] = []
    at = start
    for one in masks:
        if start <= one.start and one.end <= end:
            parts += [text[at : one.start], one.shown]
            at = one.end
    return "".join([*parts, text[at:end]])


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
