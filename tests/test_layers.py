"""The house's floors hold (contracts in pyproject.toml), and the check of them sees a breach."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
RUN = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True, no_logo=True))"


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", RUN],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root / "src")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_floors_hold() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("core/_breach.py", "import limen.stats", "Each floor"),
        ("data/_breach.py", "import limen.models", "Each floor"),
        ("models/_breach.py", "def f() -> None:\n    import limen.cli.main", "Each floor"),
        ("report/_breach.py", "import limen.data", "A report reads"),
        ("stats/_breach.py", "def f() -> None:\n    import torch", "need no torch"),
        ("unplanned/__init__.py", "", "Each floor"),
    ],
)
def test_a_breach_is_seen(file: str, line: str, contract: str, tmp_path: Path) -> None:
    python_alone = shutil.ignore_patterns("__pycache__", "*.safetensors", "*.jsonl", "*.yaml")
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=python_alone)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    breach = tmp_path / "src/limen" / file
    breach.parent.mkdir(exist_ok=True)
    breach.write_text(line + "\n", encoding="utf-8")
    result = lint(tmp_path)
    assert result.returncode == 1
    broken = " ".join(result.stdout.split("Broken contracts")[-1].split())
    assert contract in broken


def test_every_folder_of_code_is_a_package() -> None:
    # Without __init__.py a folder is a namespace package, which neither the floors nor mypy see.
    folders = {file.parent for file in (ROOT / "src/limen").rglob("*.py")}
    assert not [folder for folder in sorted(folders) if not (folder / "__init__.py").is_file()]


def test_no_file_is_two_things() -> None:
    long = {file: len(file.read_text(encoding="utf-8").splitlines()) for file in (ROOT / "src").rglob("*.py")}
    assert not {str(file.relative_to(ROOT)): lines for file, lines in long.items() if lines > 500}
