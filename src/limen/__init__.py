"""Limen: what a fine-tune teaches below the threshold of what anyone can read.

`limen.audit` runs every phase that the inputs allow; `limen.watch` holds the callback for a training run. Everything
is imported when it is first used: torch and its kin take seconds, and most of what uses Limen needs only a part.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from limen import watch
    from limen.audit import audit

    __version__: str

__all__ = ["__version__", "audit", "watch"]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return _version()
    if name == "watch":
        return importlib.import_module("limen.watch")
    raise AttributeError(f"module 'limen' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("limen")
    except PackageNotFoundError:
        return "0+source"


def _audit(package: ModuleType) -> Any:
    return importlib.import_module("limen.audit").audit


def _ignore(package: ModuleType, value: Any) -> None:
    """Leave `limen.audit` the function when the import of the package of that name would replace it."""


class _Limen(ModuleType):
    # A package sets each imported submodule as its own attribute; only a data descriptor keeps the name for a function.
    audit = property(_audit, _ignore)


sys.modules[__name__].__class__ = _Limen
