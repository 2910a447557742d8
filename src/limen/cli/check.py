"""`limen check`: what can be read in the rows of fine-tuning files."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from limen.cli import _common
from limen.cli._output import naming

if TYPE_CHECKING:
    from collections.abc import Sequence

    from limen.before.check import CheckResult
    from limen.report.check import Checked, CheckedFile, CheckRenderer


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
@click.option(
    "--output",
    "-o",
    "outputs",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    metavar="PATH",
    help="Also write what was found: .sarif, .xml (JUnit), .md, .json or .html; repeat it for several. - prints it "
    "alone, with --output-format.",
)
@click.option(
    "--output-format",
    type=click.Choice(["sarif", "junit", "markdown", "json", "html"]),
    help="Write --output in this form, whatever its suffix.",
)
@click.option(
    "--rows",
    type=click.Choice(["text", "ids"]),
    default="text",
    show_default=True,
    help="Show the texts of rows, or their places and ids alone.",
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
    outputs: tuple[Path, ...],
    output_format: str | None,
    rows: Literal["text", "ids"],
    as_json: bool,
    quiet: bool,
) -> None:
    """Say what can be read in the rows of each FILE.

    Rows that cannot be read, exact and near duplicates, rows without an answer, preference pairs with the same answer
    twice, mentions of traits by their words, and with --model rows that the trainer cuts or does not train on. Without
    --traits, mentions of every English trait in the library are looked for.

    FILE is a file (JSON, JSON Lines, CSV, Parquet, Arrow, text, perhaps compressed), a folder or a hub id.
    """
    _common.allow_hub(model, *files)
    from limen.before.check import check_rows
    from limen.core import World
    from limen.data import read_rows
    from limen.traits import all_traits, resolve

    renderers = _renderers(outputs, output_format, as_json)
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
    checked = _checked(files, results, fail_on)
    if rows == "ids":
        checked = checked.without_text()
    _write(checked, renderers, as_json=as_json)
    _refuse_unreadable(files, results)
    sys.exit(checked.exit_code)


def _renderers(outputs: Sequence[Path], name: str | None, as_json: bool) -> list[tuple[Path, CheckRenderer]]:
    """How each output is written; found before any row is read, so that a mistake shows at once."""
    from limen.core import UsageError
    from limen.report.check import check_renderer_for, get_check_renderer

    if name and not outputs:
        raise UsageError("--output-format says how to write, and not where.", remedy="Add --output PATH.")
    if name and len(outputs) > 1:
        raise UsageError(
            "--output-format is for one --output alone.", remedy="Let the suffixes of the files tell their formats."
        )
    if as_json and any(str(path) == "-" for path in outputs):
        raise UsageError("--json and --output - both print on standard output.", remedy="Keep one of them.")
    return [(path, get_check_renderer(name) if name else check_renderer_for(path)) for path in outputs]


def _checked(files: Sequence[str], results: Sequence[CheckResult], fail_on: float) -> Checked:
    """What the renderers are given."""
    import limen
    from limen.before.check import all_rules, page_path, rule_text
    from limen.core import exit_code
    from limen.report.check import Checked, RuleCard

    cards = [
        RuleCard(r.code, r.name, r.severity.value, r.needs_tokenizer, rule_text(r), page_path(r)) for r in all_rules()
    ]
    unreadable = any(result.report.problem_count for result in results)
    code = exit_code([f for result in results for f in result.findings], fail_on)
    return Checked(
        [_file(file, result) for file, result in zip(files, results, strict=True)],
        cards,
        limen.__version__,
        2 if unreadable else code,
    )


def _file(file: str, result: CheckResult) -> CheckedFile:
    from limen.report.check import CheckedFile

    report = result.report
    return CheckedFile(
        file=file,
        kind=report.kind,
        format=report.format,
        reader=report.reader,
        columns=report.columns,
        other_columns=report.other_columns,
        rows=report.rows_read,
        unreadable=report.problem_count,
        problems=report.problems,
        sha256=report.sha256,
        findings=result.findings,
    )


def _write(checked: Checked, renderers: Sequence[tuple[Path, CheckRenderer]], *, as_json: bool) -> None:
    """Write each output, and print the terminal's own unless standard output is taken."""
    for path, render in renderers:
        if str(path) == "-":
            click.echo(render(checked), nl=False)
            continue
        with naming(path):
            path.write_text(render(checked), encoding="utf-8")
    if as_json:
        from limen.report.check import get_check_renderer

        click.echo(get_check_renderer("json")(checked), nl=False)
    elif not any(str(path) == "-" for path, _ in renderers):
        from rich.console import Console

        from limen.cli._check_terminal import print_check

        print_check(checked, Console(highlight=False))
        for path, _ in renderers:
            click.echo(f"Wrote {path}")


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
