from __future__ import annotations

import importlib
import inspect

import pytest


@pytest.mark.parametrize("name", ["limen.core", "limen.stats", "limen.ledger"])
def test_all_is_what_the_package_hands_on(name):
    module = importlib.import_module(name)
    public = {
        n
        for n, value in vars(module).items()
        if not n.startswith("_") and not inspect.ismodule(value) and n != "annotations"
    }
    assert set(module.__all__) == public
    assert module.__all__ == sorted(module.__all__, key=lambda n: (not n.isupper(), n.islower() or n[0].islower(), n))


def test_core_imports_nothing_of_the_rest():
    import subprocess
    import sys
    from pathlib import Path

    import limen.core

    source = str(Path(limen.core.__file__).parents[2])
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import limen.core; "
        "print([m for m in sys.modules if m.startswith('limen.') and not m.startswith('limen.core')], "
        "[m for m in ('torch', 'numpy', 'pydantic') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code, source], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] []"
