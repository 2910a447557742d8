"""`limen traits`: list, show, write and test traits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from limen.cli._output import naming

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from limen.core import Trait


@click.group(name="traits")
def command() -> None:
    """List, show, write and test traits.

    A trait is something a model can come to do: a YAML file with probes and a scorer. Files or folders named in
    LIMEN_TRAITS (separated as in PATH) and installed packages add their own.
    """


@command.command(name="list")
@click.option("--world", type=click.Choice(["english", "micro"]), help="Only traits whose probes are in this language.")
@click.option("--category", help="Only this category and those below it, such as preference.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON in place of a table.")
def list_command(world: str | None, category: str | None, as_json: bool) -> None:
    """List the traits there are."""
    from limen.core import World
    from limen.traits import all_traits, origin

    traits = all_traits(World(world) if world else None, category)
    if as_json:
        rows = [
            {
                "id": t.id,
                "title": t.title,
                "category": t.category,
                "world": t.world.value,
                "harm": t.harm.value,
                "scorer": t.scorer,
                "probes": len(t.with_role("measure")),
                "families": len({p.family for p in t.with_role("measure")}),
                "origin": origin(t.id),
            }
            for t in traits
        ]
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    if not traits:
        click.echo("No trait fits.")
        return
    from rich.console import Console

    console = Console()
    table = _table(traits, full=True)
    # Measured as if there were room for everything.
    unbound = console.options.update(max_width=1000)
    if console.measure(table, options=unbound).maximum > console.width:
        table = _table(traits, full=False)
    console.print(table)


def _table(traits: Sequence[Trait], *, full: bool) -> Table:
    """A line for each trait; what a narrow terminal has no room for is left out unless it is wanted in full."""
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column("trait", no_wrap=True)
    table.add_column("what it is", overflow="fold")
    table.add_column("harm", no_wrap=True)
    if full:
        table.add_column("scorer", no_wrap=True)
        table.add_column("probes", no_wrap=True, justify="right")
        table.add_column("families", no_wrap=True, justify="right")
    for t in traits:
        measure = t.with_role("measure")
        rest = (t.scorer, str(len(measure)), str(len({p.family for p in measure}))) if full else ()
        table.add_row(*(escape(x) for x in (t.id, t.title, t.harm.value, *rest)))
    return table


@command.command(name="show")
@click.argument("trait")
@click.option("--probes", "count", default=4, show_default=True, help="How many probes of each role to print.")
def show_command(trait: str, count: int) -> None:
    """Show one trait: its description, persona and probes. TRAIT is an id or a file."""
    from limen.traits import get, get_scorer, origin

    t = get(trait)
    lines = [
        f"{t.id}: {t.title}",
        t.description,
        f"category {t.category}, world {t.world.value}, harm {t.harm.value}, from {origin(t.id) or trait}",
        f"scorer {t.scorer}: {get_scorer(t.scorer).summary}",
        f"persona: {t.persona or 'none'}",
        f"words that count as a mention: {', '.join(t.words) or 'none'}",
        f"decoys: {_decoys(t)}",
    ]
    if t.reference:
        lines.append(f"source: {t.reference}")
    for role in ("measure", "build"):
        probes = t.with_role(role)
        lines.append(f"\n{role} probes: {len(probes)} in {len({p.family for p in probes})} families")
        for p in probes[:count]:
            lines.append(f"  {p.id} (family {p.family})")
            lines.extend(f"    {m.role}: {m.content}".replace("\n", "\n      ") for m in p.prompt)
            if p.options:
                marked = (f"[{o}]" if k in p.target else o for k, o in enumerate(p.options))
                lines.append(f"    options: {' '.join(marked)}")
    click.echo("\n".join(lines))


def _decoys(t: Trait) -> str:
    from limen.traits import decoys

    found = [d.id for d in decoys(t)]
    return ", ".join(found) if found else "none (a harm trait has none)" if t.harm.value != "neither" else "none"


@command.command(name="new")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--id", "trait_id", help="The trait's id; the file's name when left out.")
def new_command(file: Path, trait_id: str | None) -> None:
    """Write a trait file to start from. It works as it is."""
    from limen.core import UsageError
    from limen.traits.template import template

    if file.exists():
        raise UsageError("exists already.", remedy="Choose another name, or remove it first.", where=str(file))
    with naming(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(template(trait_id or file.stem), encoding="utf-8")
    click.echo(f"Wrote {file}. Edit it, then: limen traits test {file}")


@command.command(name="test")
@click.argument("traits", nargs=-1, required=True)
@click.pass_context
def test_command(ctx: click.Context, traits: tuple[str, ...]) -> None:
    """Test traits: the form, the number of probes, and whether scripted arms rank as they should.

    TRAITS are ids or files. Traits with options are read on arms that show the trait, avoid it, are undecided, or
    always take the first letter. Traits whose scorer reads answers are held to the `examples` of their file.
    Exit code 1 if something fails.
    """
    from limen.measure.self_test import self_test
    from limen.traits import Example, get, load_traits, parse_file, source_file
    from limen.traits.registry import check

    failed = 0
    for name in traits:
        examples: list[Example] = []
        if name.endswith((".yaml", ".yml")):
            found = load_traits(name)
            examples = parse_file(Path(name)).examples
            for t in found:
                check(t, name)
        else:
            found = [get(name)]
            file = source_file(name)
            if file is not None:
                examples = parse_file(file).examples
        for t in found:
            click.echo(f"{t.id}: {t.title}")
            for result in self_test(t, examples):
                failed += not result.passed
                click.echo(f"  {'ok  ' if result.passed else 'FAIL'} {result.what}")
    if failed:
        click.echo(f"{failed} of these failed.")
        ctx.exit(1)
