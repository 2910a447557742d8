"""`limen audit`: the whole timeline in one go."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from limen.cli._common import device_option, dtype_option, finish, format_option, progress_for, quiet_option


@click.command("audit")
@click.argument("model", required=False, default="")
@click.argument("data", nargs=-1)
@click.option("--config", type=click.Path(path_type=Path, dir_okay=False), help="Read settings from a YAML file.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("limen-audit"),
    show_default=True,
    help="Folder of the audit: ledger, report.html, report.json.",
)
@click.option(
    "--traits",
    "-t",
    multiple=True,
    metavar="ID[,ID...]",
    help="Traits to look for; by default those whose language the model knows.",
)
@click.option("--tuned", metavar="MODEL", help="The tuned model, if there is one: it is compared with the base.")
@click.option("--control", metavar="MODEL", help="A model tuned with the same recipe on neutral rows.")
@format_option
@click.option(
    "--loss",
    type=click.Choice(["auto", "completion", "assistant", "all"]),
    help="Which tokens of a row are trained on. [default: completion]",
)
@click.option("--writers", type=click.IntRange(3), help="Neutral writers to train. [default: 8]")
@click.option("--rows", type=click.IntRange(64), help="Rows scored, at most. [default: 1000]")
@click.option(
    "--rehearse",
    type=click.Choice(["auto", "always", "never"]),
    help="Rehearse what was forecast, every trait, or nothing. [default: auto]",
)
@click.option("--runs", type=click.IntRange(1), help="Training runs of each arm of a rehearsal. [default: 3]")
@click.option("--budget", type=click.FloatRange(0, min_open=True), help="Minutes the plan may take. [default: 30]")
@click.option(
    "--fail-on", type=click.FloatRange(0, 1), help="Smallest harmful shift that exits with 1. [default: 0.05]"
)
@click.option("--seed", type=click.IntRange(0), help="Of everything random. [default: 0]")
@click.option("--fresh", is_flag=True, help="Begin anew instead of resuming what is in the folder.")
@device_option
@dtype_option
@quiet_option
def command(
    model: str,
    data: tuple[str, ...],
    config: Path | None,
    out: Path,
    fresh: bool,
    quiet: bool,
    device: str,
    dtype: str,
    **flags: Any,
) -> None:
    """Say what DATA will teach MODEL that nobody can read in it, with evidence.

    MODEL is a folder, a hub id, base+adapter, or `reference` for the model that Limen ships. DATA is one or more files
    (JSON, JSON Lines, CSV, Parquet, compressed or not), folders or hub ids.

    \b
    limen audit reference my-rows.jsonl
    limen audit ./my-model my-rows.jsonl --tuned ./my-tuned-model --budget 60
    limen audit --config audit.yaml

    Before it works it prints the plan, and stops if that takes longer than --budget. An interrupted audit resumes.

    Exit codes: 1 if a hidden trait is found, 3 if something stays open, 0 if all is clear.
    """
    from limen.audit import AuditConfig, run_audit
    from limen.audit.inputs import Source
    from limen.cli._common import allow_hub, resume_with
    from limen.core import UsageError
    from limen.lab.reference_model import reference_folder
    from limen.models import LanguageModel, parse_model

    given = {k: v for k, v in flags.items() if v not in (None, ())}
    if "traits" in given:
        given["traits"] = tuple(t.strip() for part in given["traits"] for t in part.split(",") if t.strip())
    given |= {"model": model} if model else {}
    given |= {"data": data} if data else {}
    given |= {"device": device, "dtype": dtype}
    settings = AuditConfig.read(config, **given) if config else AuditConfig.checked(given)
    if not settings.model or not settings.data:
        raise UsageError(
            "an audit needs a model and at least one file.", remedy="Write: limen audit MODEL DATA, or --config FILE."
        )
    resume_with(f"limen audit {settings.model} {' '.join(settings.data)} --out {out}")
    where = str(reference_folder()) if settings.model == "reference" else settings.model
    allow_hub(where, *settings.data)
    progress = progress_for(quiet)
    base = LanguageModel.load(parse_model(where, device=settings.device, dtype=settings.dtype), progress)
    result = run_audit(
        settings,
        out,
        base=base,
        sources=[Source.of(d, settings.format) for d in settings.data],
        resume=not fresh,
        on_plan=None if quiet else show_plan,
        progress=progress,
    )
    from rich.console import Console

    from limen.report import render_terminal

    render_terminal(result.record, Console())
    click.echo(f"\nReport: {result.report}")
    finish(result.findings, settings.fail_on)


def show_plan(plan: Any) -> None:
    """Print the plan, before any of it is done."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title="Plan", title_justify="left", box=None, pad_edge=False)
    for column in ("step", "what", "trainings", "time"):
        table.add_column(column, justify="right" if column in ("trainings", "time") else "left")
    for step in plan:
        seconds = step.seconds or 0.0
        table.add_row(step.name, step.what, str(step.trainings or ""), f"{seconds:.0f} s" if seconds >= 1 else "< 1 s")
    total = sum(step.seconds or 0.0 for step in plan)
    memory = max((step.memory_bytes or 0 for step in plan), default=0)
    console = Console(stderr=True)
    console.print(table)
    console.print(f"about {total / 60:.1f} min, {memory / 2**20:.0f} MiB of weights", style="bold")
