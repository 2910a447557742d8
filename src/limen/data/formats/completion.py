"""Prompt–completion rows: two texts, or two lists of turns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from limen.core import Message, RowKind
from limen.data.formats._turns import is_turns, messages_of, text_of, tools_of
from limen.data.formats.base import BadRow, Parts, column, row_format

PLAIN = "text"
PROMPTS = ("prompt", "question", "query", "problem", "input")
COMPLETIONS = ("completion", "response", "answer", "output", "solution")


def side(record: Mapping[str, Any], name: str) -> tuple[Message, ...]:
    """One side of a pair: turns where the column holds turns, else one plain text.

    Raises:
        BadRow: It holds neither.
    """
    value = record.get(name)
    if isinstance(value, (list, tuple, Mapping)) or is_turns(value, "role"):
        return messages_of(value, name)
    return (Message(PLAIN, text_of(record, name)),)


def pair(record: Mapping[str, Any], prompt: str, answer: str) -> tuple[tuple[Message, ...], tuple[Message, ...]]:
    """Prompt and answer, both plain or both turns.

    Raises:
        BadRow: One is plain text and the other is turns.
    """
    left, right = side(record, prompt), side(record, answer)
    if (left[0].role == PLAIN) != (right[0].role == PLAIN):
        raise BadRow(
            f"one of {prompt!r} and {answer!r} is text, the other a list of turns.",
            "Write both as text or both as turns.",
        )
    return left, right


@row_format
class Completion:
    """prompt and completion."""

    name: ClassVar[str] = "completion"
    order: ClassVar[int] = 60
    aliases: ClassVar[tuple[str, ...]] = ("prompt-completion", "prompt_completion")
    kind: ClassVar[RowKind] = RowKind.COMPLETION
    expects: ClassVar[str] = "prompt, completion"

    def match(self, record: Mapping[str, Any]) -> dict[str, str] | None:
        """Which columns play which role, or None."""
        prompt, answer = column(record, PROMPTS), column(record, COMPLETIONS)
        return {"prompt": prompt, "answer": answer} if prompt and answer else None

    def parts(self, record: Mapping[str, Any], roles: Mapping[str, str]) -> Parts:
        """The row's parts."""
        prompt, answer = pair(record, roles["prompt"], roles["answer"])
        if prompt[0].role == PLAIN:
            return Parts(prompt, answer)
        return Parts(prompt, answer, tools=tools_of(record))
