"""LIM206."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from limen.before.check.passages import turn_field
from limen.before.check.registry import rule
from limen.before.check.rule import Severity
from limen.before.check.seen_row import SeenRow
from limen.before.check.spotting import Spot, Spotting
from limen.core import Message, Row

_TAGGED = re.compile(r"(?<!`)<tool_call>(.*?)(</tool_call>|\Z)", re.DOTALL)
# Calls that are written so on purpose (Qwen3-Coder, GLM) and are no JSON
_OTHER_FORM = ("<function=", "<arg_key>")
# A sentence may name the tags: "between <tool_call> and </tool_call>"
_NAMED = re.compile(r"(?:and|or|to|[./,…-]*)")
_NO_JSON = "a call that is no JSON"
_JOINED = ("anyOf", "oneOf", "allOf", "$ref")
_DEPTH = 8


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


@rule
class ToolCall(Spotting):
    """Rows whose assistant calls a tool in a way that nothing can carry out.

    Looked at are `tool_calls`, `function_call`, turns from `function_call`, and what stands between `<tool_call>` and
    `</tool_call>` in a turn of the assistant. Named is a call that is no JSON or never closed, one without the name of
    a tool, and one whose arguments are no JSON object. Where the row has `tools`, so is a call of a tool that is not
    among them, one that lacks an argument which the tool's schema requires, and one with a value of another type than
    the schema says or that is not in its `enum`: "5" is no integer, 5.0 is one, and null stands for leaving an
    argument out unless it is required. A schema that chooses from several forms or refers to another is not followed,
    and a type that JSON Schema does not know is let pass, as are other limits, such as a pattern or a least number.
    Calls in the forms of Qwen3-Coder and GLM, which are no JSON, are let pass. Rejected answers are not looked at.

    Why: The model learns to write calls that the parser of whoever serves it refuses, or that reach no tool or one
    that was promised something else; some chat templates stop the run at such a row.

    Example: `<tool_call>{"name": search_recipes, "arguments": {}}</tool_call>`, where the name lacks its quotes.
    """

    code: ClassVar[str] = "LIM206"
    name: ClassVar[str] = "tool-call"
    severity: ClassVar[Severity] = Severity.WARNING
    reference: ClassVar[str] = "JSON Schema, draft 2020-12, Validation: type and enum."
    title = "Rows with a tool call that cannot be carried out: {count} of {total} ({share})."
    clear = "No tool call that cannot be carried out in {total} rows."
    remedy = "Mend these calls, or leave the rows out: each must be a JSON object that names one of the row's tools."

    def spots(self, seen: SeenRow) -> Iterator[Spot]:
        """The first fault of every call."""
        row = seen.row
        tools: dict[str, Any] | None = None
        for at, turn in enumerate(row.messages):
            tagged = turn.role == "assistant" and "<tool_call>" in turn.content
            if not tagged and not turn.extra:
                continue
            tools = _tools_of(row) if tools is None else tools
            field = turn_field(row, at)
            for call in _beside(turn):
                if (fault := _fault(call, tools)) is None:
                    continue
                if turn.content:
                    yield Spot(fault, fault, field, 0, len(turn.content))
                else:
                    yield Spot(fault, fault, "tools", *_place(seen, call))
            if tagged:
                for match in _TAGGED.finditer(turn.content):
                    if (fault := _fault_of_text(match.group(1), bool(match.group(2)), tools)) is not None:
                        yield Spot(fault, fault, field, match.start(), match.end())


def _place(seen: SeenRow, call: Any) -> tuple[int, int]:
    """Where a call that stands beside a turn without text is in the passage of tools."""
    text = next(passage.text for passage in seen.passages if passage.field == "tools")
    own = json.dumps(call, ensure_ascii=False, default=str)
    start = text.find(own)
    return (start, start + len(own)) if start >= 0 else (0, len(text))


def _beside(turn: Message) -> Iterator[Any]:
    """The calls that stand beside a turn's text, as objects with name and arguments where they are such."""
    for key in ("tool_calls", "function_call"):
        calls = _parsed(turn.extra.get(key))
        for call in calls if isinstance(calls, list) else [calls] if calls else []:
            yield (isinstance(call, Mapping) and call.get("function")) or call


