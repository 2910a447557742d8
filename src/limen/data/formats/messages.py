"""Conversations as messages with role and content."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from limen.core import RowKind
from limen.data.formats._turns import is_turns, messages_of, split_last_answer, tools_of
from limen.data.formats.base import Parts, row_format

CONVERSATIONS = ("messages", "conversations", "conversation")


def turns_column(record: Mapping[str, Any], key: str) -> str | None:
    """The column that holds turns whose speaker stands under `key`, or None."""
    by_folded = {k.casefold(): k for k in record}
    names = (by_folded[n] for n in CONVERSATIONS if n in by_folded)
    return next((n for n in names if is_turns(record[n], key)), None)


@row_format
class Messages:
    """messages: a list of turns with role and content."""

    name: ClassVar[str] = "messages"
    order: ClassVar[int] = 30
    aliases: ClassVar[tuple[str, ...]] = ("chatml", "openai", "conversation")
    kind: ClassVar[RowKind] = RowKind.CONVERSATION
    expects: ClassVar[str] = "messages (a list of turns with role and content)"

    def match(self, record: Mapping[str, Any]) -> dict[str, str] | None:
        """Which columns play which role, or None."""
        name = turns_column(record, "role")
        return None if name is None else {"messages": name}

    def parts(self, record: Mapping[str, Any], roles: Mapping[str, str]) -> Parts:
        """The row's parts."""
        messages = messages_of(record.get(roles["messages"]), roles["messages"])
        return Parts(*split_last_answer(messages), tools=tools_of(record))
