"""Files that a user had a command write: an error names the file, which the system leaves out where a disk is full."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

from limen.core import UsageError
from limen.core.writing import put_in_place


@contextlib.contextmanager
def naming(file: Path) -> Iterator[None]:
    """Have whatever the system refuses name the file that is written.

    Args:
        file: The file.

    Raises:
        UsageError: Its folder is not there, or takes no files.
        OSError: The system refuses otherwise; it names the file.
    """
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOENT:
            missing = not file.parent.is_dir()
            raise UsageError(
                f"cannot be written: the folder {file.parent} "
                + ("does not exist." if missing else "takes no new files."),
                remedy="Make the folder, or choose another." if missing else "Choose another folder.",
                where=str(file),
            ) from error
        if error.filename is None:
            error.filename = str(file)
        raise


def written(file: Path, text: str) -> None:
    """Write a text file, whole or not at all.

    Args:
        file: The file; one that is there is replaced.
        text: What it is to hold.

    Raises:
        UsageError, OSError: As in `naming`.
    """
    with naming(file), put_in_place(file) as part:
        part.write_text(text, encoding="utf-8")
