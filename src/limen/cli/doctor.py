"""`limen doctor`: what silently spoils a fine-tune, tested on the user's own model and rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from limen.cli import _common
from limen.core.wording import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from limen.core import Finding

_MARKS = {"error": ("✗", "bold red"), "warning": ("!", "bold yellow"), "info": ("i", "bold blue")}
_CLEAR = ("✓", "green")
_UNKNOWN = ("?", "dim")


@click.command(name="doctor")
@click.argument("model")
@click.argument("data", required=False)
@_common.format_option
@click.option(
    "--loss",
    type=click.Choice(["auto", "completion", "assistant", "all"]),
    default="auto",
    show_default=True,
    help="Which tokens are trained on; auto is what TRL does by default: of conversations every token. An audit looks"
    " at the last answer alone (completion).",
)
@click.option("--max-length", type=click.IntRange(min=2), metavar="TOKENS", help="Where the trainer cuts rows.")
@click.option(
    "--rows", type=click.IntRange(min=1), default=1000, show_default=True, help="Look at so many rows from the start."
)
@_common.loading_options
@_common.json_option
@_common.quiet_option
def command(
    model: str,
    data: str | None,
    format: str | None,
    loss: str,
    max_length: int | None,
    rows: int,
    as_json: bool,
    quiet: bool,
    **loading: Any,
) -> None:
    """Test MODEL, and DATA with it, for what silently spoils a fine-tune.

    Padding that changes what the model says, doubled start tokens, missing or doubled end tokens, rows that nothing
    is trained on, boilerplate that is, rows that are cut, chat templates without generation markers, and tokens that
    the model does not have: each with its remedy.

    MODEL is a folder, a hub id, base+adapter, or `reference` for the model that Limen ships. DATA is a file, a folder
    or a hub id.
    """
    model = _common.shipped_or_given(model)
    _common.allow_hub(model, data)
    from limen.before.doctor import diagnose
    from limen.data import read_rows
    from limen.models import LanguageModel, parse_model

    progress = _common.progress_for(quiet)
    stream = read_rows(data, format=format, limit=rows, strict=False) if data else None
    patient = LanguageModel.load(parse_model(model, **loading), progress)
    findings = diagnose(patient, stream, loss=loss, max_length=max_length, progress=progress)  # type: ignore[arg-type]
    if as_json:
        left_out = list(stream.report.problems) if stream else []
        _common.write_json({"model": patient.name, "data": data, "left_out": left_out, "findings": findings})
    else:
        _print(findings)
        if stream and (unread := stream.report.problem_count):
            said = plural(unread, "row could not be read and was", "rows could not be read and were")
            click.echo(f"{said} left out.", err=True)
    if stream and data:
        _common.refuse_unreadable(data, stream.report)
    _common.finish(findings)


def _print(findings: Sequence[Finding]) -> None:
    """One line a check, with the remedy below what was found; the worst first."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from limen.core import Verdict

    worst = {"error": 0, "warning": 1, "info": 2}
    order = {Verdict.FOUND: 0, Verdict.NOT_MEASURED: 4, Verdict.CLEAR: 5}

    def rank(finding: Finding) -> tuple[int, str]:
        place = order.get(finding.verdict, 5)
        return place + (worst[finding.evidence["severity"]] if place == 0 else 0), finding.subject

    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for finding in sorted(findings, key=rank):
        found = finding.verdict is Verdict.FOUND
        mark, style = _MARKS[finding.evidence["severity"]] if found else _CLEAR
        if finding.verdict is Verdict.NOT_MEASURED:
            mark, style = _UNKNOWN
        said = Text(finding.title)
        if finding.reason:
            said.append(f" {finding.reason[:1].upper()}{finding.reason[1:]}")
        if finding.remedy:
            said.append(f"\n→ {finding.remedy}", style="italic")
        table.add_row(Text(mark, style=style), finding.subject, said)
    Console(width=None).print(table)
