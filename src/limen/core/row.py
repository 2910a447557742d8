"""Row: one training example in its own kind, with a stable id made from its content."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any


class RowKind(StrEnum):
    """What one training example is."""

    INSTRUCTION = "instruction"
    COMPLETION = "completion"
    CONVERSATION = "conversation"
    PREFERENCE = "preference"
    RATED = "rated"
    TEXT = "text"


@dataclass(frozen=True)
class Message:
    """One turn of a conversation.

    Attributes:
        role: `system`, `user`, `assistant` or `tool`; `text` for a plain-text row.
        content: What was said.
        extra: Other keys of the turn that a chat template may read (`tool_calls`, `name`).
    """

    role: str
    content: str
    extra: dict[str, Any] = field(default_factory=dict, hash=False)

    def to_dict(self) -> dict[str, Any]:
        """The turn as a chat template wants it."""
        return {"role": self.role, "content": self.content, **self.extra}


@dataclass(frozen=True)
class Row:
    """One training example.

    Attributes:
        kind: What sort of example it is.
        prompt: Turns before the last answer.
        answer: The last answer (for preference rows the chosen one); what is always trained on.
        rejected: The rejected answer of a preference row, else empty.
        rating: The rating of a rated row (thumbs up is 1.0, thumbs down 0.0), else None.
        source: The file, folder or object it came from.
        index: Position in the source, from 0.
        line: Line of the source on which it starts, from 1, where the format has lines.
        tools: Tool schemas that the chat template renders, if the row carries any.
        columns: Further columns of the row, untouched (weights, annotators, licences).
    """

    kind: RowKind
    prompt: tuple[Message, ...]
    answer: tuple[Message, ...]
    rejected: tuple[Message, ...] = ()
    rating: float | None = None
    source: str = ""
    index: int = 0
    line: int | None = None
    tools: tuple[dict[str, Any], ...] = field(default=(), hash=False)
    columns: dict[str, Any] = field(default_factory=dict, hash=False)

    @cached_property
    def id(self) -> str:
        """Twelve hexadecimal digits of the SHA-256 of the row's content, position left out."""
        content = [
            self.kind.value,
            [m.to_dict() for m in self.prompt],
            [m.to_dict() for m in self.answer],
            [m.to_dict() for m in self.rejected],
            self.rating,
            list(self.tools),
        ]
        text = json.dumps(content, ensure_ascii=True, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @property
    def messages(self) -> tuple[Message, ...]:
        """Prompt and answer, one after the other."""
        return self.prompt + self.answer

    @property
    def text(self) -> str:
        """Everything a person would read in the row, for lexical checks."""
        return "\n".join(m.content for m in (*self.prompt, *self.answer, *self.rejected))
