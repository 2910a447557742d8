"""`limen check --output` and what else a check writes: how each is written, and never over what is read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from limen.cli._output import written
from limen.core import UsageError
from limen.core.writing import refuse_read, same_file
from limen.report.check import check_renderer_for, get_check_renderer

if TYPE_CHECKING:
    from limen.report.check import Checked, CheckRenderer


def renderers_of(outputs: Sequence[Path], name: str | None, as_json: bool) -> list[tuple[Path, CheckRenderer]]:
    """How each output is written; found before any row is read, so that a mistake shows at once.

    Args:
        outputs: Where to; `-` for standard output.
        name: The format that the user named.
        as_json: Whether standard output is taken by `--json`.

    Raises:
        UsageError: The outputs contradict each other, or one tells no format.
    """
    if name and not outputs:
        raise UsageError("--output-format says how to write, and not where.", remedy="Add --output PATH.")
    if name and len(outputs) > 1:
        raise UsageError(
            "--output-format is for one --output alone.", remedy="Let the suffixes of the files tell their formats."
        )
    if as_json and any(str(path) == "-" for path in outputs):
        raise UsageError("--json and --output - both print on standard output.", remedy="Keep one of them.")
    return [(path, get_check_renderer(name) if name else check_renderer_for(path)) for path in outputs]


def refuse_collisions(
    read: Iterable[str | Path | None],
    outputs: Sequence[Path],
    *,
    baseline: Path | None = None,
    fix: Path | None = None,
) -> None:
    """Refuse, before any row is read, to write to a file that is read, or to one file twice.

    Args:
        read: What is read: files, folders, hub ids, which name no file; None for what the user left out.
        outputs: Where reports go.
        baseline: Where a baseline goes.
        fix: Where a fixed file goes; its manifest goes beside it.

    Raises:
        UsageError: Two of them are one file.
    """
    from limen.before.check.fix.manifest import manifest_path

    sources = [path for one in read if one is not None for path in _paths(one)]
    reports = [("--output", path) for path in outputs if str(path) != "-"]
    others = [] if baseline is None else [("--write-baseline", baseline)]
    if fix is not None:
        others += [("--fix", fix), ("the manifest of --fix", manifest_path(fix))]
    for _, path in others:
        refuse_read(path, sources)
    for _, path in reports:
        refuse_read(path, sources, report=True)
    kept: list[tuple[str, Path]] = []
    for what, path in [*others, *reports]:
        for earlier, taken in kept:
            if same_file(path, taken):
                twice = "--output twice" if what == earlier else f"{earlier} and {what}"
                raise UsageError(
                    f"{twice} would write to the same file.", remedy="Give each a file of its own.", where=str(path)
                )
        kept.append((what, path))


def _paths(source: str | Path) -> list[Path]:
    """The paths that a source may mean: `folder:split` means a folder."""
    path = Path(source).expanduser()
    folder, colon, _ = str(source).rpartition(":")
    return [path] if path.exists() or not colon else [path, Path(folder).expanduser()]


def write_outputs(checked: Checked, renderers: Sequence[tuple[Path, CheckRenderer]], *, as_json: bool) -> None:
    """Write each output, and print the terminal's own unless standard output is taken.

    Args:
        checked: The check.
        renderers: From `renderers_of`.
        as_json: Whether JSON is printed in place of the terminal's own.
    """
    for path, render in renderers:
        if str(path) == "-":
            click.echo(render(checked), nl=False)
            continue
        written(path, render(checked))
    if as_json:
        click.echo(get_check_renderer("json")(checked), nl=False)
    elif not any(str(path) == "-" for path, _ in renderers):
        from rich.console import Console

        from limen.cli._check_terminal import print_check

        print_check(checked, Console(highlight=False))
        for path, _ in renderers:
            click.echo(f"Wrote {path}")
