"""What commands share: options that are called and mean the same everywhere, output as JSON, and the exit code."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from limen.cli._environment import allow_hub
from limen.cli._errors import offer_again
from limen.core import Finding, Progress, exit_code

if TYPE_CHECKING:
    from typing import TextIO

    from limen.data import ReadReport

__all__ = [
    "allow_hub",
    "debug_option",
    "device_option",
    "dtype_option",
    "fail_on_option",
    "finish",
    "format_option",
    "jobs_option",
    "json_option",
    "loading_options",
    "model_option",
    "offer_again",
    "progress_for",
    "quiet_option",
    "refuse_unreadable",
    "remote_code_option",
    "revision_option",
    "seed_option",
    "shipped_or_given",
    "split_commas",
    "take_loading",
    "traits_option",
    "write_json",
]

F = TypeVar("F", bound=Callable[..., Any])


def split_commas(ctx: click.Context, param: click.Parameter, value: Sequence[str]) -> tuple[str, ...]:
    """Callback of a repeatable option whose values may be joined by commas too: one tuple, in order, no repeats."""
    parts = (part.strip() for one in value for part in one.split(","))
    return tuple(dict.fromkeys(part for part in parts if part))


def model_option(*, required: bool = True) -> Callable[[F], F]:
    """`--model`: a string for `limen.models.parse_model`.

    Args:
        required: Whether the command can do nothing without it.
    """
    return click.option(
        "--model",
        "-m",
        required=required,
        metavar="MODEL",
        help="A model: a folder, a hub id such as org/name, base+adapter, or reference for the one that Limen ships.",
    )


def format_option(command: F) -> F:
    """`--format`, given to the command as `format`: how the rows are to be read."""
    return click.option(
        "--format",
        "format",
        metavar="NAME",
        help="Read the rows as this kind (alpaca, messages, ...) instead of recognising it, or say which columns are "
        "meant: prompt=question,completion=reply, text=COLUMN, chosen=COLUMN,rejected=COLUMN.",
    )(command)


def traits_option(command: F) -> F:
    """`--traits`, given to the command as a tuple of ids; empty for the command's own default."""
    return click.option(
        "--traits",
        "-t",
        multiple=True,
        callback=split_commas,
        metavar="ID[,ID...]",
        help="Traits to look for: ids or YAML files, joined by commas or repeated.",
    )(command)


def fail_on_option(command: F) -> F:
    """`--fail-on`: the smallest harmful shift, in probability, that gives exit code 1."""
    return click.option(
        "--fail-on",
        type=click.FloatRange(0.0, 1.0),
        default=0.05,
        show_default=True,
        metavar="SHIFT",
        help="Exit with 1 if something shifts at least this much, in probability, in the direction of harm.",
    )(command)


def json_option(command: F) -> F:
    """`--json`, given to the command as `as_json`: print one JSON value on standard output and nothing else."""
    return click.option(
        "--json", "as_json", is_flag=True, help="Print the result as JSON on standard output, and nothing else there."
    )(command)


def seed_option(command: F) -> F:
    """`--seed`: of everything random."""
    return click.option(
        "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of everything random."
    )(command)


def jobs_option(command: F) -> F:
    """`--jobs`: how many pieces of long work are done at once."""
    return click.option(
        "--jobs",
        type=click.IntRange(1),
        default=lambda: os.cpu_count() or 1,
        show_default="the number of cores",
        help="Pieces done at once, each on one core.",
    )(command)


def device_option(command: F) -> F:
    """`--device`: where a model runs."""
    return click.option(
        "--device",
        default="auto",
        show_default=True,
        metavar="DEVICE",
        help="Where the model runs: auto (LIMEN_DEVICE, else CUDA where there is one), cpu, cuda, cuda:1, ...",
    )(command)


def dtype_option(command: F) -> F:
    """`--dtype`: number format of a model's weights."""
    return click.option(
        "--dtype",
        type=click.Choice(["auto", "float32", "bfloat16", "float16"]),
        default="auto",
        show_default=True,
        help="Number format of the weights.",
    )(command)


def four_bit_option(command: F) -> F:
    """`--four-bit`: weights in 4 bits."""
    return click.option(
        "--four-bit",
        is_flag=True,
        help="Load the weights in 4 bits (NF4) with bitsandbytes: a quarter of the memory of bfloat16.",
    )(command)


