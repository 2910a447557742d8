"""`limen check`: what can be read in the rows of fine-tuning files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from limen.cli import _common
from limen.core.wording import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from limen.before.check import CheckResult
    from limen.core import Finding

_MARKS = {"error": ("✗", "bold red"), "warning": ("!", "bold yellow"), "info": ("i", "bold blue")}
_EXAMPLES = 3
_MENTIONS = 10
_WIDTH = 160


@click.command(name="check")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@_common.model_option(required=False)
@_common.revision_option
@_common.remote_code_option
@click.option(
    "--max-length",
    type=click.IntRange(min=8),
    metavar="TOKENS",
    help="With --model: where the trainer cuts rows; never above the model's context, which is the default.",
)
@_common.traits_option
@_common.format_option
@click.option(
    "--fail-on",
    type=click.FloatRange(0.0, 1.0),
    default=0.05,
    show_default=True,
    metavar="SHARE",
    help="Exit with 1 if an error or warning concerns at least this share of a file's rows.",
)
@_common.json_option
@_common.quiet_option
def command(
    files: tuple[str, ...],
    model: str | None,
    revision: str | None,
    allow_remote_code: bool,
    max_length: int | None,
    traits: tuple[str, ...],
    format: str | None,
    fail_on: float,
    as_json: bool,
    quiet: bool,
) -> None:
    """Say what can be read in the rows of each FILE.

    Rows that cannot be read, exact and near duplicates, prompts with contradicting answers, rows without an answer,
    hidden characters, personal data and secrets (shown masked), refusals, injected instructions and control tokens,
    encoded and numeric answers, strings that switch an answer on, what generators and templates leave behind, what in
    preferences and ratings goes with the choice, judgements that contradict each other, mentions of traits by their
    words, and with --model rows that the trainer cuts or does not train on. Without --traits, mentions of every English
    trait in the library are looked for.

    FILE is a file (JSON, JSON Lines, CSV, Parquet, Arrow, text, perhaps compressed), a folder or a hub id.
    """
    _common.allow_hub(model, *files)
    from limen.before.check import check_rows
    from limen.core import World
    from limen.data import read_rows
    from limen.traits import all_traits, resolve

    progress = _common.progress_for(quiet)
    wanted = resolve(traits) if traits else all_traits(World.ENGLISH)
    streams = [read_rows(file, format=format, strict=False) for file in files]
    tokenizer = context = None
    if model:
        tokenizer, context = _tokenizer(model, revision=revision, allow_remote_code=allow_remote_code)
    limits = [n for n in (max_length, context) if n]
    results = []
    for file, stream in zip(files, streams, strict=True):
        result = check_rows(
            stream,
            tokenizer=tokenizer,
            max_length=min(limits, default=None),
            context=context,
            traits=wanted,
            traits_asked=bool(traits),
            harmful_share=fail_on,
            progress=progress,
        )
        findings = [replace(f, evidence={**f.evidence, "file": file}) for f in result.findings]
        results.append(replace(result, findings=findings))
    if as_json:
        _common.write_json({"files": [_as_json(file, r) for file, r in zip(files, results, strict=True)]})
    else:
        _print(files, results)
    _refuse_unreadable(files, results)
    _common.finish([f for r in results for f in r.findings], fail_on)


def _tokenizer(model: str, **loading: Any) -> tuple[Any, int | None]:
    """A model's tokenizer, and how many tokens the model reads."""
    from limen.models import parse_model
    from limen.models.loading import context_of, load_tokenizer

    spec = parse_model(model, **loading)
    return load_tokenizer(spec), context_of(spec)


def _refuse_unreadable(files: Sequence[str], results: Sequence[CheckResult]) -> None:
    """Leave with an input error where rows could not be read: no share of them is small enough to train on."""
    from limen.core import ReadError

    for file, result in zip(files, results, strict=True):
        if result.report.problem_count:
            first = result.report.problems[0]
            place = f"line {first.line}" if first.line else f"row {first.index + 1}"
            others = result.report.problem_count - 1
            more = f" {others:,} more cannot be read either." if others else ""
            raise ReadError(f"{first.what}{more}", remedy=first.remedy, where=f"{file}, {place}")


