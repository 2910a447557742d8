"""`limen lineage`: did a model of the base's own family write the rows?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from limen.cli._audit import out_option, reading_options, run_settings, settings_from, show_result, writers_option
from limen.cli._common import finish, offer_again


@click.command("lineage")
@click.argument("model")
@click.argument("data", nargs=-1, required=True)
@out_option("limen-lineage")
@writers_option
@click.option("--rows", type=click.IntRange(64), help="Rows read, at most. [default: 1000]")
@reading_options
def command(model: str, data: tuple[str, ...], out: Path, fresh: bool, quiet: bool, **flags: Any) -> None:
    """Say whether a model of MODEL's own family wrote DATA.

    What nobody can read in rows passes from a model to others of its family, and hardly to any other. So it matters
    whether MODEL, or a fine-tune of it, wrote the rows, or somebody else: people, or an unrelated model. These two are
    not told apart, and text of the people whom MODEL learned to write like may pass for its own.

    A small model of another initialisation learns what MODEL writes on the prompts of DATA. Where MODEL finds the rows
    likelier than that one does, its own hand is in them; the rows are held against what its neutral fine-tunes write.

    Exit codes: 0 if it is settled, 3 if it stays open.
    """
    offer_again()
    settings = settings_from(model, data, None, flags, phases=("lineage",))
    result = run_settings(settings, out, command="lineage", fresh=fresh, quiet=quiet)
    show_result(result)
    finish(result.findings, settings.fail_on)
