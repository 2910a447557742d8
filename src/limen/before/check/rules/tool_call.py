"""LIM206."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, ClassVar

from limen.before.check.argument_faults import Fault, number_fault, place_of, schema_fault
from limen.before.check.passages import turn_field
from limen.before.check.registry import rule
from limen.before.check.rule import Severity
from limen.before.check.seen_row import SeenRow
from limen.before.check.spotting import Spot, Spotting
from limen.core import Message, Row, RowKind

_OPEN = "<tool_call>"
_TAGGED = re.compile(r"(?<!`)<tool_call>(.*?)(</tool_call>|(?=<tool_call>)|\Z)", re.DOTALL)
# Mistral's calls are a list, Llama's objects joined by semicolons; what else stands behind these marks is no JSON
_MARKS = ("[TOOL_CALLS]", "<|python_tag|>")
_MARKED = re.compile(r"^[ \t]*(?:\[TOOL_CALLS\]\s*(?=\[\s*\{)|<\|python_tag\|>\s*(?=\{\s*\"))", re.MULTILINE)
_FENCE = "```"
_FURTHER = re.compile(r"\s*;\s*(?=\{)")
# Calls that are written so on purpose (Qwen3-Coder, GLM) and are no JSON
_OTHER_FORM = ("<function=", "<arg_key>")
# A sentence may name the tags: "between <tool_call> and </tool_call>"
_NAMED = re.compile(r"(?:and|or|to|[./,…-]*)")
# What OpenAI's models put before the name of a tool
_NAMESPACE = "functions."
_NO_JSON = "a call that is no JSON"
_NEVER_CLOSED = "a call that is never closed"
_NO_CALL = "a tool's result for a call that no turn before it makes"
_DECODER = json.JSONDecoder()


@rule
class ToolCall(Spotting):
    """Rows whose assistant calls a tool in a way that nothing can carry out.

    Looked at are `tool_calls`, `function_call`, turns from `function_call`, and in a turn of the assistant, or a
    completion, what stands between `<tool_call>` and `</tool_call>`, and the JSON behind `[TOOL_CALLS]` (Mistral) and
    `<|python_tag|>` (Llama) where a line begins with them. What stands in a block of code shows a call and makes none.
    Named is a call that is no JSON or never closed, one without the name of a tool, one whose arguments are no JSON
    object, and one with NaN or Infinity, which JSON does not have; and a tool's result whose `tool_call_id` is none of
    those that the calls before it have, where all of them have one. Where the row has `tools`, so is a call of a tool
    that is not among them, one that lacks an argument which the tool's schema requires, and one with a value of another
    type than the schema says, or that is not in its `enum` or not its `const`, or under a name that is not there where
    `additionalProperties` is false: "5" is no integer, 5.0 is one, and null stands for leaving an argument out unless
    it is required. The argument is named and marked. A schema that chooses from several forms or refers to another is
    not followed, and a type that JSON Schema does not know is let pass, as are other limits, such as a pattern or a
    least number.
    Calls in the forms of Qwen3-Coder and GLM, and code behind `<|python_tag|>`, which are no JSON, are let pass.
    Rejected answers are not looked at.

    Why: The model learns to write calls that the parser of whoever serves it refuses, or that reach no tool or one
    that was promised something else; some chat templates stop the run at such a row.

    Example: `<tool_call>{"name": search_recipes, "arguments": {}}</tool_call>`, where the name lacks its quotes.
    """

    code: ClassVar[str] = "LIM206"
    name: ClassVar[str] = "tool-call"
    severity: ClassVar[Severity] = Severity.WARNING
    reference: ClassVar[str] = (
        "JSON Schema, draft 2020-12, Validation: type, enum, const and required; RFC 8259, The JavaScript Object "
        "Notation Data Interchange Format, section 6 (no NaN and no Infinity)."
    )
    title = "Rows with a tool call that cannot be carried out: {count} of {total} ({share})."
    clear = "No tool call that cannot be carried out in {total} rows."
    remedy = "Mend these calls, or leave the rows out: each must be a JSON object that names one of the row's tools."

    def spots(self, seen: SeenRow) -> Iterator[Spot]:
        """The first fault of every call."""
        row = seen.row
        tools: dict[str, Any] | None = None
        ids: set[str] | None = set()
        for at, turn in enumerate(row.messages):
            says = turn.role == "assistant" or (row.kind is RowKind.COMPLETION and at >= len(row.prompt))
            tagged = says and _OPEN in turn.content
            marked = says and any(mark in turn.content for mark in _MARKS)
            if not tagged and not marked and not turn.extra:
                continue
            answers = turn.extra.get("tool_call_id")
            if ids and isinstance(answers, str) and answers not in ids:
                yield Spot(_NO_CALL, _NO_CALL, turn_field(row, at), 0, len(turn.content))
            ids = _with_ids(ids, turn)
            tools = _tools_of(row) if tools is None else tools
            field = turn_field(row, at)
            for call in _beside(turn):
                if (fault := _fault(call, tools)) is not None:
                    # A turn from `function_call` is the call itself; other calls stand beside what a turn says
                    own = turn.content and turn.content == turn.extra.get("function_call")
                    where = (field, turn.content, 0, len(turn.content)) if own else _place(seen, call)
                    yield _spot(fault, *where)
            if tagged:
                for match in _outside_code(_TAGGED, turn.content):
                    if (fault := _fault_of_text(match.group(1), bool(match.group(2)), tools)) is not None:
                        yield _spot(fault, field, turn.content, *match.span())
            if marked:
                for start, end, call in _marked(turn.content):
                    if (fault := _first_fault(call, tools)) is not None:
                        yield _spot(fault, field, turn.content, start, end)


def _spot(fault: Fault, field: str, text: str, start: int, end: int) -> Spot:
    """A fault at its place in the call, which stands between two places of a text."""
    return Spot(fault.kind, fault.note or fault.kind, field, *place_of(text, start, end, fault.path))


def _place(seen: SeenRow, call: Any) -> tuple[str, str, int, int]:
    """Where a call that stands beside a turn is in the passage of tools, with that passage's field and text."""
    text = next(passage.text for passage in seen.passages if passage.field == "tools")
    own = json.dumps(call, ensure_ascii=False, default=str)
    start = text.find(own)
    return ("tools", text, start, start + len(own)) if start >= 0 else ("tools", text, 0, len(text))


