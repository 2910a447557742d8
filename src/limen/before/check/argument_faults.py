"""What of a tool call's arguments the tool's schema does not allow, and where in the call it stands."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from limen.before.check.masking import masked

Path = tuple[str | int, ...]
"""Names of arguments, and numbers within arrays, from the call's arguments inwards."""

DEPTH = 8
"""Levels of arguments that are followed."""

NO_NUMBER = "a number that JSON does not have"
TYPE = "an argument of another type than the tool's schema says"
ENUM = "an argument that is none of those that the tool's schema lists"
CONST = "an argument that is not the one that the tool's schema fixes"
LACKS = "a call that lacks a required argument"
FURTHER = "an argument that the tool's schema does not allow"

_JOINED = ("anyOf", "oneOf", "allOf", "$ref")
_NAME = re.compile(r"[A-Za-z_][\w-]{0,29}")
_ARGUMENTS = re.compile(r"\"(?:arguments|parameters)\\*\"\s*:")
_LONGEST = 60  # characters of a path that is shown
_WITHIN = 5_000  # characters of a value that is marked


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_TYPES: Mapping[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: _is_number(value) and value == value // 1,
    "number": _is_number,
    "boolean": lambda value: isinstance(value, bool),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, Mapping),
    "null": lambda value: value is None,
}
"""Whether a value is of a type, as JSON Schema has them."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with a call.

    Attributes:
        kind: What it is, in words that hold nothing of the row.
        note: The same of this call: the argument's name, and what the schema has in its place.
        path: The argument that it is about; empty for the whole call.
    """

    kind: str
    note: str = ""
    path: Path = ()


def number_fault(value: Any, path: Path = ()) -> Fault | None:
    """The first number that JSON cannot say, which Python's reader lets pass as NaN or Infinity, or None.

    Args:
        value: The arguments.
        path: Where they stand.
    """
    if isinstance(value, float) and not math.isfinite(value):
        return Fault(NO_NUMBER, f"{_named(path)}: NaN or Infinity, which JSON does not have", path)
    if len(path) >= DEPTH:
        return None
    held = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    faults = (number_fault(one, (*path, key)) for key, one in held)
    return next((fault for fault in faults if fault), None)


def schema_fault(value: Any, schema: Any, path: Path = ()) -> Fault | None:
    """What of a value its schema does not allow, by required, type, enum, const and additionalProperties, or None.

    Args:
        value: An argument, or all of them as an object.
        schema: What is written of it; anything but a simple one is let pass.
        path: Where the value stands.
    """
    if not _is_simple(schema) or len(path) >= DEPTH or (value is None and schema.get("nullable")):
        return None
    kinds = schema.get("type")
    types = [kind for kind in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(kind, str)]
    if types and all(kind in _TYPES for kind in types) and not any(_TYPES[kind](value) for kind in types):
        has = " or ".join(_a(kind) for kind in dict.fromkeys(types))
        return Fault(TYPE, f"{_named(path)}: {_a(_type_of(value))} where the tool's schema has {has}", path)
    choices = schema.get("enum")
    if isinstance(choices, list) and choices and not any(_same(value, one) for one in choices):
        return Fault(ENUM, f"{_named(path)}: none of the {len(choices)} values that the tool's schema lists", path)
    if "const" in schema and not _same(value, schema["const"]):
        return Fault(CONST, f"{_named(path)}: not the one value that the tool's schema allows", path)
    faults = (schema_fault(one, of, (*path, key)) for key, one, of in _inner(value, schema))
    return _keys_fault(value, schema, path) or next((fault for fault in faults if fault), None)


def _keys_fault(value: Any, schema: Mapping[str, Any], path: Path) -> Fault | None:
    """Whether an object lacks an argument, or has one too many."""
    properties = schema.get("properties")
    if not isinstance(value, Mapping) or not isinstance(properties, Mapping):
        return None
    lacking = sorted(_required(schema) - value.keys())
    if lacking:
        return Fault(LACKS, f"{_named((*path, lacking[0]))}: missing, and the tool's schema requires it", path)
    if schema.get("additionalProperties") is False and not schema.get("patternProperties"):
        further = next((name for name in value if name not in properties), None)
        if further is not None:
            at = (*path, further)
            return Fault(FURTHER, f"{_named(at)}: the tool's schema has none of this name and allows no others", at)
    return None


def _inner(value: Any, schema: Mapping[str, Any]) -> Iterator[tuple[str | int, Any, Any]]:
    """What a value holds, with its name or number, and the schema of each."""
    properties, required = schema.get("properties"), _required(schema)
    if isinstance(value, Mapping) and isinstance(properties, Mapping):
        for name, one in value.items():
            # Many write null for an argument that they leave out
            if name in properties and (one is not None or name in required):
                yield name, one, properties[name]
    elif isinstance(value, list):
        yield from ((number, one, schema.get("items")) for number, one in enumerate(value))


def place_of(text: str, start: int, end: int, path: Path) -> tuple[int, int]:
    """Where an argument stands in a call, its name with it; the whole call where that is not told.

    Args:
        text: What the call stands in.
        start: Where the call begins.
        end: Where it ends.
        path: The argument.
    """
    found = _ARGUMENTS.search(text, start, end)
    at, quote, found = (found.end() if found else start), 0, None
    for key in path:
        if isinstance(key, str):
            name = re.escape(json.dumps(key, ensure_ascii=False)[1:-1])
            found = re.compile(rf'(\\*)"{name}\\*"\s*:\s*').search(text, at, end)
            if found is None:
                return start, end
            at, quote = found.end(), len(found[1])
    if found is None:
        return start, end
    return found.start() + quote, _value_end(text[at : min(end, at + _WITHIN)], quote) + at


def _value_end(text: str, escaped: int) -> int:
    """Where the value ends that a text begins with; within a string of JSON its quotes have a backslash before them."""
    places, escaping = [], False
    for at, char in enumerate(text):
        escaping = escaped == 1 and char == "\\" and not escaping
        if not escaping:
            places.append(at)
    try:
        _, end = json.JSONDecoder().raw_decode("".join(text[at] for at in places))
    except (ValueError, RecursionError):
        return 0
    return places[end - 1] + 1


def _named(path: Path) -> str:
    """An argument by name, if that is a plain and short one; a name is content of the row, and may be anything."""
    name = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path).removeprefix(".")
    plain = path and all(isinstance(key, int) or _NAME.fullmatch(key) for key in path)
    return f"argument `{name}`" if plain and len(name) <= _LONGEST and masked(name) == name else "an argument"


def _a(kind: str) -> str:
    return kind if kind == "null" else f"an {kind}" if kind[0] in "aeio" else f"a {kind}"


def _type_of(value: Any) -> str:
    return next((kind for kind, is_one in _TYPES.items() if is_one(value)), "value")


def _same(value: Any, other: Any) -> bool:
    """Whether two values are one in JSON, where true is not 1."""
    return bool(value == other) and isinstance(value, bool) == isinstance(other, bool)


def _is_simple(schema: Any) -> bool:
    """Whether a schema is an object that neither chooses from several forms nor refers to another."""
    return isinstance(schema, Mapping) and not any(key in schema for key in _JOINED)


def _required(schema: Mapping[str, Any]) -> frozenset[str]:
    """Arguments that a schema asks for and has among its properties."""
    required = schema.get("required")
    if not isinstance(required, Sequence) or isinstance(required, str):
        return frozenset()
    properties = schema.get("properties")
    known = properties if isinstance(properties, Mapping) else {}
    return frozenset(name for name in required if isinstance(name, str) and name in known)
