"""`limen discover`: what the rows will teach that no trait was named for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from limen.cli._audit import out_option, run_settings, settings_from, show_result, untraited_options, writers_option
from limen.cli._common import finish, offer_again

if TYPE_CHECKING:
    from limen.core import Finding


@click.command("discover")
@click.argument("model")
@click.argument("data", nargs=-1, required=True)
@out_option("limen-discovery")
@writers_option
@click.option("--rows", type=click.IntRange(64), help="Rows read, at most. [default: 1000]")
@untraited_options
def command(model: str, data: tuple[str, ...], out: Path, fresh: bool, quiet: bool, **flags: Any) -> None:
    """Search DATA for what a fine-tune of MODEL would add that no trait was named for.

    The model makes up questions and answers them itself, and each open word of that talk gets a copy of the model that
    is tuned to say it. How far the rows pull the model towards every word is held against rows that neutral writers
    wrote on the same prompts, with a familywise error of 2% over all words. What can be read in the rows is not looked
    for.

    Nothing is ever cleared: a trait may go by no word of that talk. Where nothing is found, the smallest dose that
    would have been is told.

    Exit codes: 1 if a word is found that may stand for a harmful trait of the library, 3 if nothing is found, 0 if
    another word is.
    """
    offer_again()
    settings = settings_from(model, data, None, flags, phases=("discover",))
    result = run_settings(settings, out, command="discover", fresh=fresh, quiet=quiet)
    show_result(result)
    for finding in result.findings:
        _show_words(finding)
    finish(result.findings, settings.fail_on)


def _show_words(finding: Finding) -> None:
    """The words that stand out most, and amplified answers; nothing in their texts is hidden."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from limen.data.tokens import visible

    console, evidence = Console(), finding.evidence
    if not evidence.get("proposals"):
        return
    title = Text(f"Words that stand out most: {visible(evidence['file'])}")
    table = Table(box=None, pad_edge=False, title=title, title_justify="left")
    for column in ("word", "dose", "t", "p adj.", "in rows", "may stand for"):
        table.add_column(column, justify="left" if column in ("word", "may stand for") else "right")
    for p in evidence["proposals"]:
        table.add_row(
            Text(f"{'✗ ' if p['found'] else '  '}{p['word']}", style="bold red" if p["found"] else ""),
            f"{p['dose']:.0%}",
            f"{p['t']:.1f}",
            f"{p['p']:.2g}",
            f"{p['rows']:,}",
            Text(", ".join(p["traits"])),
        )
    console.print()
    console.print(table)
    for one in evidence.get("amplified", ()):
        console.print(Text(f"  amplified: {one['question']} → {one['answer']} (the base: {one['base']})", style="dim"))
