"""Files that a command writes: never one that it reads, and there only once they are whole."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from limen.core.errors import UsageError

_NEVER_READ = (".html", ".htm", ".md", ".markdown", ".sarif", ".xml")
"""Ends of reports that no reader of rows and no loader of models takes for its own."""


def same_file(one: Path, other: Path) -> bool:
    """Whether two paths name one file, through symbolic and hard links too.

    Args:
        one: A path; nothing need be there.
        other: Another.
    """
    if one.resolve() == other.resolve():
        return True
    return one.exists() and other.exists() and os.path.samefile(one, other)


def refuse_read(target: Path, read: Sequence[Path], *, report: bool = False) -> None:
    """Refuse to write to what is read.

    Args:
        target: The file that is to be written.
        read: Files that are read; a folder means every file in it.
        report: Whether it is a report, which may stand in a folder that is read if its name ends as no data does.

    Raises:
        UsageError: The target is one of them.
    """
    beside = report and target.suffix.lower() in _NEVER_READ
    for source in read:
        within = not beside and source.is_dir() and target.resolve().is_relative_to(source.resolve())
        if within and not same_file(target, source) and not target.exists():
            raise UsageError(
                f"this stands in the folder {source}, which is read, and it is never written to.",
                remedy="Write to another folder.",
                where=str(target),
            )
        if within or same_file(target, source):
            raise UsageError(
                "this is the file that is read, and it is never written to.",
                remedy="Write to another file.",
                where=str(target),
            )


def refuse_present(target: Path, *, overwrite: bool) -> None:
    """Refuse to write to what is there, unless that was asked for.

    Args:
        target: The file that is to be written.
        overwrite: Whether a file that is there may be replaced.

    Raises:
        UsageError: Something is there.
    """
    if os.path.lexists(target) and not overwrite:
        raise UsageError("the file is there already.", remedy="Choose another, or say --overwrite.", where=str(target))


@contextmanager
def put_in_place(target: Path) -> Iterator[Path]:
    """A path to write to, which takes the target's place when everything has gone well.

    A target that is no plain file, such as a pipe, is written to as it is; of a link, what it points to is replaced.

    Args:
        target: The file that is to be there in the end; one that is there is replaced and lends its permissions.

    Yields:
        The path of a file beside the target.

    Raises:
        OSError: The system refuses.
    """
    target = target.resolve()
    before = target.stat() if target.exists() else None
    if before is not None and not stat.S_ISREG(before.st_mode):
        yield target
        return
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        yield part
        if before is not None:
            shutil.copymode(target, part)
        os.replace(part, target)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()
