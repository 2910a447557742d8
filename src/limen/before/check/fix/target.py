"""A file that a fix writes: new, never one that is read, and there only once it is whole."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from limen.core.writing import refuse_present, refuse_read


@contextmanager
def new_file(target: Path, read: Sequence[Path], *, overwrite: bool) -> Iterator[Path]:
    """A path to write to, which takes the target's place when everything has gone well.

    Args:
        target: The file that is to be there in the end.
        read: Files that are read while it is written; a folder means every file in it.
        overwrite: Whether a file that is there may be replaced.

    Yields:
        The path of a file beside the target.

    Raises:
        UsageError: The target is there, or is one of the files that are read.
        OSError: The system refuses.
    """
    refuse_read(target, read)
    refuse_present(target, overwrite=overwrite)
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        yield part
        os.replace(part, target)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()
