"""The registry of rules, open to third parties through the entry points `limen.rules`."""

from __future__ import annotations

import re
from importlib.metadata import entry_points
from typing import TypeVar

from limen.before.check.rule import Rule
from limen.core import UsageError

R = TypeVar("R", bound=type[Rule])
_RULES: dict[str, type[Rule]] = {}
_CODE = re.compile(r"[A-Z]{3,}\d{3}")
_loaded = False


def rule(cls: R) -> R:
    """Register a class as a rule.

    A third party registers its rules when the module that its entry point of the group `limen.rules` names is
    imported.

    Raises:
        UsageError: The code is no code, is taken, or the class has no docstring.
    """
    if not _CODE.fullmatch(cls.code):
        raise UsageError(
            f"{cls.code!r} is no rule code.",
            remedy="Use capitals and three digits, such as ACME101.",
            where=cls.__name__,
        )
    taken = _RULES.get(cls.code)
    if taken is not None and taken.__qualname__ != cls.__qualname__:
        raise UsageError(
            f"the rule code {cls.code} is taken by {taken.__name__}.", remedy="Choose another code.", where=cls.__name__
        )
    if not (cls.__doc__ or "").strip():
        raise UsageError("a rule needs a docstring: it is its page.", remedy="Write one.", where=cls.__name__)
    _RULES[cls.code] = cls
    return cls


def all_rules() -> list[type[Rule]]:
    """Every rule by code, those of installed third-party packages among them.

    Raises:
        UsageError: A third-party package's rules cannot be imported.
    """
    global _loaded
    import limen.before.check.rules  # noqa: F401  registers the built-in ones

    if not _loaded:
        for entry in entry_points(group="limen.rules"):
            try:
                entry.load()
            except Exception as error:
                raise UsageError(
                    f"the rules {entry.name!r} of an installed package cannot be loaded: {error}.",
                    remedy=f"Mend or uninstall the package that provides {entry.value!r}.",
                ) from error
        _loaded = True
    return [_RULES[code] for code in sorted(_RULES)]


def get_rule(code: str) -> type[Rule]:
    """A rule by its code or name.

    Raises:
        UsageError: There is none.
    """
    for one in all_rules():
        if code.strip().casefold() in (one.code.casefold(), one.name.casefold()):
            return one
    raise UsageError(f"no rule is called {code!r}.", remedy=f"Rules: {', '.join(r.code for r in all_rules())}.")
