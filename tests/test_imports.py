"""What is imported when: nothing heavy before it is used."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HEAVY = {"torch", "transformers", "peft", "trl", "datasets", "pandas", "polars", "pyarrow", "statsmodels", "altair"}
HEAVY |= {"vl_convert", "accelerate", "huggingface_hub"}
NOT_FOR_HELP = HEAVY | {"numpy", "scipy", "pydantic", "rich", "yaml", "jinja2"}
LIGHT_PACKAGES = ("core", "stats", "data", "models", "traits", "measure", "ledger", "report")


def modules_after(program: str) -> set[str]:
    """Names of every module that a fresh interpreter holds after it ran a program."""
    result = subprocess.run(
        [sys.executable, "-c", f"{program}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return set(json.loads(result.stdout.splitlines()[-1]))


def packages(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


def test_help_imports_no_command_and_nothing_heavy() -> None:
    modules = modules_after("from limen.cli.main import main\nassert main(['--help']) == 0")
    assert not packages(modules) & NOT_FOR_HELP
    commands = {p.stem for p in (ROOT / "src/limen/cli").glob("*.py") if not p.stem.startswith("_")} - {"main"}
    assert not {f"limen.cli.{name}" for name in commands} & modules
    above_core = {m for m in modules if m.startswith("limen.") and m.split(".")[1] not in {"core", "cli"}}
    assert not above_core


def test_limen_imports_nothing_heavy() -> None:
    modules = modules_after("import limen\ndir(limen)")
    assert not packages(modules) & NOT_FOR_HELP


@pytest.mark.parametrize("package", LIGHT_PACKAGES)
def test_packages_import_no_torch(package: str) -> None:
    assert not packages(modules_after(f"import limen.{package}")) & HEAVY


def test_the_probe_sees_what_is_imported() -> None:
    assert "numpy" in packages(modules_after("import numpy"))
