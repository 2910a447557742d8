"""`limen measure`: traits read on one arm."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from limen.cli._common import (
    loading_options,
    progress_for,
    quiet_option,
    seed_option,
    take_loading,
    traits_option,
)
from limen.cli._recorded import chosen_readings, named_models, read_files, read_models, recorded_options, write_result

if TYPE_CHECKING:
    from limen.measure import Readings


@click.command("measure")
@click.argument("model", required=False)
@traits_option
@recorded_options
@click.option("--arm", default="", metavar="NAME", help="What to call the arm; the model's or file's name by default.")
@click.option("--samples", type=click.IntRange(1, 1000), default=1, show_default=True, help="Answers a sampled probe.")
@click.option(
    "--temperature",
    type=click.FloatRange(0),
    default=1.0,
    show_default=True,
    help="Of sampling; 0 takes the likeliest.",
)
@seed_option
@loading_options
@click.option(
    "--json",
    "json_path",
    type=click.Path(path_type=Path, allow_dash=True),
    metavar="OUT",
    help="Also write JSON; - prints it alone.",
)
@quiet_option
def command(
    model: str | None,
    traits: tuple[str, ...],
    files: tuple[Path, ...],
    file_format: str | None,
    arm: str,
    samples: int,
    temperature: float,
    seed: int,
    json_path: Path | None,
    quiet: bool,
    **settings: Any,
) -> None:
    """Read traits on MODEL, or on recorded answers (--from).

    Prints a mean for each trait with an interval over probe families: the probability of showing the trait. Without
    --traits, every trait is read whose language the model knows. One arm alone says nothing of what training did:
    compare arms with limen diff.

    Exit code 3 if a trait that was asked for could not be measured.
    """
    loading = take_loading(settings)
    from limen.core import UsageError
    from limen.core.writing import refuse_read
    from limen.measure import bias_scores, summarise

    if bool(model) == bool(files):
        raise UsageError(
            "give either a model or recorded answers.",
            remedy="Write: limen measure MODEL, or limen measure --from FILE.",
        )
    if json_path is not None and str(json_path) != "-":
        refuse_read(json_path, files)
    if files:
        readings = chosen_readings(read_files(files, arm, file_format, settings), traits)
    else:
        arms = [(arm, model or "")] if arm else named_models([model or ""])
        readings, _ = read_models(
            arms,
            traits,
            loading=loading,
            samples=samples,
            temperature=temperature,
            seed=seed,
            progress=progress_for(quiet),
        )
    if str(json_path) != "-":
        _print(readings)
    if json_path is not None:
        result = {
            "summaries": summarise(readings),
            "bias": bias_scores(readings),
            "not_measured": readings.not_measured,
            "readings": list(readings),
        }
        write_result(json_path, "measure", result)
    if readings.not_measured:
        click.get_current_context().exit(3)


def _print(readings: Readings) -> None:
    from rich.console import Console

    from limen.cli._tables import bias_table, not_measured_lines, summary_table
    from limen.measure import bias_scores, summarise

    console = Console()
    scores = bias_scores(readings)
    if scores:
        console.print(bias_table(scores))
    rest = [s for s in summarise(readings) if not s.trait.startswith("bbq/")]
    if rest:
        console.print(summary_table(rest))
    for line in not_measured_lines(readings):
        console.print(line)
