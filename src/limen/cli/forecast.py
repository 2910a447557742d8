"""`limen forecast`: what cannot be read in the rows, and will be learned all the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from limen.cli._audit import audit_options, out_option, run_settings, settings_from, show_result
from limen.cli._common import finish, offer_again


@click.command("forecast")
@click.argument("model")
@click.argument("data", nargs=-1, required=True)
@out_option("limen-forecast")
@click.option(
    "--writers", type=click.IntRange(3), help="Neutral writers to train; below 8 nothing is settled. [default: 24]"
)
@click.option(
    "--twins",
    type=click.Choice(["auto", "tuned", "prompted"]),
    help="How the stand-ins with a trait are made; prompted ones train nothing and see less. [default: auto]",
)
@click.option("--rows", type=click.IntRange(64), help="Rows scored, at most. [default: 1000]")
@audit_options
def command(model: str, data: tuple[str, ...], out: Path, fresh: bool, quiet: bool, **flags: Any) -> None:
    """Forecast what DATA will teach MODEL, without training on it.

    Twins of the model, tuned to have each trait, and neutral writers are trained once a model and kept. Every row is
    weighed along every twin, and the file is held against what neutral writers write on the same prompts.

    Exit codes: 1 if something harmful is found, 3 if something stays open, 0 if all is clear.
    """
    offer_again()
    settings = settings_from(model, data, None, flags, phases=("forecast",))
    result = run_settings(settings, out, command="forecast", fresh=fresh, quiet=quiet)
    show_result(result)
    finish(result.findings, settings.fail_on)
