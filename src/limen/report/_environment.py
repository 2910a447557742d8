"""The templates of every HTML page.

Escaping happens in one place: Jinja's autoescape for every value, and before it `finalize`, which spells out control
and direction characters. A template cannot forget either. Only figures, drawn by this package, pass as markup.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from limen.core.wording import plural
from limen.report import _numbers
from limen.report._visible import visible


def _finalize(value: Any) -> Any:
    return value if isinstance(value, Markup) else visible(str(value))


@cache
def environment() -> Environment:
    """The templates, with everything that is put into them escaped."""
    environment = Environment(
        loader=PackageLoader("limen.report"),
        autoescape=True,
        finalize=_finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        seconds=_numbers.seconds,
        count=_numbers.count,
        day=_numbers.day,
        plural=plural,
    )
    return environment


@cache
def style() -> Markup:
    """The style sheet of every page."""
    return Markup(files("limen.report").joinpath("templates/style.css").read_text(encoding="utf-8"))