def _as_json(file: str, result: CheckResult) -> dict[str, Any]:
    report = result.report
    return {
        "file": file,
        "kind": report.kind,
        "format": report.format,
        "reader": report.reader,
        "columns": report.columns,
        "other_columns": report.other_columns,
        "rows": report.rows_read,
        "unreadable": report.problem_count,
        "problems": report.problems,
        "sha256": report.sha256,
        "findings": result.findings,
    }


def _print(files: Sequence[str], results: Sequence[CheckResult]) -> None:
    from rich.console import Console
    from rich.text import Text

    from limen.data import visible

    console = Console(highlight=False)
    for i, (file, result) in enumerate(zip(files, results, strict=True)):
        report = result.report
        roles = ", ".join(f"{role} from {visible(name)}" for role, name in report.columns.items() if role != name)
        if i:
            console.print()
        console.print(Text(visible(file), style="bold"))
        console.print(
            Text(
                f"{plural(report.rows_read, 'row')}, {report.kind} (format {report.format}, read as {report.reader})"
                + (f"; {roles}" if roles else ""),
                style="dim",
            )
        )
        mentions = [f for f in result.findings if f.evidence.get("rule") == "mention" and f.effect is not None]
        for finding in result.findings:
            if finding not in mentions:
                _print_finding(finding, console)
        if mentions:
            _print_mentions(mentions, console)


def _print_finding(finding: Finding, console: Console) -> None:
    """One finding, its remedy and the first rows it names; row content is shown as data, never as markup."""
    from rich.text import Text

    from limen.core import Verdict
    from limen.data import visible

    mark, style = {
        Verdict.FOUND: _MARKS[finding.evidence.get("severity", "warning")],
        Verdict.CLEAR: ("✓", "green"),
    }.get(finding.verdict, ("?", "dim"))
    line = Text.assemble((mark, style), " ", (finding.evidence.get("code", ""), "dim"), " ", visible(finding.title))
    if finding.reason:
        line.append(f" {finding.reason[:1].upper()}{finding.reason[1:]}")
    console.print(line)
    if finding.verdict is Verdict.FOUND:
        for example in finding.evidence.get("examples", [])[:_EXAMPLES]:
            console.print(Text(f"    {_example(example)}", style="dim"), overflow="ellipsis", no_wrap=True)
    if finding.remedy:
        console.print(Text(f"    → {visible(finding.remedy)}", style="italic"))


def _example(example: dict[str, Any]) -> str:
    from limen.data import visible

    place = f"line {example['line']}" if example.get("line") else f"row {example['index'] + 1}"
    note = f" ({visible(example['note'])})" if example.get("note") else ""
    return f"{place}{note}: {visible(example.get('text', ''))[:_WIDTH]}".rstrip(": ")


def _print_mentions(mentions: Sequence[Finding], console: Console) -> None:
    """The traits mentioned most, each in a line, and in one line those that no row mentions."""
    from rich.text import Text

    from limen.core import Verdict

    found = [f for f in mentions if f.verdict is Verdict.FOUND]
    found.sort(key=lambda f: -f.evidence["count"])
    for finding in found[:_MENTIONS]:
        _print_finding(replace(finding, remedy=""), console)
    if len(found) > _MENTIONS:
        rest = plural(len(found) - _MENTIONS, "more trait is", "more traits are")
        console.print(Text(f"i LIM301 … and {rest} mentioned.", style="dim"))
    silent = len(mentions) - len(found)
    if silent:
        traits = "the trait" if silent == 1 else f"any of {plural(silent, 'trait')}"
        console.print(Text.assemble(("✓", "green"), " ", ("LIM301", "dim"), f" No row mentions {traits} by its words."))
