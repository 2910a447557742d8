"""Turns of a conversation as files write them, and as rows hold them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from limen.core import Message
from limen.data.formats.base import BadRow

MAX_DEPTH = 64
ANSWERING = "assistant"
_MESSAGE_REMEDY = 'Write each turn as {"role": "user", "content": "..."}.'
_FROM_REMEDY = 'Write each turn as {"from": "human", "value": "..."}.'
_ROLES = {
    "human": "user",
    "user": "user",
    "gpt": ANSWERING,
    "assistant": ANSWERING,
    "bot": ANSWERING,
    "model": ANSWERING,
    "chatgpt": ANSWERING,
    "system": "system",
    "function_call": ANSWERING,
    "observation": "tool",
    "function_response": "tool",
    "tool_response": "tool",
    "tool": "tool",
}


def text_of(record: Mapping[str, Any], name: str, *, default: str | None = None) -> str:
    """The text of a column.

    Args:
        record: The columns.
        name: Column name.
        default: What stands for a column that is missing or null; without one that is an error.

    Raises:
        BadRow: It is missing, null, or no text.
    """
    value = record.get(name)
    if value is None:
        if default is not None:
            return default
        seen = "is null" if name in record else "is missing"
        raise BadRow(f"the column {name!r} {seen}.", f"Give every row the column {name!r} with text.")
    if not isinstance(value, str):
        raise BadRow(f"the column {name!r} holds {type_name(value)}, expected text.", "Write it as a string.")
    return checked_text(value, f"the column {name!r}")


def checked_text(value: str, where: str) -> str:
    """The text itself, if it can be written as UTF-8.

    Raises:
        BadRow: It holds half of a surrogate pair, which no tokenizer takes.
    """
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise BadRow(
            f"{where} holds a lone surrogate (U+{ord(value[error.start]):04X}) at character {error.start}.",
            "Write the whole pair, or the character itself; half a pair is not text.",
        ) from None
    return value


def type_name(value: Any) -> str:
    """What a value is, in words a user knows."""
    for types, name in (
        (bool, "true or false"),
        ((int, float), "a number"),
        (str, "text"),
        (Mapping, "an object"),
        (Sequence, "a list"),
    ):
        if isinstance(value, types):
            return name
    return "null" if value is None else type(value).__name__


def as_list(value: Any) -> Any:
    """The value itself, or what it says where it is a list or object written as JSON text, as in CSV cells."""
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def is_turns(value: Any, key: str) -> bool:
    """Whether a value is a list of turns whose role stands under `key`, judged by the first."""
    value = as_list(value)
    return (
        isinstance(value, Sequence)
        and not isinstance(value, str)
        and len(value) > 0
        and isinstance(value[0], Mapping)
        and key in value[0]
    )


def messages_of(value: Any, name: str) -> tuple[Message, ...]:
    """Turns written with role and content, or with from and value.

    Roles written with role and content stay as they are, for the chat template to judge. Content that is a list
    of blocks, or missing beside tool calls, is kept for the template under `extra`, and as text in `content`.

    Args:
        value: The list, perhaps as JSON text.
        name: Column name, for errors.

    Raises:
        BadRow: It is no list of turns.
    """
    value = as_list(value)
    if isinstance(value, Mapping):  # LLaMA-Factory writes chosen and rejected as one turn
        value = [value]
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise BadRow(f"the column {name!r} holds {type_name(value)}, expected a list of turns.", _MESSAGE_REMEDY)
    if not value:
        raise BadRow(f"the column {name!r} holds no turn.", _MESSAGE_REMEDY)
    return tuple(_message(turn, f"turn {i + 1} of {name!r}") for i, turn in enumerate(value))


def _message(turn: Any, where: str) -> Message:
    if not isinstance(turn, Mapping):
        raise BadRow(f"{where} is {type_name(turn)}, expected an object.", _MESSAGE_REMEDY)
    if "role" not in turn and "from" in turn:
        return _from_value(turn, where)
    role = turn.get("role")
    if not isinstance(role, str) or not role:
        raise BadRow(f"{where} has no role.", _MESSAGE_REMEDY)
    extra = {str(k): v for k, v in turn.items() if k not in ("role", "content") and v is not None}
    check_plain(extra, where)
    content = turn.get("content")
    if content is None:
        if not extra:
            raise BadRow(f"{where} has no content.", _MESSAGE_REMEDY)
        return Message(role, "", {**extra, "content": None})
    if isinstance(content, str):
        return Message(role, checked_text(content, where), extra)
    if isinstance(content, Sequence) and all(isinstance(block, Mapping) for block in content):
        check_plain(content, where)
        texts = [block["text"] for block in content if isinstance(block.get("text"), str)]
        return Message(role, "\n".join(texts), {**extra, "content": [dict(block) for block in content]})
    raise BadRow(f"{where} has {type_name(content)} as content, expected text.", _MESSAGE_REMEDY)


def _from_value(turn: Mapping[str, Any], where: str) -> Message:
    speaker = turn.get("from")
    if not isinstance(speaker, str) or speaker.casefold() not in _ROLES:
        raise BadRow(
            f"{where} is from {speaker!r}, expected one of {', '.join(sorted(_ROLES))}.", "Rename the speaker."
        )
    value = turn.get("value")
    if not isinstance(value, str):
        raise BadRow(f"{where} has {type_name(value)} as value, expected text.", _FROM_REMEDY)
    extra: dict[str, Any] = {}
    if speaker.casefold() == "function_call":
        # One that is no JSON stays the text that it is, for a rule to name; as a turn it is rendered as its text
        extra = {"function_call": as_list(value)}
        check_plain(extra, where)
    return Message(_ROLES[speaker.casefold()], checked_text(value, where), extra)


def check_plain(value: Any, where: str, depth: int = 0) -> None:
    """Check that a nested value can be written as JSON in UTF-8.

    Raises:
        BadRow: It is nested too deeply, or holds half of a surrogate pair.
    """
    if depth > MAX_DEPTH:
        raise BadRow(f"{where} is nested more than {MAX_DEPTH} levels deep.", "Flatten it.")
    if isinstance(value, str):
        checked_text(value, where)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            checked_text(str(key), where)
            check_plain(item, where, depth + 1)
    elif isinstance(value, list | tuple):
        for item in value:
            check_plain(item, where, depth + 1)


def split_last_answer(messages: tuple[Message, ...]) -> tuple[tuple[Message, ...], tuple[Message, ...]]:
    """A conversation cut before its last answer; without an answer all of it is prompt.

    Args:
        messages: All turns.

    Returns:
        The turns before the last one by the assistant, and the rest.
    """
    last = next((i for i in range(len(messages) - 1, -1, -1) if messages[i].role == ANSWERING), len(messages))
    return messages[:last], messages[last:]


def tools_of(record: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    """Tool schemas of a row, from a list or from JSON text.

    Raises:
        BadRow: The column is neither.
    """
    value = as_list(record.get("tools"))
    if value is None or value == "":
        return ()
    if isinstance(value, Mapping):
        value = [value]
    if not isinstance(value, Sequence) or isinstance(value, str) or not all(isinstance(t, Mapping) for t in value):
        raise BadRow("the column 'tools' is no list of tool schemas.", "Write a JSON list of objects, or leave it out.")
    check_plain(list(value), "the column 'tools'")
    return tuple(dict(t) for t in value)


def with_system(record: Mapping[str, Any], messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """The turns, behind the row's system text if it has one in a column of its own and none among the turns.

    Raises:
        BadRow: The system column is no text.
    """
    system = text_of(record, "system", default="")
    if not system or (messages and messages[0].role == "system"):
        return messages
    return (Message("system", system), *messages)