def _fault_of_text(text: str, closed: bool, tools: Mapping[str, Any]) -> str | None:
    """What is wrong with a call that is written as text between tags, or None."""
    text = text.strip()
    if any(mark in text for mark in _OTHER_FORM) or text in tools or _NAMED.fullmatch(text):
        return None
    call = _parsed(text)
    if isinstance(call, str) and not closed:
        return "a call that is never closed" if text.startswith(("{", "[")) else None
    # Some write several calls between one pair of tags
    for one in call if isinstance(call, list) else [call]:
        if (fault := _fault(one, tools)) is not None:
            return fault
    return None


def _fault(call: Any, tools: Mapping[str, Any]) -> str | None:
    """What is wrong with a call, or None."""
    if isinstance(call, str):
        return _NO_JSON
    name = call.get("name") if isinstance(call, Mapping) else None
    if not isinstance(name, str) or not name.strip():
        return "a call without a tool's name"
    given = (call[key] for key in ("arguments", "parameters") if call.get(key) is not None)
    arguments = _parsed(next(given, {}))
    if not isinstance(arguments, Mapping):
        return "arguments that are no JSON object"
    if not tools:
        return None
    if name not in tools:
        return "a call of a tool that the row does not have"
    return _fault_of_value(arguments, tools[name], _DEPTH)


def _fault_of_value(value: Any, schema: Any, depth: int) -> str | None:
    """What of a value its schema does not allow, by required, type and enum alone, or None.

    Args:
        value: An argument, or all of them as an object.
        schema: What is written of it; anything but a simple one is let pass.
        depth: Levels that are followed.
    """
    if not _is_simple(schema) or not depth or (value is None and schema.get("nullable")):
        return None
    kinds = schema.get("type")
    types = [_TYPES.get(kind) for kind in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(kind, str)]
    if types and all(types) and not any(of(value) for of in types if of):
        return "an argument of another type than the tool's schema says"
    choices = schema.get("enum")
    if isinstance(choices, list) and choices and value not in choices:
        return "an argument that is none of those that the tool's schema lists"
    properties, required, items = schema.get("properties"), _required(schema), schema.get("items")
    inner: list[tuple[Any, Any]] = []
    if isinstance(value, Mapping) and isinstance(properties, Mapping):
        if not value.keys() >= required:
            return "a call that lacks a required argument"
        # Many write null for an argument that they leave out
        given = [name for name, one in value.items() if name in properties and (one is not None or name in required)]
        inner = [(value[name], properties[name]) for name in given]
    elif isinstance(value, list):
        inner = [(one, items) for one in value]
    faults = (_fault_of_value(one, of, depth - 1) for one, of in inner)
    return next((fault for fault in faults if fault), None)


def _parsed(value: Any) -> Any:
    """What a text says as JSON; a text that is none, and what is no text, as it is."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _tools_of(row: Row) -> dict[str, Any]:
    """Schemas of the row's tools by name; none where one has no name, so that what it is called is not known."""
    inner = [tool.get("function", tool) for tool in row.tools]
    if not all(isinstance(tool, Mapping) and isinstance(tool.get("name"), str) for tool in inner):
        return {}
    return {tool["name"]: tool.get("parameters", tool.get("input_schema")) for tool in inner}


def _is_simple(schema: Any) -> bool:
    """Whether a schema is an object that neither chooses from several forms nor refers to another."""
    return isinstance(schema, Mapping) and not any(key in schema for key in _JOINED)


def _required(schema: Any) -> frozenset[str]:
    """Arguments that a schema asks for; none where it is not a simple one."""
    if not _is_simple(schema):
        return frozenset()
    required = schema.get("required")
    if not isinstance(required, Sequence) or isinstance(required, str):
        return frozenset()
    properties = schema.get("properties")
    known = properties if isinstance(properties, Mapping) else {}
    return frozenset(name for name in required if isinstance(name, str) and name in known)
