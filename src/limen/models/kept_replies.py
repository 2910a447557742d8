"""KeptReplies: what a server answered, kept on disk, so that an interrupted run asks nothing twice.

Requests are known by their SHA-256 alone: the file holds numbers and no text of any row.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from pathlib import Path
from typing import Any

import numpy as np

from limen.core import LedgerError

FILE = "replies.sqlite"
"""The file's name in the folder of a run."""


class KeptReplies:
    """Arrays of float64 by request, in one file; it is made with the first answer that is kept.

    Args:
        file: Where they are kept; None keeps them in memory alone.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._base: sqlite3.Connection | None = None

    def get(self, request: dict[str, Any]) -> np.ndarray | None:
        """What was answered to a request; None where nothing was yet.

        Args:
            request: Everything that the answer depends on, as JSON values.
        """
        with self._lock:
            base = self._open(to_write=False)
            found = (
                base.execute("SELECT answer FROM replies WHERE request = ?", (_key(request),)).fetchone()
                if base
                else None
            )
        return None if found is None else np.frombuffer(found[0], dtype=np.float64).copy()

    def keep(self, request: dict[str, Any], answer: np.ndarray) -> None:
        """Keep an answer.

        Args:
            request: As in `get`.
            answer: Log-probabilities or token ids; float64 holds either exactly.

        Raises:
            LedgerError: The disk refuses.
        """
        blob = np.ascontiguousarray(answer, dtype=np.float64).tobytes()
        with self._lock:
            try:
                base = self._open(to_write=True)
                assert base is not None
                base.execute("INSERT OR REPLACE INTO replies VALUES (?, ?)", (_key(request), blob))
            except sqlite3.Error as error:
                raise self._refused(error) from error

    def forget(self) -> None:
        """Delete everything that was kept."""
        with self._lock:
            if self._base is not None:
                self._base.close()
                self._base = None
            if self._file is not None:
                for end in ("", "-wal", "-shm", "-journal"):
                    self._file.with_name(self._file.name + end).unlink(missing_ok=True)

    def _open(self, *, to_write: bool) -> sqlite3.Connection | None:
        if self._base is None and (to_write or (self._file is not None and self._file.is_file())):
            try:
                if self._file is not None:
                    self._file.parent.mkdir(parents=True, exist_ok=True)
                # Requests are answered in several threads, one of which has the lock.
                self._base = sqlite3.connect(self._file or ":memory:", check_same_thread=False, isolation_level=None)
                # A reply that a power cut takes is asked for again; waiting for the disk at each would cost more.
                self._base.execute("PRAGMA synchronous = OFF")
                self._base.execute("PRAGMA journal_mode = WAL")
                self._base.execute("CREATE TABLE IF NOT EXISTS replies (request BLOB PRIMARY KEY, answer BLOB)")
            except sqlite3.Error as error:
                raise self._refused(error) from error
        return self._base

    def _refused(self, error: sqlite3.Error) -> LedgerError:
        return LedgerError(
            f"the server's answers cannot be kept there ({error}).",
            remedy="Free some space, or delete this file to ask for them again.",
            where=str(self._file or "memory"),
        )


def _key(request: dict[str, Any]) -> bytes:
    return hashlib.sha256(json.dumps(request, sort_keys=True).encode()).digest()
