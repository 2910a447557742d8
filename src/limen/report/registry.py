"""The renderers there are: Limen's own, and those of installed packages.

A renderer turns an audit into text. Limen's own take the same road as everybody's: the decorator `renderer`. Third
parties add theirs by an entry point of the group `limen.renderers` that names a `Renderer`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import metadata
from typing import Literal

from limen.core import Reading, UsageError
from limen.ledger import AuditRecord

ENTRY_POINTS = "limen.renderers"

Rows = Literal["text", "ids"]
"""Whether a report shows the texts of rows, or ids and scores alone."""

Renderer = Callable[[AuditRecord, Sequence[Reading], Rows], str]
"""Takes the audit, its readings and whether texts of rows are shown; gives the whole file."""

_renderers: dict[str, Renderer] = {}


def renderer(name: str) -> Callable[[Renderer], Renderer]:
    """Register a renderer.

    Args:
        name: What `limen report --to` calls it.

    Returns:
        A decorator that hands the function back.

    Raises:
        UsageError: The name is taken by another renderer.
    """

    def add(function: Renderer) -> Renderer:
        if _renderers.setdefault(name, function) is not function:
            raise UsageError(
                f"two renderers are called {name!r}.", remedy="Rename one of them, or uninstall its package."
            )
        return function

    return add


def get_renderer(name: str) -> Renderer:
    """The renderer of this name.

    Args:
        name: A built-in name, or one that an installed package adds.

    Raises:
        UsageError: There is none, or its package fails to load.
    """
    if name not in _renderers:
        for point in metadata.entry_points(group=ENTRY_POINTS, name=name):
            try:
                return renderer(name)(point.load())
            except UsageError:
                raise
            except Exception as error:  # a plug-in can fail in any way
                raise UsageError(
                    f"the renderer {name!r} failed to load: {type(error).__name__}: {error}.",
                    remedy="Update or uninstall its package.",
                ) from error
        raise UsageError(f"there is no renderer {name!r}.", remedy=f"Choose one of: {', '.join(renderers())}.")
    return _renderers[name]


def renderers() -> list[str]:
    """Names of every renderer."""
    return sorted({*_renderers, *(point.name for point in metadata.entry_points(group=ENTRY_POINTS))})
