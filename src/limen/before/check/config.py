"""Configuration of a check: `[check]` in limen.toml, or `[tool.limen.check]` in pyproject.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from limen.before.check.groups.lexicon import BUILT_IN, NAMES
from limen.before.check.known import IgnoredRow
from limen.before.check.registry import all_rules
from limen.before.check.rule import RuleSettings, Severity
from limen.before.check.select import matching
from limen.core import UsageError

T = TypeVar("T")
_ROW = re.compile(r"[0-9a-f]{12}")
_KEYS = ("select", "ignore", "fail-on", "lexicons", "presidio", "toxicity", "rules", "ignore-rows")


@dataclass(frozen=True)
class CheckConfig:
    """What a check is told by a file.

    Attributes:
        select: Rules to run: codes, beginnings of codes or names; none for all.
        ignore: Rules to leave out.
        fail_on: Share of rows from which an error or a warning fails; None where the file does not say.
        lexicons: Lexicons of groups of people: languages, or YAML files; those that the package has without it.
        presidio: What Presidio recognises personal data with: an installed spaCy model, or `patterns` for none; None
            where it is not asked.
        toxicity: The classifier that judges whether answers are toxic, a folder or hub id; None where it is not asked.
        rules: Severity and share of single rules, by code.
        ignore_rows: Rows that a rule is not to name, each with its reason.
        path: The file; None where there is none.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: float | None = None
    lexicons: tuple[str, ...] = BUILT_IN
    presidio: str | None = None
    toxicity: str | None = None
    rules: Mapping[str, RuleSettings] = field(default_factory=dict)
    ignore_rows: tuple[IgnoredRow, ...] = ()
    path: Path | None = None


def find_config(start: Path) -> Path | None:
    """The nearest file with a configuration, from a folder upward: limen.toml, or a pyproject.toml with `[tool.limen]`.

    Args:
        start: The folder.

    Raises:
        UsageError: A pyproject.toml on the way is no TOML.
    """
    for folder in (start, *start.parents):
        own = folder / "limen.toml"
        if own.is_file():
            return own
        project = folder / "pyproject.toml"
        if project.is_file() and "limen" in _table(_read(project), "tool", project):
            return project
    return None


