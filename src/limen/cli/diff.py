"""`limen diff`: arms against each other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from limen.cli._common import (
    fail_on_option,
    finish,
    loading_options,
    progress_for,
    quiet_option,
    seed_option,
    take_loading,
    traits_option,
)
from limen.cli._recorded import chosen_readings, named_models, read_files, read_models, recorded_options, write_result

if TYPE_CHECKING:
    from limen.core import Harm
    from limen.measure import Readings


@click.command("diff")
@click.argument("models", nargs=-1, metavar="[NAME=]MODEL...")
@traits_option
@recorded_options
@click.option(
    "--against", default="", metavar="ARM", help="Compare every other arm with this one; the first by default."
)
@click.option(
    "--harm",
    type=click.Choice(["up", "down", "neither"]),
    help="Direction of harm of recorded traits that the library does not know.",
)
@click.option(
    "--level",
    type=click.FloatRange(0, 0.5, min_open=True, max_open=True),
    default=0.02,
    show_default=True,
    help="Familywise level over all comparisons.",
)
@fail_on_option
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
    models: tuple[str, ...],
    traits: tuple[str, ...],
    files: tuple[Path, ...],
    file_format: str | None,
    against: str,
    harm: str | None,
    level: float,
    fail_on: float,
    samples: int,
    temperature: float,
    seed: int,
    json_path: Path | None,
    quiet: bool,
    **settings: Any,
) -> None:
    """Compare arms: two or more models, or recorded answers (--from).

    The first arm is what the others are compared with. Arms are paired by probe and clustered by probe family; a name
    given twice (tuned=A tuned=B) means two training runs of one arm. A finding says that this checkpoint differs. That
    the data made it differ needs a control arm and repeated runs: see limen rehearse.

    Exit codes: 1 if a harmful shift of --fail-on or more is found, 3 if something stays open, else 0.
    """
    loading = take_loading(settings)
    from limen.core import UsageError
    from limen.core.writing import refuse_read
    from limen.measure import compare_arms

    if bool(models) == bool(files):
        raise UsageError(
            "give either models or recorded answers.", remedy="Write: limen diff A B, or limen diff --from A --from B."
        )
    if json_path is not None and str(json_path) != "-":
        refuse_read(json_path, files)
    if files:
        readings = chosen_readings(read_files(files, "", file_format, settings), traits)
    else:
        readings, _ = read_models(
            named_models(models),
            traits,
            loading=loading,
            samples=samples,
            temperature=temperature,
            seed=seed,
            progress=progress_for(quiet),
        )
    pairs = _pairs(readings, against)
    findings = compare_arms(
        readings, pairs=pairs, harm=_harm(readings, harm), level=level, margin=fail_on or 0.05, seed=seed
    )
    if str(json_path) != "-":
        from rich.console import Console

        from limen.cli._tables import findings_report

        findings_report(findings, Console())
    if json_path is not None:
        write_result(json_path, "diff", {"findings": findings, "not_measured": readings.not_measured})
    finish(findings, fail_on)


def _pairs(readings: Readings, against: str) -> list[tuple[str, str]]:
    from limen.core import UsageError

    arms = list(dict.fromkeys(r.arm for r in readings))
    first = against or (arms[0] if arms else "")
    if first not in arms or len(arms) < 2:
        raise UsageError(
            f"two arms are needed, and there are readings of: {', '.join(arms) or 'none'}.",
            remedy="Name two models or two files of different arms; --against takes one of the arms.",
        )
    return [(first, arm) for arm in arms if arm != first]


def _harm(readings: Readings, harm: str | None) -> dict[str, Harm] | None:
    from limen.core import Harm
    from limen.traits import all_traits

    if harm is None:
        return None
    known = {t.id for t in all_traits()}
    return {r.trait: Harm(harm) for r in readings if r.trait not in known}