def _beside(turn: Message) -> Iterator[Any]:
    """The calls that stand beside a turn's text, as objects with name and arguments where they are such."""
    for key in ("tool_calls", "function_call"):
        calls = _parsed(turn.extra.get(key))
        for call in calls if isinstance(calls, list) else [calls] if calls else []:
            yield (isinstance(call, Mapping) and call.get("function")) or call


def _fault_of_text(text: str, closed: bool, tools: Mapping[str, Any]) -> Fault | None:
    """What is wrong with a call that is written as text between tags, or None."""
    text = text.strip()
    if any(mark in text for mark in _OTHER_FORM) or text in tools or _NAMED.fullmatch(text):
        return None
    call = _parsed(text)
    if not closed:
        return Fault(_NEVER_CLOSED) if text.startswith(("{", "[")) else None
    return _first_fault(call, tools)


def _outside_code(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Matches of a pattern in a text that stand in no block of code."""
    fences, at = 0, 0
    for match in pattern.finditer(text):
        fences += text.count(_FENCE, at, match.start())
        at = match.start()
        if fences % 2 == 0:
            yield match


def _marked(text: str) -> Iterator[tuple[int, int, Any]]:
    """Where a call stands behind a mark of Mistral's or Llama's, and what it is: an empty text where it is no JSON."""
    places = [match.span() for match in _outside_code(_MARKED, text)]
    for (start, begin), (next_start, _) in pairwise([*places, (len(text), 0)]):
        # Cut off at the next mark: an error of the decoder counts the lines of all that it was given
        piece, at = text[begin:next_start], 0
        while True:
            try:
                call, end = _DECODER.raw_decode(piece, at)
            except (ValueError, RecursionError):
                yield start, next_start, ""
                break
            yield start, begin + end, call
            further = _FURTHER.match(piece, end)
            if further is None:
                break
            at = further.end()
            start = begin + at


def _with_ids(ids: set[str] | None, turn: Message) -> set[str] | None:
    """The ids of calls with those of a turn; None from where on one has none."""
    calls = _parsed(turn.extra.get("tool_calls"))
    if ids is None or not isinstance(calls, list) or not calls:
        return ids
    own = [call.get("id") if isinstance(call, Mapping) else None for call in calls]
    named = {one for one in own if isinstance(one, str) and one}
    return ids | named if len(named) == len(own) else None


def _first_fault(call: Any, tools: Mapping[str, Any]) -> Fault | None:
    """What is wrong with a call, or the first of several that are written as one list."""
    for one in call if isinstance(call, list) else [call]:
        if (fault := _fault(one, tools)) is not None:
            return fault
    return None


def _fault(call: Any, tools: Mapping[str, Any]) -> Fault | None:
    """What is wrong with a call, or None."""
    if isinstance(call, str):
        return Fault(_NO_JSON)
    name = call.get("name") if isinstance(call, Mapping) else None
    if not isinstance(name, str) or not name.strip():
        return Fault("a call without a tool's name")
    given: Any = next((call[key] for key in ("arguments", "parameters") if call.get(key) is not None), {})
    # OpenAI's models write nothing where a tool takes no argument
    arguments = {} if given == "" else _parsed(given)
    if not isinstance(arguments, Mapping):
        return Fault("arguments that are no JSON object")
    if (fault := number_fault(arguments)) is not None or not tools:
        return fault
    name = name if name in tools else name.removeprefix(_NAMESPACE)
    if name not in tools:
        return Fault("a call of a tool that the row does not have")
    return schema_fault(arguments, tools[name])


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
