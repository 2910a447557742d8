"""Files that are whole or not there: written beside, flushed, then put in place in one step."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from limen.core import LedgerError


@contextlib.contextmanager
def disk_errors(where: Path) -> Iterator[None]:
    """Turn what a disk refuses into a LedgerError with its remedy.

    Args:
        where: The file or folder that is written.

    Raises:
        LedgerError: If the disk is full, the place is read-only or may not be written.
    """
    try:
        yield
    except OSError as error:
        remedies = {
            errno.ENOSPC: "Free some space and run the same command again: it resumes where it stopped.",
            errno.EDQUOT: "Free some of your quota and run the same command again: it resumes where it stopped.",
            errno.EACCES: "Choose a folder that you may write to.",
            errno.EPERM: "Choose a folder that you may write to.",
            errno.EROFS: "Choose a folder on a disk that can be written.",
            errno.ENOTDIR: "Choose a folder, not a file.",
            errno.EEXIST: "Choose a folder, not a file.",
        }
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        what = "the disk is full." if full else f"it cannot be written: {error.strerror or error}."
        remedy = remedies.get(error.errno or 0, "Choose another folder for the audit.")
        raise LedgerError(what, remedy=remedy, where=str(where)) from error


def write_with(path: Path, write: Callable[[BinaryIO], None]) -> None:
    """Write a file through `write`, and put it in place only when it is whole.

    Args:
        path: Where it goes; an older file there is replaced.
        write: Writes everything into the open file.

    Raises:
        LedgerError: If the disk refuses.
    """
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        # Made by `open` and not by `mkstemp`, whose files nobody else may read: a shared folder is to be read.
        name = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
        try:
            with name.open("xb") as file:
                write(file)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, path)
        except BaseException:
            with contextlib.suppress(OSError):
                name.unlink()
            raise


def write_text(path: Path, text: str) -> None:
    """Write a text file whole or not at all."""
    write_with(path, lambda file: _all(file, text.encode()))


def write_json(path: Path, value: Any) -> None:
    """Write a JSON file whole or not at all; NaN and infinities must have been replaced before."""
    write_text(path, json.dumps(value, allow_nan=False, indent=1) + "\n")


def read_json(path: Path) -> Any:
    """Read a JSON file of the ledger.

    Raises:
        LedgerError: If it is not there, cannot be read or is not JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise LedgerError(f"it cannot be read: {error.strerror or error}.", where=str(path)) from error
    except ValueError as error:
        raise LedgerError(
            f"it is not JSON ({error}); somebody has changed it.",
            remedy="Run the audit again in a new folder.",
            where=str(path),
        ) from error


def _all(file: BinaryIO, data: bytes) -> None:
    file.write(data)
