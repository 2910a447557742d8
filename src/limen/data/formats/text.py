"""Plain text, all of it trained on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from limen.core import Message, RowKind
from limen.data.formats._turns import text_of
from limen.data.formats.base import Parts, column, row_format
from limen.data.formats.completion import PLAIN


@row_format
class Text:
    """text."""

    name: ClassVar[str] = "text"
    order: ClassVar[int] = 70
    aliases: ClassVar[tuple[str, ...]] = ("plain", "plain-text")
    kind: ClassVar[RowKind] = RowKind.TEXT
    expects: ClassVar[str] = "text"

    def match(self, record: Mapping[str, Any]) -> dict[str, str] | None:
        """Which columns play which role, or None."""
        name = column(record, ("text", "content"))
        return None if name is None or not isinstance(record[name], str) else {"text": name}

    def parts(self, record: Mapping[str, Any], roles: Mapping[str, str]) -> Parts:
        """The row's parts."""
        return Parts((), (Message(PLAIN, text_of(record, roles["text"])),))
