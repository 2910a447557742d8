"""`limen lab train-reference`: the reference model from scratch."""

from __future__ import annotations

from pathlib import Path

import click

from limen.cli._common import offer_again, progress_for, quiet_option, seed_option


@click.command("train-reference")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--steps", type=click.IntRange(1), default=3000, show_default=True, help="Optimizer steps.")
@seed_option
@quiet_option
def command(folder: Path, steps: int, seed: int, quiet: bool) -> None:
    """Train the reference model from scratch on the micro-world, into FOLDER.

    Seed 0 gives the model that Limen ships; another seed is another initialisation. Minutes on two cores. An
    interrupted run goes on where it stopped.
    """
    from limen.lab.train_reference import ReferenceConfig, train_reference

    offer_again()
    train_reference(folder, ReferenceConfig(steps=steps, seed=seed), progress=progress_for(quiet))
    click.echo(str(folder))
