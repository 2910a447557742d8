"""What a public package hands on is what its `__all__` says (ruff keeps it in order)."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType

import pytest

import limen


def public_packages() -> list[str]:
    """Names of every importable package and module of Limen that has no private part in its name."""
    found = pkgutil.walk_packages(limen.__path__, "limen.", onerror=lambda name: None)
    names = [m.name for m in found if m.ispkg and not any(part.startswith("_") for part in m.name.split("."))]
    # The command line hands on nothing: each command is found by its name.
    return ["limen", *(name for name in names if name != "limen.cli")]


@pytest.mark.parametrize("name", public_packages())
def test_all_matches_the_namespace(name: str) -> None:
    module = importlib.import_module(name)
    exported = getattr(module, "__all__", [])
    assert sorted(set(exported)) == sorted(exported), "a name stands twice in __all__"
    missing = [entry for entry in exported if not hasattr(module, entry)]
    assert not missing, f"__all__ of {name} names what is not there: {missing}"
    unlisted = sorted(set(handed_on(module)) - set(exported))
    assert not unlisted, f"{name} hands on names that are not in its __all__: {unlisted}"


def handed_on(module: ModuleType) -> list[str]:
    """Public names that a package defines or takes from Limen; submodules and foreign imports do not count."""
    return [
        name
        for name, value in vars(module).items()
        if not name.startswith("_")
        and not isinstance(value, ModuleType)
        and str(getattr(value, "__module__", "")).startswith("limen")
    ]


def test_the_walk_finds_the_rooms() -> None:
    assert {"limen", "limen.core", "limen.data", "limen.models"} <= set(public_packages())
