"""A detector names the code that decides its scores."""

from __future__ import annotations

import ast
import inspect
from fnmatch import fnmatchcase
from importlib import import_module
from pathlib import Path

import pytest

from limen.lab.bench.detectors import BUILT_IN
from limen.lab.bench.scores import sources_of
from limen.lab.study.seed import PACKAGE

# Vocabulary, loading, the protocol of a reader: what they do is held by their own tests.
COMMON = (
    "core",
    "data",
    "lab/bench/detector.py",
    "before/forecast/likelihood_ratio.py",
    "models/batches.py",
    "models",
    "train",
    "traits",
)


def imported(path: Path) -> set[str]:
    """Modules that a file imports, as paths below the package; of a folder those that define what is taken from it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("limen."):
            name = node.module.removeprefix("limen.").replace(".", "/")
            if (PACKAGE / f"{name}.py").is_file():
                found.add(f"{name}.py")
            elif name in COMMON:
                found.add(name)
            else:
                taken = [getattr(import_module(node.module), alias.name) for alias in node.names]
                found |= {f"{one.__module__.removeprefix('limen.').replace('.', '/')}.py" for one in taken}
    return found


@pytest.mark.parametrize("detector", BUILT_IN, ids=lambda d: d.name)
def test_what_a_detector_imports_decides_its_scores(detector):
    sources, beside = sources_of(detector.name)
    assert not beside
    own = Path(inspect.getfile(detector))
    todo, seen = [own], set()
    while todo:
        path = todo.pop()
        for name in imported(path) - set(COMMON) - seen:
            seen.add(name)
            if name.startswith("lab/bench/detectors/"):
                todo.append(PACKAGE / name)
            assert any(fnmatchcase(name, s) for s in sources), name
