"""The column names that tell a row from a wrapper around rows."""

from __future__ import annotations

_TURNS = frozenset({"messages", "conversations", "conversation", "chosen", "rejected", "prompt", "completion", "tools"})
_TEXTS = frozenset({"instruction", "input", "output", "text", "response", "history", "label"})


def names_a_role(name: str) -> bool:
    """Whether a column of this name is a part of a row."""
    return name.casefold() in _TURNS | _TEXTS
