"""`limen lab reproduce`: the study of subliminal learning, with its controls."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from limen.cli._common import jobs_option, offer_again, progress_for, quiet_option, split_commas
from limen.cli._environment import prefer_cpu
from limen.core.wording import as_time

if TYPE_CHECKING:
    from limen.lab.study.reproduce import Estimate


@click.command("reproduce")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("study"),
    show_default=True,
    help="Folder of the page, tables and figures, and of the pieces that are done.",
)
@click.option("--quick", is_flag=True, help="Less of everything: about two minutes on two cores, wide intervals.")
@click.option(
    "--only",
    multiple=True,
    callback=split_commas,
    metavar="NAME[,NAME...]",
    help="Some of the experiments: classifier, theorem, emergence, language; and mnist, which is done only when asked "
    "for, as scikit-learn fetches the images from OpenML.",
)
@jobs_option
@quiet_option
def command(out: Path, quick: bool, only: tuple[str, ...], jobs: int, quiet: bool) -> None:
    """Reproduce the study of subliminal learning (arXiv 2507.14805) with every control, on what Limen ships.

    A teacher passes a trait to its student through rows, or images of noise, that mean nothing. Four experiments:
    classifier (digits learned from noise), theorem (why a small step leads towards the teacher), emergence (when the
    trait comes up in training) and language (the reference model over carriers, teachers, targets, doses, recipes and
    control arms). Whole it takes hours; an interrupted study goes on where it stopped.

    \b
    limen lab reproduce --quick
    limen lab reproduce --only classifier,theorem
    """
    from limen.lab.study.experiments import NAMES
    from limen.lab.study.reproduce import reproduce

    prefer_cpu()
    offer_again()
    page = reproduce(out, names=only or NAMES, quick=quick, jobs=jobs, on_estimate=_say, progress=progress_for(quiet))
    click.echo(f"Page: {page.resolve()}")


def _say(estimate: Estimate) -> None:
    """Say what is to be done and how long it takes, before it is."""
    parts = ", ".join(f"{count} of {name}" for name, count in estimate.pieces.items())
    click.echo(f"{sum(estimate.pieces.values())} pieces ({parts}); {estimate.done} are done already.", err=True)
    if estimate.core_minutes:
        click.echo(f"The rest takes about {as_time(estimate.minutes)} with {estimate.jobs} at once.", err=True)