def load_config(path: Path | None = None, start: Path | None = None) -> CheckConfig:
    """The configuration of a check.

    Args:
        path: The file; None to look for it.
        start: Folder from which it is looked for, upward; None for the working directory.

    Raises:
        UsageError: The file is not there or no TOML, or says something that is not understood.
    """
    found = path or find_config(start or Path.cwd())
    if found is None:
        return CheckConfig()
    whole = _read(found)
    if found.name == "pyproject.toml":
        whole = _table(_table(whole, "tool", found), "limen", found)
    _known_keys(whole, ("check",), found, "" if found.name != "pyproject.toml" else "tool.limen.")
    return _parsed(_table(whole, "check", found), found)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UsageError("there is no such configuration.", remedy="Check the path.", where=str(path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"broken TOML: {error}.", remedy="Mend the file.", where=str(path)) from error


def _table(value: Mapping[str, Any], key: str, path: Path) -> dict[str, Any]:
    found = value.get(key, {})
    if not isinstance(found, dict):
        raise UsageError(f"{key!r} is no table.", remedy=f"Write it as [{key}].", where=str(path))
    return found


def _known_keys(table: Mapping[str, Any], keys: Iterable[str], path: Path, prefix: str = "check.") -> None:
    keys = tuple(keys)
    for key in table:
        if key not in keys:
            near = get_close_matches(key, keys, n=1, cutoff=0.5)
            raise UsageError(
                f"there is no key {prefix + key!r}.",
                remedy=f"Did you mean {prefix + near[0]!r}?" if near else f"The keys are: {', '.join(keys)}.",
                where=str(path),
            )


def _parsed(table: dict[str, Any], path: Path) -> CheckConfig:
    _known_keys(table, _KEYS, path)
    return CheckConfig(
        select=_rules(table, "select", path),
        ignore=_rules(table, "ignore", path),
        fail_on=_share(table, "check.fail-on", path),
        lexicons=_lexicons(table, path),
        presidio=_name(table, "presidio", path, 'Write "patterns", or the name of an installed spaCy model.'),
        toxicity=_toxicity(table, path),
        rules=_settings(_table(table, "rules", path), path),
        ignore_rows=tuple(_ignored(entry, i, path) for i, entry in enumerate(_list(table, "ignore-rows", path), 1)),
        path=path,
    )


def _list(table: Mapping[str, Any], key: str, path: Path) -> list[Any]:
    value = table.get(key, [])
    if not isinstance(value, list):
        raise UsageError(f"'check.{key}' is no list.", remedy=f"Write {key} = [...].", where=str(path))
    return value


def _rules(table: Mapping[str, Any], key: str, path: Path) -> tuple[str, ...]:
    names = _list(table, key, path)
    for name in names:
        if not isinstance(name, str):
            raise UsageError(f"'check.{key}' holds {name!r}.", remedy="Write codes as text.", where=str(path))
        _placed(path, matching, name)
    return tuple(names)


def _lexicons(table: Mapping[str, Any], path: Path) -> tuple[str, ...]:
    """Languages and files, those files that lie beside the configuration named from there."""
    names = _list(table, "lexicons", path)
    for name in names:
        if not isinstance(name, str):
            raise UsageError(f"'check.lexicons' holds {name!r}.", remedy="Write paths as text.", where=str(path))
    if "lexicons" in table and not names:
        raise UsageError(
            "'check.lexicons' is empty.", remedy=f"Name one, or leave the key out for {BUILT_IN}.", where=str(path)
        )
    built_in = (*BUILT_IN, *(one + NAMES for one in BUILT_IN))
    return tuple(n if n in built_in else str(path.parent / Path(n).expanduser()) for n in names) or BUILT_IN


def _name(table: Mapping[str, Any], key: str, path: Path, remedy: str) -> str | None:
    """A name that is not empty; None where the key is left out."""
    value = table.get(key)
    if value is not None and (not isinstance(value, str) or not value.strip()):
        raise UsageError(f"'check.{key}' is {value!r}.", remedy=remedy, where=str(path))
    return value


def _toxicity(table: Mapping[str, Any], path: Path) -> str | None:
    """A hub id, or a folder, which is named from where the configuration lies."""
    value = _name(table, "toxicity", path, "Write the folder or hub id of a sequence classifier.")
    beside = path.parent / Path(value).expanduser() if value is not None else None
    return str(beside) if beside is not None and beside.is_dir() else value


def _share(table: Mapping[str, Any], name: str, path: Path) -> float | None:
    value = table.get("fail-on")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise UsageError(f"{name!r} is {value!r}.", remedy="Write a share of rows between 0 and 1.", where=str(path))
    return float(value)


def _settings(table: Mapping[str, Any], path: Path) -> dict[str, RuleSettings]:
    found: dict[str, RuleSettings] = {}
    exact = {name.casefold() for rule in all_rules() for name in (rule.code, rule.name)}
    # The more a name says, the later it is read, so that a single rule overrules the beginning of its code.
    for name in sorted(table, key=lambda name: (name.casefold() in exact, len(name))):
        settings = _table(table, name, path)
        _known_keys(settings, ("severity", "fail-on"), path, f"check.rules.{name}.")
        severity = settings.get("severity")
        if severity is not None and severity not in [s.value for s in Severity]:
            raise UsageError(
                f"'check.rules.{name}.severity' is {severity!r}.",
                remedy=f"Write one of: {', '.join(Severity)}.",
                where=str(path),
            )
        own = RuleSettings(
            severity=Severity(severity) if severity else None,
            fail_on=_share(settings, f"check.rules.{name}.fail-on", path),
        )
        for rule in _placed(path, matching, name):
            before = found.get(rule.code, RuleSettings())
            found[rule.code] = RuleSettings(
                own.severity or before.severity, before.fail_on if own.fail_on is None else own.fail_on
            )
    return found


def _ignored(entry: Any, number: int, path: Path) -> IgnoredRow:
    where = f"check.ignore-rows[{number}]"
    if not isinstance(entry, dict):
        raise UsageError(
            f"{where!r} is no table.",
            remedy='Write { row = "<id>", code = "LIM102", reason = "..." }.',
            where=str(path),
        )
    _known_keys(entry, ("row", "code", "reason"), path, f"{where}.")
    row, code, reason = (entry.get(key) for key in ("row", "code", "reason"))
    if not isinstance(row, str) or not _ROW.fullmatch(row):
        raise UsageError(
            f"'{where}.row' is {row!r}.",
            remedy="Write a row's id, twelve hexadecimal digits: --json tells it with each example.",
            where=str(path),
        )
    rules = _placed(path, matching, code) if isinstance(code, str) else []
    if len(rules) != 1:
        raise UsageError(f"'{where}.code' is {code!r}.", remedy="Name one rule by its code.", where=str(path))
    if not isinstance(reason, str) or not reason.strip():
        raise UsageError(
            f"'{where}' has no reason.",
            remedy="Say why this row may stay: whoever reads the file later must be able to judge it.",
            where=str(path),
        )
    return IgnoredRow(row, rules[0].code, reason)


def _placed(path: Path, function: Callable[[str], T], argument: str) -> T:
    """Call a function, and have its error name the file."""
    try:
        return function(argument)
    except UsageError as error:
        raise UsageError(error.what, remedy=error.remedy, where=str(path)) from error
