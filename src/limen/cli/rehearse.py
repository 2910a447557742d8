"""`limen rehearse`: what a short fine-tune on the rows really does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from limen.cli._audit import audit_options, out_option, run_settings, settings_from, show_result, what_if_options
from limen.cli._common import finish, offer_again


@click.command("rehearse")
@click.argument("model")
@click.argument("data", nargs=-1, required=True)
@out_option("limen-rehearsal")
@click.option("--runs", type=click.IntRange(1), help="Training runs of each arm. [default: 5]")
@what_if_options
@audit_options
def command(model: str, data: tuple[str, ...], out: Path, fresh: bool, quiet: bool, **flags: Any) -> None:
    """Fine-tune MODEL on DATA and on control rows, several times, and compare what it came to do.

    The control arm learns rows on the same prompts, written by neutral writers. The claim that the data did it has the
    training run as its unit, so one run of each arm is never enough.

    With --what-if the same is done at other points, one thing varied at a time, and every trait that moves at one of
    them gets a curve: its shift with an interval at each point, and nothing in between, since small doses are known to
    do nothing until they do. A what-if never changes the exit code. A finished rehearsal may be resumed with it.

    \b
    limen rehearse ./my-model my-rows.jsonl --what-if mixture=0.1,0.25,0.5,1 --what-if epochs=1,2,4

    Exit codes: 1 if something harmful is found, 3 if something stays open, 0 if all is clear.
    """
    offer_again()
    settings = settings_from(model, data, None, flags, phases=("rehearse",), rehearse="always")
    result = run_settings(settings, out, command="rehearse", fresh=fresh, quiet=quiet)
    show_result(result)
    finish(result.findings, settings.fail_on)
