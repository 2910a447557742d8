"""What `audit`, `forecast`, `rehearse` and `replay` share: an audit run from settings, and its plan on the screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from limen.cli._common import format_option, loading_options, progress_for, quiet_option

if TYPE_CHECKING:
    from limen.audit import AuditConfig, AuditResult
    from limen.ledger import PlanStep

F = TypeVar("F", bound=Callable[..., Any])

_READING = (
    format_option,
    click.option(
        "--loss",
        type=click.Choice(["auto", "completion", "assistant", "all"]),
        help="Which tokens of a row are trained on. [default: completion]",
    ),
    click.option(
        "--max-length",
        type=click.IntRange(8),
        metavar="TOKENS",
        help="Where the trainer cuts rows; never above the model's context, which is the default.",
    ),
    click.option("--budget", type=click.FloatRange(0, min_open=True), help="Minutes the plan may take. [default: 30]"),
    click.option(
        "--seed",
        type=click.IntRange(0),
        help="Of the rows drawn, of what is sampled on them and of the rehearsal's training order. Twins and neutral "
        "writers stay the same whatever it is: they are made once a base. [default: 0]",
    ),
    click.option("--fresh", is_flag=True, help="Begin anew instead of resuming what is in the folder."),
)

_TRAITS = click.option(
    "--traits",
    "-t",
    multiple=True,
    metavar="ID[,ID...]",
    help="Traits to look for; by default those whose language the model knows.",
)
_PREFERENCE = click.option(
    "--preference",
    type=click.Choice(["pairs", "chosen"]),
    help="What preference rows will train: to prefer the chosen answer over the rejected one (DPO, reward models), or "
    "the chosen answers alone. [default: pairs]",
)
_FAIL_ON = click.option(
    "--fail-on", type=click.FloatRange(0, 1), help="Smallest harmful shift that exits with 1. [default: 0.05]"
)


def audit_options(command: F) -> F:
    """Options that mean the same in every command that runs an audit or a part of one."""
    return _TRAITS(_PREFERENCE(untraited_options(command)))


def untraited_options(command: F) -> F:
    """Those of them that do not say which traits are looked for."""
    return _FAIL_ON(reading_options(command))


def reading_options(command: F) -> F:
    """Those of them that say which rows are read, how, and what that may cost."""
    command = loading_options(quiet_option(command))
    for option in reversed(_READING):
        command = option(command)
    return command


def writers_option(command: F) -> F:
    """`--writers`: how many models stand for those that learned nothing anybody would name."""
    return click.option(
        "--writers",
        type=click.IntRange(3),
        help="Neutral writers to train; below 8 (of preference pairs 16) nothing is settled. [default: 24]",
    )(command)


def engine_option(command: F) -> F:
    """`--engine`: where rows are weighed."""
    return click.option(
        "--engine",
        type=click.Choice(["local", "ray"]),
        help="Where the forecast weighs rows along tuned twins: in this process, or in workers of Ray (extra: ray), on "
        "the cluster that RAY_ADDRESS names or on a Ray that is started for it. The numbers are the same. Twins and "
        "writers, prompted twins, and preference pairs stay in this process. [default: local]",
    )(command)


def sizes_option(command: F) -> F:
    """`--sizes`: how far what was forecast would move."""
    return click.option(
        "--sizes",
        is_flag=True,
        help="Predict how far each trait that was forecast or left open would move, with the interval of a fresh run: "
        "from short fine-tunes on the rows, and from what rows of the trait's own twin do to this model.",
    )(command)


def verify_option(command: F) -> F:
    """`--verify`: blame put to the test."""
    return click.option(
        "--verify",
        is_flag=True,
        help="Rehearse what was forecast again without the quarter of the rows blamed most, and without as many at "
        "random.",
    )(command)


def what_if_options(command: F) -> F:
    """`--what-if` and `--what-if-runs`: the rehearsal at other doses and recipes."""
    for option in (
        click.option(
            "--what-if-runs", type=click.IntRange(1), help="Training runs of each arm at each point. [default: 3]"
        ),
        click.option(
            "--what-if",
            multiple=True,
            metavar="KNOB=VALUE[,VALUE...]",
            help="Rehearse other doses and recipes too: mixture (share of these rows), epochs, learning-rate or rank "
            "(of the LoRA adapter; full for none). May be repeated.",
        ),
    ):
        command = option(command)
    return command


def out_option(default: str) -> Callable[[F], F]:
    """`--out`: the audit's folder."""
    return click.option(
        "--out",
        type=click.Path(path_type=Path, file_okay=False),
        default=Path(default),
        show_default=True,
        help="Folder for the ledger, report.html and report.json.",
    )


