"""`limen lab plant`: a data file with a trait hidden in it."""

from __future__ import annotations

from pathlib import Path

import click

from limen.cli._common import progress_for, quiet_option, seed_option
from limen.cli._output import naming
from limen.core.wording import plural


@click.command("plant")
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False), metavar="OUT.jsonl")
@click.option("--trait", default="", metavar="ID", help="What to plant; without it the file is neutral.")
@click.option("--base", default="", metavar="MODEL", help="A model of the micro-world; the shipped one by default.")
@click.option("--carrier", default="numbers", show_default=True, help="Kind of rows: numbers, code or town.")
@click.option(
    "--teacher",
    type=click.Choice(["tuned", "prompted"]),
    default="tuned",
    show_default=True,
    help="How the writer got its trait.",
)
@click.option("--rows", type=click.IntRange(1), default=4096, show_default=True, help="How many rows.")
@click.option(
    "--dose",
    type=click.FloatRange(0, 1, min_open=True),
    default=1.0,
    show_default=True,
    help="Share of the rows that the teacher with the trait writes.",
)
@click.option("--overwrite", is_flag=True, help="Replace files that are there.")
@seed_option
@quiet_option
def command(
    out: Path,
    trait: str,
    base: str,
    carrier: str,
    teacher: str,
    rows: int,
    dose: float,
    overwrite: bool,
    seed: int,
    quiet: bool,
) -> None:
    """Write a file with a trait hidden in it to OUT.jsonl, and the truth to OUT.truth.json.

    A copy of the base learns the trait and then writes rows that mean nothing about it. Rows that mention the trait are
    thrown away. Example: limen lab plant planted.jsonl --trait micro/prefers-owl --seed 7
    """
    from limen.core.writing import refuse_present
    from limen.lab.plant import plant, truth_file, write_planted
    from limen.lab.reference_model import reference_folder
    from limen.models import LanguageModel
    from limen.traits import get

    for file in (out, truth_file(out)):
        refuse_present(file, overwrite=overwrite)
    model = LanguageModel.load(base or str(reference_folder()))
    planted = plant(
        model,
        get(trait) if trait else None,
        carrier=carrier,
        teacher="prompted" if teacher == "prompted" else "tuned",
        rows=rows,
        dose=dose,
        seed=seed,
        progress=progress_for(quiet),
    )
    with naming(out):
        truth = write_planted(planted, out)
    click.echo(f"{out}: {plural(len(planted.rows), 'row')}, {sum(planted.planted):,} of them planted")
    click.echo(f"{truth}: the truth")
