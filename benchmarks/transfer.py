"""The other initialisation, for the benchmarks that need one.

What transfers is measured by `limen.lab.study.language`. This file keeps its name because the code of the error rates,
which their results are bound to, asks for it here.
"""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def other_base() -> Any:
    """The same world with another initialisation, trained on first use and kept beside the other arms."""
    from limen.lab.other_reference import other_reference
    from limen.models import LanguageModel

    return LanguageModel.load(str(other_reference()))
