"""The registry of the doctor's checks, open to third parties through the entry points `limen.doctor`."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.metadata import entry_points

from limen.before.doctor.check import Check, Severity
from limen.before.doctor.patient import Patient
from limen.core import Finding, UsageError

Examine = Callable[[Patient, Check], Finding]
_CHECKS: dict[str, Check] = {}
_CODE = re.compile(r"[A-Z]{3,}\d{3}")
_loaded = False


def check(
    code: str, name: str, *, severity: Severity = Severity.ERROR, needs_data: bool = False
) -> Callable[[Examine], Examine]:
    """Register a function as a check.

    Args:
        code: Capitals and three digits, such as `ACME101`.
        name: Short name in kebab case.
        severity: How bad it is when it finds something.
        needs_data: Whether it looks at rows; without data it is left out.

    Raises:
        UsageError: The code is no code, is taken, or the function has no docstring.
    """

    def register(examine: Examine) -> Examine:
        if not _CODE.fullmatch(code):
            raise UsageError(f"{code!r} is no code of a check.", remedy="Use capitals and three digits: ACME101.")
        taken = _CHECKS.get(code)
        if taken is not None and taken.examine.__qualname__ != examine.__qualname__:
            raise UsageError(f"the code {code} is taken by {taken.name!r}.", remedy="Choose another code.")
        if not (examine.__doc__ or "").strip():
            raise UsageError(f"the check {name!r} has no docstring: it is its page.", remedy="Write one.")
        _CHECKS[code] = Check(code, name, severity, needs_data, examine)
        return examine

    return register


def all_checks() -> list[Check]:
    """Every check by code, those of installed third-party packages among them.

    Raises:
        UsageError: A third-party package's checks cannot be imported.
    """
    global _loaded
    import limen.before.doctor.checks  # noqa: F401  registers the built-in ones

    if not _loaded:
        for entry in entry_points(group="limen.doctor"):
            try:
                entry.load()
            except Exception as error:
                raise UsageError(
                    f"the checks {entry.name!r} of an installed package cannot be loaded: {error}.",
                    remedy=f"Mend or uninstall the package that provides {entry.value!r}.",
                ) from error
        _loaded = True
    return [_CHECKS[code] for code in sorted(_CHECKS)]
