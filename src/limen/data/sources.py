"""Sources: what gives records. A file, a folder, the hub, or an object in memory."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from limen.core import ReadError, UsageError
from limen.data.readers import Reader, hash_file, known_suffixes, reader_for
from limen.data.readers._open import inner_suffix, unreadable
from limen.data.records import Broken, Record, as_record

_HUB = re.compile(r"(?:hf://)?(?P<id>[\w.-]+/[\w.-]+)(?:/(?P<config>[\w.-]+))?(?::(?P<split>[\w.+\[\]%:-]+))?")
PREFERRED_SPLIT = "train"


class Source(Protocol):
    """Gives records, again and again.

    Attributes:
        name: What errors and reports call it.
        reader: What reads it.
    """

    name: str
    reader: str

    def records(self) -> Iterator[Record | Broken]:
        """The records in order.

        Raises:
            ReadError: Reading cannot go on.
        """

    def sha256(self) -> str:
        """Hash of the content, hexadecimal; after the records were read."""


def is_hub_id(source: str) -> bool:
    """Whether a source names a data set on the hub and not a path.

    Args:
        source: What the user wrote.
    """
    if source.startswith("hf://"):
        return True
    bare = _HUB.fullmatch(source)
    return bare is not None and bare["config"] is None and not Path(source).exists() and not _file_like(source)


def _file_like(source: str) -> bool:
    """Whether a name ends like a data file, so that a path mistyped is never looked up on the network."""
    return source.startswith(("/", "./", "../", "~")) or inner_suffix(Path(source)) in known_suffixes()


def open_source(source: Any) -> Source:
    """The source that a user named.

    Args:
        source: See `read_rows`.

    Raises:
        ReadError: There is no such source, or no reader for it.
        UsageError: It is nothing that rows can be read from.
    """
    if isinstance(source, str) and is_hub_id(source):
        from limen.data.hub import HubSource

        match = _HUB.fullmatch(source)
        if match is None:
            raise ReadError(
                "not a hub id.", remedy="Write it as hf://org/name, hf://org/name:split or hf://org/name/config:split.",
                where=source,
            )  # fmt: skip
        return HubSource(match["id"], match["config"], match["split"], name=source)
    if isinstance(source, (str, os.PathLike)):
        return _path_source(os.fspath(source))
    if isinstance(source, Sequence) and not isinstance(source, (bytes, bytearray)):
        return RowsInMemory(source)
    if hasattr(source, "column_names"):
        from limen.data.hub import DatasetSource

        return DatasetSource(source)
    raise UsageError(
        f"rows cannot be read from an object of type {type(source).__name__}.",
        remedy="Give a path, a hub id, a datasets.Dataset or a list of dicts.",
    )


def _path_source(text: str) -> Source:
    path = Path(text).expanduser()
    if path.is_dir():
        from limen.data.folder import open_folder

        return open_folder(path)
    name, colon, split = text.rpartition(":")
    if colon and not path.exists() and Path(name).is_dir():
        from limen.data.folder import open_folder

        return open_folder(Path(name), split)
    try:
        if path.stat().st_size == 0:
            raise ReadError("the file is empty.", remedy="Name a file with at least one row.", where=text)
        return FileSource([path], reader_for(path), name=text)
    except OSError as error:
        raise unreadable(path, error) from error
    except ValueError as error:  # a NUL byte in the path
        raise ReadError(f"not a path: {error}.", remedy="Check the path.", where=repr(text)) from error


class FileSource:
    """One file, or several of one folder read one after the other."""

    def __init__(self, paths: Sequence[Path], reader: Reader, *, name: str) -> None:
        self._paths = paths
        self._reader = reader
        self.name = name
        self.reader = reader.name

    def records(self) -> Iterator[Record | Broken]:
        """The records of each file in turn."""
        for path in self._paths:
            yield from self._reader.records(path)

    def sha256(self) -> str:
        """Hash of the file as it lies on the disk; of several: of their names and hashes."""
        try:
            if len(self._paths) == 1:
                return hash_file(self._paths[0])
            whole = hashlib.sha256()
            for path in self._paths:
                whole.update(f"{path.name} {hash_file(path)}\n".encode())
            return whole.hexdigest()
        except OSError as error:
            raise unreadable(self._paths[0], error) from error


class RowsInMemory:
    """A list of dicts."""

    reader = "memory"
    name = "rows in memory"

    def __init__(self, rows: Sequence[Any]) -> None:
        self._rows = rows
        self._sha = hashlib.sha256()

    def records(self) -> Iterator[Record | Broken]:
        """The dicts in order."""
        self._sha = hashlib.sha256()
        for value in self._rows:
            update_hash(self._sha, value)
            yield as_record(value)

    def sha256(self) -> str:
        """Hash of the content of the rows that were read."""
        return self._sha.hexdigest()


def update_hash(sha: Any, value: Any) -> None:
    """Add a row in memory to a running hash.

    Args:
        sha: From hashlib.
        value: The row.
    """
    try:
        text = json.dumps(value if not isinstance(value, Mapping) else dict(value), sort_keys=True, default=str)
    except (TypeError, ValueError, RecursionError):
        text = repr(type(value))
    sha.update(text.encode("utf-8", "surrogatepass") + b"\n")
