"""`limen check`: what can be read in the rows of fine-tuning files."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from limen.cli import _common
from limen.cli._output import naming

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from limen.before.check import CheckResult, Rule, RuleSettings
    from limen.data import Loss
    from limen.report.check import Checked, CheckedFile

_FAIL_ON = 0.05


@click.command(name="check")
@click.argument("files", nargs=-1, metavar="FILE...")
@_common.model_option(required=False)
@_common.revision_option
@_common.remote_code_option
@click.option(
    "--max-length",
    type=click.IntRange(min=8),
    metavar="TOKENS",
    help="With --model: where the trainer cuts rows; never above the model's context, which is the default.",
)
@click.option(
    "--loss",
    type=click.Choice(["auto", "completion", "assistant", "all"]),
    default="auto",
    show_default=True,
    help="With --model: which tokens are trained on; auto is what TRL does by default: of conversations every token.",
)
@_common.traits_option
@_common.format_option
@click.option(
    "--select",
    multiple=True,
    callback=_common.split_commas,
    metavar="CODE[,CODE...]",
    help="Run these rules alone: codes, beginnings of codes (LIM1) or names.",
)
@click.option(
    "--ignore",
    multiple=True,
    callback=_common.split_commas,
    metavar="CODE[,CODE...]",
    help="Leave these rules out.",
)
@click.option(
    "--fail-on",
    type=click.FloatRange(0.0, 1.0),
    show_default=str(_FAIL_ON),
    metavar="SHARE",
    help="Exit with 1 if an error or warning concerns at least this share of a file's rows.",
)
@click.option(
    "--baseline",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="BASELINE",
    help="Show and count only rows that are not in this file, which --write-baseline wrote, and findings on whole "
    "files that are new or worse.",
)
@click.option(
    "--write-baseline",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="BASELINE",
    help="Write down which rows each rule names now, and what is found of whole files.",
)
@click.option(
    "--against",
    multiple=True,
    metavar="FILE",
    help="Name rows that overlap with this file, such as a validation set or a benchmark, of whatever shape; repeat "
    "it for several.",
)
@click.option(
    "--fix",
    type=click.Path(path_type=Path),
    metavar="OUT",
    help="Write FILE anew without the rows that rules leave out (copies, near copies after the first, empty answers, "
    "pairs of the same answer, rows that cannot be read), then check OUT. FILE itself is never written to.",
)
@click.option(
    "--balance",
    metavar="METHOD:DIMENSION",
    help="With --fix: also balance groups of people, such as swap:gender (add each row with the groups swapped), "
    "reweight:gender (a column of weights) or rebalance:gender (leave out rows of the groups mentioned most).",
)
@click.option(
    "--undo",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="MANIFEST",
    help="Write to FILE what a fix was made from, byte for byte; its manifest lies beside OUT and ends in .manifest.",
)
@click.option("--overwrite", is_flag=True, help="Let --fix and --undo replace a file that is there.")
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
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="TOML",
    help="Configuration, in place of the nearest limen.toml or pyproject.toml above the working directory.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1),
    help="Processes that share the rules; each of them reads the file. Findings are the same. By default one a core "
    "for a file of 32 MB or more, at most four, else one.",
)
@click.option(
    "--engine",
    type=click.Choice(["local", "ray"]),
    default="local",
    show_default=True,
    help="Where the processes that share the rules run: on this machine, or as tasks of Ray (extra: ray), on the "
    "cluster that RAY_ADDRESS names or on a Ray that is started for the check. Findings are the same.",
)
@click.option("--list-rules", is_flag=True, help="List the rules, and exit.")
@click.option("--explain", metavar="CODE", help="Print a rule's page, and exit.")
@_common.json_option
@_common.quiet_option
def command(
    files: tuple[str, ...],
    model: str | None,
    revision: str | None,
    allow_remote_code: bool,
    max_length: int | None,
    loss: Loss,
    traits: tuple[str, ...],
    format: str | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fail_on: float | None,
    baseline: Path | None,
    write_baseline: Path | None,
    against: tuple[str, ...],
    fix: Path | None,
    balance: str | None,
    undo: Path | None,
    overwrite: bool,
    outputs: tuple[Path, ...],
    output_format: str | None,
    rows: Literal["text", "ids"],
    config: Path | None,
    jobs: int | None,
    engine: str,
    list_rules: bool,
    explain: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Say what can be read in the rows of each FILE.

    Rows that cannot be read, exact and near duplicates, prompts with contradicting answers, rows without an answer,
    hidden characters, personal data and secrets (shown masked), refusals, injected instructions and control tokens,
    encoded and numeric answers, strings that switch an answer on, what generators and templates leave behind, what in
    preferences and ratings goes with the choice, judgements that contradict each other, mentions of traits by their
    words, with --against rows that overlap with a validation set or a benchmark, and with --model rows that the trainer
    cuts or does not train on, and prompts that it does train on. Without --traits, mentions of every English
    trait in the library are looked for.

    FILE is a file (JSON, JSON Lines, CSV, Parquet, Arrow, text, perhaps compressed), a folder or a hub id.

    limen.toml ([check]) or pyproject.toml ([tool.limen.check]) may set select, ignore, fail-on, lexicons, presidio,
    toxicity, a rule's severity and fail-on, and ignore-rows; --select sets aside both its select and its ignore.

    Exit codes: 2 if a row cannot be read, else 1 if something is found at or above --fail-on, 3 if something that was
    asked for stays open, such as a rule that is selected by its own code or name and lacks what it needs, else 0.
    """
    if list_rules or explain is not None:
        from limen.cli._check_rules import explain_rule, print_rules

        print_rules(as_json) if explain is None else explain_rule(explain, as_json)
        return
    if undo is not None:
        from limen.cli._check_fix import undo_fix

        undo_fix(undo, files, overwrite=overwrite)
        return
    if not files:
        raise click.UsageError("name at least one FILE.", click.get_current_context())
    if loss != "auto" and not model:
        raise click.UsageError("--loss needs --model: tokens are made with its tokenizer.", click.get_current_context())
    model = _common.shipped_or_given(model) if model else None
    _common.allow_hub(model, *files, *against)
    from limen.before.check import (
        Context,
        Known,
        check_file,
        load_config,
        named_rules,
        read_against,
        read_baseline,
        select_rules,
    )
    from limen.before.check import write_baseline as write
    from limen.before.check.engines import ENGINES
    from limen.cli._check_outputs import refuse_collisions, renderers_of, write_outputs
    from limen.core import UsageError, World
    from limen.core.wording import plural
    from limen.data import read_rows
    from limen.traits import all_traits, resolve

    renderers = renderers_of(outputs, output_format, as_json)
    settings = load_config(config)
    read = (*files, *against, model, baseline, settings.path, *settings.lexicons, settings.toxicity)
    refuse_collisions(read, outputs, baseline=write_baseline, fix=fix)
    _common.allow_hub(settings.toxicity)
    rules = select_rules(select or settings.select, ignore or (() if select else settings.ignore))
    if traits and not any(rule.code == "LIM301" for rule in rules):
        raise UsageError("--traits is for LIM301, which is not selected.", remedy="Select it, or leave --traits out.")
    if against and not any(rule.needs_against for rule in rules):
        raise UsageError(
            "--against is for LIM105 and LIM106, none of which is selected.",
            remedy="Select one, or leave --against out.",
        )
    share = fail_on if fail_on is not None else _FAIL_ON if settings.fail_on is None else settings.fail_on
    known = Known(settings.ignore_rows, read_baseline(baseline)) if baseline else Known(settings.ignore_rows)
    progress = _common.progress_for(quiet)
    presidio = settings.presidio if any(rule.needs_presidio for rule in rules) else None
    if presidio is not None:
        from limen.before.check.find_with_presidio import presidio_finder

        # What is not installed is to be told before any row is read
        presidio_finder(presidio)
    toxicity = settings.toxicity if any(rule.needs_classifier for rule in rules) else None
    if toxicity is not None:
        from limen.before.check.find_toxic import toxicity_finder

        toxicity_finder(toxicity)
    compared = read_against(against) if against else None
    wanted = resolve(traits) if traits else all_traits(World.ENGLISH)
    tokenizer = context = None
    ends: tuple[int, ...] = ()
    if model:
        tokenizer, context, ends = _tokenizer(model, revision=revision, allow_remote_code=allow_remote_code)
    notes = [f"Configuration: {os.path.relpath(settings.path)}"] if settings.path else []
    if balance is not None and fix is None:
        raise UsageError("--balance says how to mend, and not where to.", remedy="Add --fix OUT.")
    if fix is not None:
        from limen.before.check.fix import parse_balance
        from limen.before.check.groups import load_lexicons
        from limen.cli._check_fix import fix_rows

        if baseline is not None:
            raise UsageError("--fix mends every row, those in a baseline too.", remedy="Leave --baseline out.")
        notes += fix_rows(
            files,
            fix,
            rules=rules,
            format=format,
            tokenizer=tokenizer,
            settings=settings.rules,
            known=Known(settings.ignore_rows),
            balance=parse_balance(balance, load_lexicons(settings.lexicons)) if balance is not None else None,
            lexicons=settings.lexicons,
            presidio=presidio,
            overwrite=overwrite,
            progress=progress,
        )
        files = (str(fix),)
    # A file that cannot be opened is to be told before any of them is read
    for file in files:
        read_rows(file, format=format, strict=False)
    limits = [n for n in (max_length, context) if n]
    asked = Context(
        traits=wanted,
        traits_asked=bool(traits),
        has_tokenizer=tokenizer is not None,
        harmful_share=share,
        max_length=min(limits, default=None),
        context=context,
        settings=settings.rules,
        known=known,
        against=compared,
        lexicons=settings.lexicons,
        presidio=presidio,
        loss=loss,
        toxicity=toxicity,
        named=named_rules(select or settings.select),
    )
    results = []
    with ENGINES[engine]() as elsewhere:
        for file in files:
            result = check_file(
                file,
                asked,
                format=format,
                jobs=jobs,
                engine=elsewhere,
                tokenizer=tokenizer,
                ends=ends,
                rules=rules,
                progress=progress,
            )
            findings = [replace(f, evidence={**f.evidence, "file": file}) for f in result.findings]
            results.append(replace(result, findings=findings))
    notes += known.told(rule.code for rule in rules)
    if write_baseline is not None:
        with naming(write_baseline):
            whole = [finding for result in results for finding in result.whole]
            count = write(write_baseline, [hit for result in results for hit in result.hits], whole)
        beside = f" and {plural(len(whole), 'finding')} on whole files" if whole else ""
        notes.append(f"Baseline of {count:,} hits{beside} written to {write_baseline}")
    checked = _checked(files, results, rules, settings.rules, share, notes)
    write_outputs(checked if rows == "text" else checked.without_text(), renderers, as_json=as_json)
    for file, result in zip(files, results, strict=True):
        _common.refuse_unreadable(file, result.report)
    sys.exit(checked.exit_code)


def _tokenizer(model: str, **loading: Any) -> tuple[Any, int | None, tuple[int, ...]]:
    """A model's tokenizer, how many tokens the model reads, and at which it stops."""
    from limen.models import parse_model
    from limen.models.end_tokens import end_tokens_of
    from limen.models.loading import context_of, load_tokenizer

    spec = parse_model(model, **loading)
    return load_tokenizer(spec), context_of(spec), end_tokens_of(spec)


def _checked(
    files: Sequence[str],
    results: Sequence[CheckResult],
    rules: Sequence[type[Rule]],
    settings: Mapping[str, RuleSettings],
    fail_on: float,
    notes: Sequence[str],
) -> Checked:
    """What the renderers are given."""
    import limen
    from limen.cli._check_rules import card
    from limen.core import exit_code
    from limen.report.check import Checked

    code = exit_code([f for result in results for f in result.findings], fail_on)
    return Checked(
        [_file(file, result) for file, result in zip(files, results, strict=True)],
        [card(rule, settings.get(rule.code)) for rule in rules],
        limen.__version__,
        2 if any(result.report.problem_count for result in results) else code,
        notes,
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
