"""`limen forecast`: what cannot be read in the rows, and will be learned all the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from limen.cli._audit import (
    audit_options,
    engine_option,
    out_option,
    run_settings,
    settings_from,
    show_result,
    sizes_option,
    verify_option,
    writers_option,
)
from limen.cli._common import finish, offer_again


@click.command("forecast")
@click.argument("model")
@click.argument("data", nargs=-1, required=True)
@out_option("limen-forecast")
@writers_option
@click.option(
    "--twins",
    type=click.Choice(["auto", "tuned", "prompted"]),
    help="How the stand-ins with a trait are made; prompted ones train nothing and see less. [default: auto]",
)
@click.option("--rows", type=click.IntRange(64), help="Rows scored, at most. [default: 1000]")
@click.option("--runs", type=click.IntRange(1), help="Training runs of each arm, with --verify. [default: 5]")
@engine_option
@sizes_option
@verify_option
@click.option(
    "--arm-endpoint",
    metavar="URL",
    help="Read and sample MODEL through this vLLM server (https://host/v1, or https://host/v1#name if it has several); "
    "MODEL then names its tokenizer and config alone. Nothing is trained or settled, and --budget does not bound it.",
)
@audit_options
def command(model: str, data: tuple[str, ...], out: Path, fresh: bool, quiet: bool, **flags: Any) -> None:
    """Forecast what DATA will teach MODEL, without training on it.

    Twins of the model, tuned to have each trait, and neutral writers are trained once a model and kept. Every row is
    weighed along every twin, and the file is held against what neutral writers write on the same prompts.

    Every scored row held against a found trait stands in blame.jsonl in the --out folder, ranked, with its text and a
    score for each token. With --verify what was forecast is rehearsed: on DATA, on control rows, without the rows
    blamed most, and without as many at random.

    With --sizes each trait that was found or left open gets a predicted shift, with the interval of a fresh run: from
    two short fine-tunes on DATA, and from whole ones on what the trait's twin writes. It changes no verdict.

    With --arm-endpoint the model stays where it runs: twins are the served model under personas, neutral writers are
    its own samples, and nothing is found or cleared. The plan says how many requests that takes before a row is sent,
    answers are kept in the --out folder, and the key, if there is one, is taken from LIMEN_ENDPOINT_KEY. See
    docs/served-bases.md.

    Exit codes: 1 if something harmful is found, 3 if something stays open, 0 if all is clear.
    """
    offer_again()
    phases = ("forecast", "rehearse") if flags["verify"] else ("forecast",)
    settings = settings_from(model, data, None, flags, phases=phases)
    result = run_settings(settings, out, command="forecast", fresh=fresh, quiet=quiet)
    show_result(result)
    finish(result.findings, settings.fail_on)
