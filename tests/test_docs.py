"""Documentation that fails when it is untrue: generated pages, commands, options, imports, targets and links."""

from __future__ import annotations

import ast
import importlib
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from limen.cli.main import app
from scripts import make_docs

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)[^)]*\)")
TARGETS = set(re.findall(r"^([a-z][\w-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def test_generated_pages_are_current() -> None:
    assert not [str(page.relative_to(ROOT)) for page in make_docs.stale()], "run `make docs`"


def test_a_changed_page_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    page = ROOT / "docs/commands/README.md"
    monkeypatch.setattr(make_docs, "pages", lambda: {page: page.read_text(encoding="utf-8") + "more"})
    assert page in make_docs.stale()
    assert ROOT / "docs/commands/traits.md" in make_docs.stale()


def test_every_command_rule_and_trait_has_its_place() -> None:
    from limen.before.check import all_rules
    from limen.before.doctor import all_checks
    from limen.traits import all_traits, source_file

    written = {page.relative_to(ROOT / "docs").as_posix() for page in PAGES if page.is_relative_to(ROOT / "docs")}
    assert not {f"commands/{name}.md" for name in app.table} - written
    assert not {f"rules/{rule.name}.md" for rule in (*all_rules(), *all_checks())} - written
    traits = (ROOT / "docs/traits.md").read_text(encoding="utf-8")
    shipped = [t.id for t in all_traits() if (file := source_file(t.id)) and file.is_relative_to(ROOT / "src")]
    assert shipped
    assert not [trait for trait in shipped if f"| `{trait}` |" not in traits]


def blocks(language: str) -> list[tuple[Path, str]]:
    """Code blocks of one language in every page."""
    return [
        (page, match[2])
        for page in PAGES
        for match in BLOCK.finditer(page.read_text(encoding="utf-8"))
        if match[1] == language
    ]


def command_lines() -> Iterator[tuple[Path, list[str]]]:
    """Words of every line in a console block that a reader is told to type."""
    for page, text in blocks("console"):
        for line in text.replace("\\\n", " ").splitlines():
            if line.startswith("$ "):
                yield page, shlex.split(line[2:], comments=True)


def wrong_with(words: list[str]) -> str:
    """What is wrong with a command line of `limen` or `make`; empty if it could be run."""
    while words and "=" in words[0]:
        words = words[1:]
    if words[:1] == ["make"]:
        unknown = [w for w in words[1:] if w not in TARGETS and "=" not in w and not w.startswith("-")]
        return f"no target {unknown}" if unknown else ""
    if words[:1] != ["limen"]:
        return ""
    command: click.Command = app
    rest = words[1:]
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        below = command.get_command(click.Context(command), rest[0])
        if below is None:
            return f"no command {rest[0]!r}"
        command, rest = below, rest[1:]
    known = {"--help", "-h", "--debug", *(o for p in command.params for o in (*p.opts, *p.secondary_opts))}
    unknown = [w for w in rest if re.match(r"--?[a-z]", w) and w.partition("=")[0] not in known]
    return f"no option {unknown}" if unknown else ""


def test_command_lines_in_the_docs_can_be_run() -> None:
    wrong = {f"{page.name}: {shlex.join(words)}": why for page, words in command_lines() if (why := wrong_with(words))}
    assert not wrong


def test_python_in_the_docs_compiles_and_its_imports_exist() -> None:
    wrong = []
    for page, text in blocks("python"):
        for node in ast.walk(ast.parse(text, filename=str(page))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("limen"):
                module = importlib.import_module(node.module or "")
                wrong += [f"{page.name}: {node.module}.{a.name}" for a in node.names if not hasattr(module, a.name)]
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    if alias.name.startswith("limen"):
                        importlib.import_module(alias.name)
    assert not wrong


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("limen traits list --world micro", False),
        ("limen traits list --nope", True),
        ("limen nope", True),
        ("limen --version", False),
        ("DEMO_SEED=3 make demo", False),
        ("make nope", True),
        ("git clone somewhere", False),
    ],
)
def test_the_check_of_command_lines_sees_what_is_wrong(line: str, wrong: bool) -> None:
    assert bool(wrong_with(shlex.split(line))) is wrong


def test_links_lead_somewhere() -> None:
    dead = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in PAGES
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if "://" not in target and not target.startswith("mailto:") and not (page.parent / target).exists()
    ]
    assert not dead


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "docs/architecture.md"])
def test_what_a_reader_looks_for_is_there(name: str) -> None:
    assert (ROOT / name).is_file()
