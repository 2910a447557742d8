"""The manifest of a fix: JSON Lines, with a head, a line for each row that was touched, and an end with the hashes.

The head says how to undo it, a line why the row was touched.

It holds what was taken out, word for word, for nothing else could bring it back: it is as private as the file was, and
nobody but its owner may read it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from limen.core import DataError

FORMAT = "limen-fix-manifest"
VERSION = 2
READABLE = (1, VERSION)
"""Versions that can be undone; the first says nothing of why beside the codes."""
SUFFIX = ".manifest"
"""No suffix that a reader knows: a folder's manifests are not taken for its data."""


@dataclass(frozen=True)
class Touched:
    """A row that a fix touched.

    Attributes:
        ordinal: Which segment of the original it was, from 0.
        index: Which row of the original it was, from 0.
        action: `drop`, `change`, or `add` for a row of the new file that stands behind what became of this one.
        codes: Codes of the rules that asked for it; none where only what separates rows was written anew.
        why: What was found of the row, by code.
        raw: Its bytes in the original, with what stood in front of it; none for a row that is added.
        row: The row's id, that of the new row where one is added; empty for one that could not be read.
        line: Line of the original on which it started, from 1, where that is known.
    """

    ordinal: int
    index: int | None
    action: str
    codes: tuple[str, ...]
    why: Sequence[Mapping[str, Any]]
    raw: bytes
    row: str = ""
    line: int | None = None


def manifest_path(out: Path) -> Path:
    """Where the manifest of a fixed file stands: beside it."""
    return out.with_name(out.name + SUFFIX)


def open_private(path: Path) -> TextIO:
    """A new text file that its owner alone may read.

    Args:
        path: The file.

    Raises:
        OSError: It cannot be made.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    return os.fdopen(descriptor, "w", encoding="utf-8")


def head_of(source: str, out: Path, layout: str, why_not: str) -> dict[str, Any]:
    """The head of a manifest.

    Args:
        source: The name of the original.
        out: The fixed file.
        layout: How its rows lie.
        why_not: Why the fix cannot be undone byte for byte; empty where it can.
    """
    how = f"In this folder: limen check --undo {shlex.quote(manifest_path(out).name)} RESTORED"
    if why_not:
        how = f"There is none byte for byte: {why_not}. The fix did not change the original: take that."
    head = {"format": FORMAT, "version": VERSION, "source": source, "output": out.name}
    return {**head, "layout": layout, "why_not": why_not, "undo": how}


def line_of(value: dict[str, Any]) -> str:
    """A value as a line of the manifest."""
    return json.dumps(value, ensure_ascii=True, allow_nan=False) + "\n"


def touched_line(one: Touched) -> str:
    """A touched row as a line of the manifest."""
    value: dict[str, Any] = {
        "ordinal": one.ordinal,
        "index": one.index,
        "line": one.line,
        "row": one.row,
        "action": one.action,
        "codes": list(one.codes),
        "why": list(one.why),
        "sha256": hashlib.sha256(one.raw).hexdigest(),
    }
    try:
        value["raw"] = one.raw.decode("utf-8")
    except UnicodeDecodeError:
        value["raw_base64"] = base64.b64encode(one.raw).decode()
    return line_of(value)


def read_manifest(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a manifest, the head first.

    Args:
        path: The manifest.

    Raises:
        DataError: It is none, or is damaged.
        OSError: It cannot be read.
    """
    remedy = f"Name the file that limen check --fix wrote beside its output; it ends in {SUFFIX}."
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            try:
                value = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise DataError(
                    "this is no manifest of a fix.", remedy=remedy, where=f"{path}, line {number}"
                ) from error
            head = isinstance(value, dict) and (number > 1 or value.get("format") == FORMAT)
            if not head or (number == 1 and value.get("version") not in READABLE):
                raise DataError("this is no manifest of a fix.", remedy=remedy, where=f"{path}, line {number}")
            yield value
        if not file.tell():
            raise DataError("the manifest is empty.", remedy=remedy, where=str(path))


def raw_of(value: dict[str, Any], path: Path) -> bytes:
    """The bytes of a touched row.

    Args:
        value: Its line.
        path: The manifest.

    Raises:
        DataError: They are not those that were written.
    """
    try:
        raw = value["raw"].encode() if "raw" in value else base64.b64decode(value["raw_base64"], validate=True)
        whole: bool = hashlib.sha256(raw).hexdigest() == value["sha256"]
    except (KeyError, AttributeError, ValueError, TypeError):
        whole = False
    if not whole:
        raise DataError("a row of the manifest is damaged.", remedy="Take the original from a backup.", where=str(path))
    return raw
