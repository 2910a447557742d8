"""Conversations as turns with from and value (ShareGPT), tool calls and observations among them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from limen.core import RowKind
from limen.data.formats._turns import messages_of, split_last_answer, tools_of, with_system
from limen.data.formats.base import Parts, row_format
from limen.data.formats.messages import turns_column


@row_format
class ShareGpt:
    """conversations: a list of turns with from and value."""

    name: ClassVar[str] = "sharegpt"
    order: ClassVar[int] = 40
    aliases: ClassVar[tuple[str, ...]] = ("share-gpt", "conversations")
    kind: ClassVar[RowKind] = RowKind.CONVERSATION
    expects: ClassVar[str] = "conversations (a list of turns with from and value)"

    def match(self, record: Mapping[str, Any]) -> dict[str, str] | None:
        """Which columns play which role, or None."""
        name = turns_column(record, "from")
        return None if name is None else {"conversations": name}

    def parts(self, record: Mapping[str, Any], roles: Mapping[str, str]) -> Parts:
        """The row's parts."""
        name = roles["conversations"]
        messages = with_system(record, messages_of(record.get(name), name))
        return Parts(*split_last_answer(messages), tools=tools_of(record))
