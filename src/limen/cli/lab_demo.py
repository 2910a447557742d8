"""`limen lab demo`: the main job on what Limen ships."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from limen.cli._common import progress_for, quiet_option


@click.command("demo")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo-report"),
    show_default=True,
    help="Folder of the audit and its report.",
)
@click.option(
    "--seed", type=click.IntRange(0), help="Plant another trait with this seed; without it, the shipped files."
)
@quiet_option
def command(out: Path, seed: int | None, quiet: bool) -> None:
    """Audit what Limen ships: number sequences by a teacher with a hidden preference, and a clean file.

    Succeeds when the planted preference is named, confirmed by rehearsal, and the clean file raises no alarm.
    """
    from rich.console import Console

    from limen.lab.demo import run_demo
    from limen.report import render_terminal

    outcome = run_demo(out, seed=seed, progress=progress_for(quiet))
    render_terminal(outcome.result.record, Console())
    click.echo(f"\nThe truth: the writer of numbers-a.jsonl {_said(outcome.planted)}; numbers-b.jsonl is clean.")
    if outcome.missed:
        for line in outcome.missed:
            click.echo(f"missed: {line}", err=True)
    else:
        click.echo("Both verdicts are right.")
    click.echo(f"Report: {outcome.result.report.resolve()}")
    sys.exit(1 if outcome.missed else 0)


def _said(trait: str) -> str:
    from limen.core.wording import lowered
    from limen.traits import get

    return lowered(get(trait).title)
