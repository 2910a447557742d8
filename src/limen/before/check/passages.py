"""The passages of a row: each turn and answer by itself, with the name of its place."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property

from limen.core import Message, Row


@dataclass(frozen=True)
class Passage:
    """One text of a row.

    Attributes:
        field: Its place: `prompt[0]`, `answer[0]`, `rejected[0]`, or `tools` for tool schemas and tool calls as JSON.
        role: Who speaks: `system`, `user`, `assistant`, `tool`, or `text`.
        text: What is said.
    """

    field: str
    role: str
    text: str

    @cached_property
    def lowered(self) -> str:
        """The text in lower case with straight apostrophes, places kept; made once for all rules."""
        return plain(self.text)

    @property
    def answers(self) -> bool:
        """Whether the model is taught to say it: the answer, and every turn of the assistant but the rejected ones."""
        return self.field.startswith("answer") or (self.role == "assistant" and self.field.startswith("prompt"))


def passages_of(row: Row) -> tuple[Passage, ...]:
    """Every passage of a row in the order of its text; turns without text are left out.

    Args:
        row: The row.
    """
    parts: tuple[tuple[str, tuple[Message, ...]], ...] = (
        ("prompt", row.prompt),
        ("answer", row.answer),
        ("rejected", row.rejected),
    )
    made = [
        Passage(f"{name}[{i}]", message.role, message.content)
        for name, messages in parts
        for i, message in enumerate(messages)
        if message.content
    ]
    beside = [m.extra for _, messages in parts for m in messages if m.extra]
    if beside or row.tools:
        made.append(Passage("tools", "tool", json.dumps([*beside, *row.tools], ensure_ascii=False, default=str)))
    return tuple(made)


def turn_field(row: Row, at: int) -> str:
    """The place of a turn, as passages have it.

    Args:
        row: The row.
        at: Number of the turn in `Row.messages`.
    """
    asked = len(row.prompt)
    return f"prompt[{at}]" if at < asked else f"answer[{at - asked}]"


def plain(text: str) -> str:
    """A text in lower case with straight apostrophes and quotes, as long as it was.

    Args:
        text: Any text.
    """
    lowered = text.lower()
    # A few capitals, such as İ, grow when lowered; places in the text must stay what they were
    if len(lowered) != len(text):
        lowered = "".join(low if len(low := c.lower()) == 1 else c for c in text)
    if lowered.isascii():
        return lowered
    return lowered.replace("’", "'").replace("‘", "'").replace("“", '"').replace("”", '"')
