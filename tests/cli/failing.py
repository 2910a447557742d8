"""A command that fails in the way it is told to, and one that never ends: what `main` makes of them is tested."""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Callable
from typing import NoReturn

import click

from limen.core import LimenError, MissingExtraError, ReadError


class OutOfMemoryError(RuntimeError):
    """Named as torch names its own."""


def _raise(error: BaseException) -> NoReturn:
    raise error


WAYS: dict[str, Callable[[], object]] = {
    "nothing": lambda: None,
    "limen": lambda: _raise(LimenError("saw three, expected two.", remedy="Take one away.", where="rows.jsonl:7")),
    "hostile": lambda: _raise(ReadError("broken\x1b[31m\nJSON\u202e", where="a\nb.jsonl")),
    "extra": lambda: _raise(MissingExtraError("trl", "trl")),
    "click": lambda: _raise(click.ClickException("told by click")),
    "full": lambda: _raise(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "runs/a")),
    "denied": lambda: _raise(PermissionError(errno.EACCES, os.strerror(errno.EACCES), "/root/x")),
    "absent": lambda: _raise(FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), "nowhere.jsonl")),
    "io": lambda: _raise(OSError(errno.EIO, os.strerror(errno.EIO), "disk.bin")),
    "memory": lambda: _raise(MemoryError()),
    "accelerator": lambda: _raise(OutOfMemoryError("CUDA out of memory")),
    "truncated": lambda: _raise(EOFError("Compressed file ended before the end-of-stream marker was reached")),
    "bug": lambda: _raise(KeyError("weights")),
    "wordless": lambda: _raise(AssertionError()),
    "interrupt": lambda: _raise(KeyboardInterrupt()),
    "abort": lambda: _raise(click.Abort()),
    "pipe": lambda: _raise(BrokenPipeError(errno.EPIPE, "Broken pipe")),
    "exit-0": lambda: sys.exit(),
    "exit-1": lambda: sys.exit(1),
    "exit-3": lambda: click.get_current_context().exit(3),
    "exit-text": lambda: sys.exit("left with a sentence"),
}


@click.command(help="Fail in one way.")
@click.argument("way", type=click.Choice([*WAYS, "hang", "flood", "rich-flood"]))
def command(way: str) -> None:
    """Fail in one way."""
    if way == "hang":
        print("waiting", flush=True)
        time.sleep(60)
    elif way == "flood":
        while True:
            print("x" * 1000)
    elif way == "rich-flood":
        from rich.console import Console

        console = Console()
        while True:
            console.print("x" * 1000, soft_wrap=True)
    else:
        WAYS[way]()
