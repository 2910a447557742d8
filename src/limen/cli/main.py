"""`limen`: the one place where an error becomes a line and an exit code. The commands stand in `_commands.py`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

import limen
from limen.cli import _environment, _errors
from limen.cli._commands import COMMANDS
from limen.cli._lazy import LazyGroup


def _version(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        click.echo(f"limen {limen.__version__}")
        ctx.exit()


app = LazyGroup(
    name="limen",
    table=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    params=[
        click.Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_version,
            help="Show the version and exit.",
        ),
        click.Option(
            ["--debug"],
            is_flag=True,
            expose_value=False,
            help="Show the traceback of an error; may stand after any command (also: LIMEN_DEBUG=1).",
        ),
    ],
    help=(
        "Limen shows what a fine-tune teaches below the threshold of what anyone can read in the data.\n\n"
        "Exit codes: 0 clear, 1 found at or above --fail-on, 2 usage or input error, "
        "3 inconclusive or not measured, 130 interrupted."
    ),
)


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        args: Arguments after the program's name; None for those of the process.

    Returns:
        The exit code.
    """
    words, debug = _without_debug(list(sys.argv[1:] if args is None else args))
    _environment.prepare(debug=debug)
    for stream in (sys.stdout, sys.stderr):
        # A row may hold what the terminal's encoding cannot show; that is no reason to fail.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _run(words)
        sys.stdout.flush()
    except (KeyboardInterrupt, click.Abort) as error:
        return _fail(error, _errors.interrupted_line(), _errors.INTERRUPTED, debug)
    except BrokenPipeError:
        # The interpreter flushes standard output once more on its way out and would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _errors.READER_GONE
    except Exception as error:
        return _fail(error, _errors.error_line(error), _errors.FAILED, debug)
    return code


def _without_debug(words: list[str]) -> tuple[list[str], bool]:
    # Looked for here, so that it works behind every command and for errors that are raised before one runs.
    end = words.index("--") if "--" in words else len(words)
    rest = [word for at, word in enumerate(words) if word != "--debug" or at > end]
    return rest, len(rest) < len(words) or os.environ.get("LIMEN_DEBUG", "") not in {"", "0"}


def _run(words: list[str]) -> int:
    # Not `app.main`: it takes every EOFError, a truncated file's too, for an interrupt.
    try:
        with app.make_context("limen", words or ["--help"]) as ctx:
            app.invoke(ctx)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return error.exit_code
    except SystemExit as leaving:
        if isinstance(leaving.__context__, BrokenPipeError):
            # Rich has its consoles leave with 1 where their reader has gone, as if something had been found.
            raise leaving.__context__ from None
        if leaving.code is None or isinstance(leaving.code, int):
            return leaving.code or 0
        raise click.ClickException(str(leaving.code)) from leaving
    return 0


def _fail(error: BaseException, line: str, code: int, debug: bool) -> int:
    if debug:
        import traceback

        traceback.print_exception(error, file=sys.stderr)
    click.echo(line, err=True)
    return code