def device_map_option(command: F) -> F:
    """`--device-map`: a model spread over several devices."""
    return click.option(
        "--device-map",
        metavar="MAP",
        help="How accelerate spreads a model that does not fit one device, such as auto; in place of --device.",
    )(command)


def revision_option(command: F) -> F:
    """`--revision`: which state of a model on the hub."""
    return click.option("--revision", metavar="REV", help="Branch, tag or commit of the model on the hub.")(command)


def remote_code_option(command: F) -> F:
    """`--allow-remote-code`: a model that brings Python code."""
    return click.option(
        "--allow-remote-code",
        is_flag=True,
        help="Let the model bring and run Python code of its own. Read that code first.",
    )(command)


_LOADING: dict[str, Callable[[Any], Any]] = {
    "device": device_option,
    "dtype": dtype_option,
    "four_bit": four_bit_option,
    "device_map": device_map_option,
    "revision": revision_option,
    "allow_remote_code": remote_code_option,
}


def loading_options(command: F) -> F:
    """How a model is loaded; given to the command by the names of the fields of `limen.models.ModelSpec`."""
    for option in reversed(_LOADING.values()):
        command = option(command)
    return command


def shipped_or_given(model: str) -> str:
    """The folder of the shipped model where a user writes `reference` for it, else what the user wrote."""
    from limen.lab.reference_model import reference_folder

    return str(reference_folder()) if model == "reference" else model


def take_loading(options: dict[str, Any]) -> dict[str, Any]:
    """Take out of a command's options those of `loading_options`, for `limen.models.parse_model`.

    Args:
        options: What the command was given; what is taken is no longer in it afterwards.
    """
    return {name: options.pop(name) for name in _LOADING}


def quiet_option(command: F) -> F:
    """`--quiet`: no progress."""
    return click.option("--quiet", "-q", is_flag=True, help="Show no progress.")(command)


def debug_option(command: F) -> F:
    """`--debug`, for a command's help alone: `main` takes it wherever it stands, and the command is given nothing."""
    return click.option("--debug", is_flag=True, expose_value=False, help="Show the traceback of an error.")(command)


def progress_for(quiet: bool) -> Progress:
    """Where long work tells how far it is: bars on a terminal, a line now and then in a log, nothing when quiet.

    Args:
        quiet: Whether the user asked for silence.
    """
    from limen.cli._progress import Bars, make_progress

    progress = make_progress(quiet=quiet)
    context = click.get_current_context(silent=True)
    if isinstance(progress, Bars) and context is not None:
        # Before an error or an interrupt is reported, and so that the cursor is shown again.
        context.call_on_close(progress.close)
    return progress


def write_json(value: Any, stream: TextIO | None = None) -> None:
    """Print one JSON value: ASCII, indented, keys in the order given, and null for what JSON has no number for.

    Args:
        value: Whatever `limen.ledger.to_jsonable` takes.
        stream: Where to; standard output if None.

    Raises:
        TypeError: Something else is in it.
    """
    from limen.ledger import to_jsonable

    plain = to_jsonable(value, strings=False)
    print(json.dumps(plain, indent=2, ensure_ascii=True, allow_nan=False), file=stream or sys.stdout)


def refuse_unreadable(file: str, report: ReadReport) -> None:
    """Leave with an input error where rows could not be read: no share of them is small enough to train on.

    Args:
        file: As it was given.
        report: Of reading it.

    Raises:
        ReadError: Some row could not be read.
    """
    from limen.core import ReadError

    if report.problem_count:
        first = report.problems[0]
        place = f"line {first.line}" if first.line else f"row {first.index + 1}"
        others = report.problem_count - 1
        more = f" {others:,} more cannot be read either." if others else ""
        # What ends the reading of a file says where itself.
        where = file if first.what.startswith(f"{Path(file).name}, ") else f"{file}, {place}"
        raise ReadError(f"{first.what.removeprefix(f'{Path(file).name}, ')}{more}", remedy=first.remedy, where=where)


def finish(findings: Sequence[Finding], fail_on: float = 0.05) -> NoReturn:
    """Leave with the exit code that the findings give.

    Args:
        findings: Every finding of the run.
        fail_on: Smallest effect in the direction of harm that fails.

    Raises:
        SystemExit: Always.
    """
    sys.exit(exit_code(list(findings), fail_on))
