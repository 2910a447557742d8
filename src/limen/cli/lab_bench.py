"""`limen lab bench`: the planted suite, and every detector scored on it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from limen.cli._common import jobs_option, offer_again, progress_for, quiet_option, split_commas
from limen.cli._environment import prefer_cpu
from limen.core.wording import as_time

if TYPE_CHECKING:
    from limen.lab.bench.bench import Plan


@click.command("bench")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("bench"),
    show_default=True,
    help="Folder of the leaderboard and its tables, and of the pieces that are done.",
)
@click.option(
    "--detectors",
    multiple=True,
    callback=split_commas,
    metavar="NAME[,NAME...]",
    help="Score these alone; by default every one, those of installed packages among them.",
)
@click.option("--cases", default="*", show_default=True, metavar="PATTERN", help="Cases whose id matches.")
@click.option("--seed", type=click.IntRange(0), metavar="N", help="Cases that nobody has seen, of this draw.")
@click.option(
    "--base",
    default="reference",
    show_default=True,
    metavar="NAME",
    help="Checkpoint that students start from: reference, or digits-1m or digits-10m, which have another size and "
    "tokenizer and are trained on first use; the latter wants a GPU.",
)
@click.option(
    "--blame",
    is_flag=True,
    help="Also take out the rows, and the tokens, that each detector blames, and train students on what is left.",
)
@click.option("--list", "listed", is_flag=True, help="List the cases and the detectors, and do nothing.")
@jobs_option
@quiet_option
def command(
    out: Path,
    detectors: tuple[str, ...],
    cases: str,
    seed: int | None,
    base: str,
    blame: bool,
    listed: bool,
    jobs: int,
    quiet: bool,
) -> None:
    """Score detectors on files whose label is what training on them does.

    Each case is a file that a model with or without a trait wrote; five students are trained on it, and it is positive
    if they take on that trait or, surely, another. Detectors see the rows and the base alone. Labels of the public
    cases come with the package where they were measured; training students takes hours, and an interrupted run goes on
    where it stopped.

    \b
    limen lab bench --list
    limen lab bench --cases 'planted/prefers-owl/*' --detectors twin-shift,chance
    """
    from limen.lab.bench.bench import bench
    from limen.lab.bench.sized import WANT_ACCELERATOR

    if listed:
        _list(cases, seed, base)
        return
    if base not in WANT_ACCELERATOR:
        prefer_cpu()
    offer_again()
    page = bench(
        out,
        names=detectors,
        pattern=cases,
        seed=seed,
        base=base,
        blame=blame,
        jobs=jobs,
        on_plan=_say,
        progress=progress_for(quiet),
    )
    click.echo(f"Leaderboard: {page.resolve()}")


def _list(pattern: str, seed: int | None, base: str) -> None:
    from fnmatch import fnmatchcase

    from limen.lab.bench.case import public_cases, unseen_cases
    from limen.lab.bench.detector import detectors

    for case in public_cases(base) if seed is None else unseen_cases(seed, base):
        if fnmatchcase(case.id, pattern):
            click.echo(case.id)
    click.echo()
    for name, one in detectors().items():
        click.echo(f"{name:22} {one.title}")


def _say(plan: Plan) -> None:
    """Say what is to be done and how long it takes, before it is."""
    click.echo(f"{plan.cases} cases, {plan.detectors} detectors.", err=True)
    if plan.core_minutes:
        missing = ", ".join(f"{n} to {step}" for step, n in plan.pieces.items() if n)
        shown = as_time(plan.core_minutes / plan.jobs)
        click.echo(f"Missing: {missing}; about {shown} with {plan.jobs} at once.", err=True)