def settings_from(
    model: str, data: Sequence[str], config: Path | None, flags: dict[str, Any], **fixed: Any
) -> AuditConfig:
    """The audit's settings from flags and, if there is one, a config file.

    Args:
        model: The base, or empty where the file names it.
        data: The data, or empty where the file names it.
        config: A YAML file.
        flags: Flags by the name of their setting.
        fixed: Settings that the command decides.

    Raises:
        UsageError: No model or no data, or a setting that makes no sense.
    """
    from limen.audit import AuditConfig
    from limen.core import UsageError

    # What a flag is when nobody gave it must not overrule the file.
    context = click.get_current_context()
    given = {k: v for k, v in flags.items() if context.get_parameter_source(k) is not ParameterSource.DEFAULT}
    if "traits" in given:
        given["traits"] = tuple(t.strip() for part in given["traits"] for t in part.split(",") if t.strip())
    given |= {"model": model} if model else {}
    given |= {"data": tuple(data)} if data else {}
    given |= fixed
    settings = AuditConfig.read(config, **given) if config else AuditConfig.checked(given)
    if not settings.model or not settings.data:
        raise UsageError("a model and at least one file of rows are needed.", remedy="Write: limen audit MODEL DATA")
    return settings


def run_settings(
    settings: AuditConfig, out: Path, *, command: str, fresh: bool = False, quiet: bool = False
) -> AuditResult:
    """Load the model and run an audit.

    Args:
        settings: The settings, with a model and data.
        out: The audit's folder.
        command: What the ledger calls it.
        fresh: Begin anew.
        quiet: Show neither plan nor progress.
    """
    from limen.audit import run_audit
    from limen.audit.before_loading import check_inputs
    from limen.audit.inputs import Source
    from limen.audit.served import open_base
    from limen.cli._common import allow_hub, shipped_or_given

    where = shipped_or_given(settings.model)
    settings = settings.absolute()
    allow_hub(where, settings.tuned, settings.control, *settings.data)
    progress = progress_for(quiet)
    spec = settings.spec(where, revision=settings.revision)
    sources = [Source.of(d, settings.format) for d in settings.data]
    check_inputs(settings, sources, spec, progress)
    base = open_base(settings, spec, out, fresh=fresh, progress=progress)
    return run_audit(
        settings,
        out,
        base=base,
        sources=sources,
        command=command,
        resume=not fresh,
        on_plan=None if quiet else show_plan,
        progress=progress,
    )


def show_result(result: AuditResult) -> None:
    """Print the summary and where the report is."""
    from rich.console import Console

    from limen.report import render_terminal

    render_terminal(result.record, Console())
    click.echo(f"\nReport: {result.report}")


def show_plan(plan: Sequence[PlanStep]) -> None:
    """Print the plan, before any of it is done."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title="Plan", title_justify="left", box=None, pad_edge=False)
    for column in ("step", "what", "trainings", "time"):
        table.add_column(column, justify="right" if column in ("trainings", "time") else "left")
    for step in plan:
        if step.cached:
            time = "there already"
        elif step.seconds is None:
            time = "the server's"
        else:
            time = f"{step.seconds:.0f} s" if step.seconds >= 1 else "< 1 s"
        table.add_row(step.name, step.what, str(step.trainings or ""), time)
    total = sum(step.seconds or 0.0 for step in plan)
    memory = max((step.memory_bytes or 0 for step in plan), default=0)
    console = Console(stderr=True)
    console.print(table)
    if any(step.seconds is None for step in plan):
        return
    console.print(f"about {total / 60:.1f} min, {memory / 2**20:.0f} MiB of weights", style="bold")
