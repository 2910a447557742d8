"""The table of commands is true: each stands in it once it is written, works, and says there what it says itself."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from limen.cli import main as cli
from limen.cli._lazy import LazyGroup

FOLDER = Path(cli.__file__).parent
WRITTEN = {f"limen.cli.{p.stem}" for p in FOLDER.glob("*.py") if not p.stem.startswith("_") and p.stem != "main"}


def leaves(command: click.Command, words: tuple[str, ...]) -> list[tuple[tuple[str, ...], click.Command]]:
    """A command and every command under it, with the words that call it."""
    found = [(words, command)]
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            found += leaves(below, (*words, name))
    return found


EVERY = leaves(cli.app, ())


def groups() -> list[LazyGroup]:
    return [command for _, command in EVERY if isinstance(command, LazyGroup)]


def test_every_written_command_is_in_a_table() -> None:
    assert {module for group in groups() for module, _ in group.table.values()} == WRITTEN


@pytest.mark.parametrize("group", groups(), ids=lambda group: str(group.name))
def test_a_table_says_what_its_commands_say(group: LazyGroup) -> None:
    for name, (_, line) in group.table.items():
        command = group.get_command(click.Context(group), name)
        assert command is not None
        assert line.rstrip(".") == command.get_short_help_str(limit=200).rstrip(".")


@pytest.mark.parametrize(("words", "command"), EVERY, ids=[" ".join(words) or "limen" for words, _ in EVERY])
def test_help_of_every_command(
    words: tuple[str, ...], command: click.Command, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([*words, "--help"]) == 0
    assert "Usage: limen" in capsys.readouterr().out
    undocumented = [p.name for p in command.params if isinstance(p, click.Option) and not p.help]
    assert not undocumented
