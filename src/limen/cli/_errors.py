"""What a failed command says: one line, the exit code, and never a traceback unless it was asked for.

Exit codes (`limen.core.exit_code` gives 0, 1 and 3): 2 for a mistake of usage or input or an unexpected failure,
130 when interrupted, 141 when whoever read the output has gone away.
"""

from __future__ import annotations

import errno
import os
import shlex
import sys

import click

from limen.core import LimenError

FAILED = 2
INTERRUPTED = 130
READER_GONE = 141

_resume_hint = ""


def offer_again(says: str = "Resume with") -> None:
    """Have an interrupted user shown the command as it was typed, in place of the general sentence.

    Args:
        says: What stands before the command.
    """
    global _resume_hint
    # Taken now: the same words with `--fresh` would begin anew what they are to go on with.
    words = [word for word in sys.argv[1:] if word != "--fresh"]
    _resume_hint = f"{says}: {shlex.join(['limen', *words])}"


def interrupted_line() -> str:
    """What is said after Ctrl-C."""
    return "interrupted. " + (_resume_hint or "Run the same command again; what was finished and stored is used again.")


def error_line(error: BaseException) -> str:
    """One line for an error: what was wrong, and what to do.

    Args:
        error: What a command raised.
    """
    return one_line(f"error: {_message(error)}")


def one_line(text: str) -> str:
    """The text without line breaks and without control characters, which rows and file names may carry.

    Args:
        text: Any text, trusted or not.
    """
    joined = " ".join(text.split())
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in joined)


def _message(error: BaseException) -> str:
    if isinstance(error, LimenError):
        return str(error)
    if isinstance(error, click.UsageError):
        at = f" See: {error.ctx.command_path} --help" if error.ctx else ""
        return f"{_sentence(error.format_message())}{at}"
    if isinstance(error, click.ClickException):
        return error.format_message()
    if isinstance(error, OSError) and error.errno is not None:
        return _os_message(error)
    if isinstance(error, MemoryError) or "OutOfMemory" in type(error).__name__:
        return "out of memory. Use a smaller model, --dtype bfloat16, or a machine with more memory."
    said = str(error)
    return (
        f"unexpected {type(error).__name__}{f': {_sentence(said)}' if said else '.'} "
        "Run it again with --debug and please report what it prints."
    )


def _sentence(text: str) -> str:
    return text if text.rstrip().endswith((".", "?", "!")) else f"{text.rstrip()}."


def _os_message(error: OSError) -> str:
    where = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, str | bytes | os.PathLike) else ""
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return f"{where}no space left on the disk. Free some space and run the same command again."
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return f"{where}permission denied. Check who owns it, or choose another folder."
        case errno.ENOENT:
            return f"{where}no such file or folder. Check the path."
        case errno.EISDIR:
            return f"{where}is a folder, and a file was expected. Name the file."
        case errno.ENOTDIR:
            return f"{where}is a file, and a folder was expected. Name the folder."
        case errno.EMFILE | errno.ENFILE:
            return f"{where}too many open files. Raise the limit with: ulimit -n 4096"
        case _:
            return f"{where}{_sentence(error.strerror or str(error))}"
