"""The forms that a check can be written in, one a file: by name, or by the suffix of the file that is written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from limen.core import UsageError
from limen.report.check.checked import Checked

CheckRenderer = Callable[[Checked], str]
"""Takes a check and gives the whole file."""

_renderers: dict[str, CheckRenderer] = {}
_suffixes: dict[str, str] = {}


def check_renderer(name: str, *suffixes: str) -> Callable[[CheckRenderer], CheckRenderer]:
    """Register a form.

    Args:
        name: What `--output-format` calls it.
        suffixes: Suffixes of files that are written in it, with the dot, in lower case.
    """

    def add(function: CheckRenderer) -> CheckRenderer:
        _renderers[name] = function
        _suffixes.update(dict.fromkeys(suffixes, name))
        return function

    return add


def get_check_renderer(name: str) -> CheckRenderer:
    """The form of this name.

    Raises:
        UsageError: There is none.
    """
    if name not in _renderers:
        raise UsageError(f"there is no output format {name!r}.", remedy=f"Choose one of: {', '.join(_renderers)}.")
    return _renderers[name]


def check_renderer_for(path: PurePath) -> CheckRenderer:
    """The form that a file's suffix asks for.

    Args:
        path: The file that is to be written.

    Raises:
        UsageError: Its suffix asks for none.
    """
    name = _suffixes.get(path.suffix.lower())
    if name is None:
        raise UsageError(
            f"the suffix {path.suffix!r} tells no output format."
            if path.suffix
            else "a name without a suffix tells no output format.",
            remedy=f"End it in {', '.join(_suffixes)}, or say --output-format ({', '.join(_renderers)}).",
            where=str(path),
        )
    return _renderers[name]
