"""`limen audit`: the whole timeline in one go."""

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
    what_if_options,
    writers_option,
)
from limen.cli._common import finish, offer_again


@click.command("audit")
@click.argument("model", required=False, default="")
@click.argument("data", nargs=-1)
@click.option("--config", type=click.Path(path_type=Path, dir_okay=False), help="Read settings from a YAML file.")
@out_option("limen-audit")
@click.option("--tuned", metavar="MODEL", help="The tuned model, if there is one: it is compared with the base.")
@click.option("--control", metavar="MODEL", help="A model tuned with the same recipe on neutral rows.")
@writers_option
@click.option(
    "--twins",
    type=click.Choice(["auto", "tuned", "prompted"]),
    help="How the stand-ins with a trait are made; prompted ones train nothing and see less. [default: auto]",
)
@click.option("--rows", type=click.IntRange(64), help="Rows scored, at most. [default: 1000]")
@click.option(
    "--rehearse",
    type=click.Choice(["auto", "always", "never"]),
    help="Rehearse what was forecast, every trait, or nothing. [default: auto]",
)
@click.option("--runs", type=click.IntRange(1), help="Training runs of each arm of a rehearsal. [default: 5]")
@engine_option
@sizes_option
@verify_option
@what_if_options
@audit_options
def command(
    model: str, data: tuple[str, ...], config: Path | None, out: Path, fresh: bool, quiet: bool, **flags: Any
) -> None:
    """Say what DATA will teach MODEL that nobody can read in it, with evidence.

    MODEL is a folder, a hub id, base+adapter, or `reference` for the model that Limen ships. DATA is one or more files
    (JSON, JSON Lines, CSV, Parquet, compressed or not), folders or hub ids.

    \b
    limen audit reference my-rows.jsonl
    limen audit ./my-model my-rows.jsonl --tuned ./my-tuned-model --budget 60
    limen audit --config audit.yaml

    Every scored row held against a found trait stands in blame.jsonl in the --out folder, ranked, with its text and a
    score for each token. --verify trains again without the rows blamed most, and without as many at random: only
    that says whether they are what teaches it. --what-if rehearses what was rehearsed at other doses and recipes. A
    finished audit may be resumed with either.

    Before it works it prints the plan, and stops if that takes longer than --budget. An interrupted audit resumes.

    Exit codes: 1 if something harmful is found, 3 if something stays open, 0 if all is clear.
    """
    offer_again()
    settings = settings_from(model, data, config, flags)
    result = run_settings(settings, out, command="audit", fresh=fresh, quiet=quiet)
    show_result(result)
    finish(result.findings, settings.fail_on)
