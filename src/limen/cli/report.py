"""`limen report`: render an audit's folder again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import click

from limen.cli._output import written


def _print_schema(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from limen.cli._common import write_json
        from limen.report import report_schema

        write_json(report_schema())
        ctx.exit()


@click.command("report")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Write one static HTML file.")
@click.option("--json", type=click.Path(path_type=Path, dir_okay=False), help="Write the JSON twin.")
@click.option(
    "--to",
    "others",
    nargs=2,
    multiple=True,
    type=(str, click.Path(path_type=Path, dir_okay=False)),
    metavar="NAME OUT",
    help="Write with another renderer: text, or one that an installed package adds.",
)
@click.option(
    "--blame",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write every scored row held against a found trait, ranked, as JSON Lines.",
)
@click.option(
    "--rows",
    type=click.Choice(["text", "ids"]),
    default="text",
    show_default=True,
    help="Show the texts of rows, or their ids and scores alone.",
)
@click.option(
    "--schema",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_schema,
    help="Print the JSON schema of the JSON twin, and exit.",
)
def command(
    folder: Path,
    html: Path | None,
    json: Path | None,
    others: tuple[tuple[str, Path], ...],
    blame: Path | None,
    rows: Literal["text", "ids"],
) -> None:
    """Render the audit in DIR again: to the terminal, or to files.

    Reads the folder and changes nothing that the audit recorded in it. Without --html, --json, --to or --blame it
    prints the summary.

    The JSON twin, which an audit writes as report.json, fits the published schema urn:limen:report:1. To print that,
    no DIR is needed: limen report --schema
    """
    from limen.ledger import Ledger
    from limen.report import get_renderer, render_terminal

    ledger = Ledger.open(folder)
    wanted = [(name, out) for name, out in (("html", html), ("json", json), *others) if out is not None]
    if not wanted and blame is None:
        from rich.console import Console

        render_terminal(ledger.record(), Console(), rows=rows)
        return
    renderers = [(get_renderer(name), out) for name, out in wanted]
    _refuse_record(folder, [out for _, out in wanted] + ([] if blame is None else [blame]))
    readings = ledger.readings()
    for render, out in renderers:
        text = render(ledger.record(), readings, rows)
        written(out, text)
        click.echo(str(out))
    if blame is not None:
        from json import dumps

        lines = (dumps(one, ensure_ascii=True) + "\n" for one in ledger.blame(with_text=rows == "text"))
        written(blame, "".join(lines))
        click.echo(str(blame))


def _refuse_record(folder: Path, outputs: Sequence[Path]) -> None:
    """Refuse, before anything is written, to write over what an audit recorded, or to one file twice."""
    from limen.core import UsageError
    from limen.core.writing import refuse_read, same_file

    # Beside these lie reports, which may be written anew; in its folders lies nothing else
    alone = [folder / name for name in ("audit.json", "findings.jsonl", "blame.jsonl")]
    record = [*alone, *(file for file in folder.glob("*/**/*") if file.is_file())]
    for i, out in enumerate(outputs):
        refuse_read(out, record)
        if any(same_file(out, other) for other in outputs[:i]):
            raise UsageError(
                "two outputs would go to the same file.", remedy="Give each a file of its own.", where=str(out)
            )
