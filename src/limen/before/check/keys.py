"""Keys of prompts and answers: 63-bit hashes that rules keep instead of texts.

Among a million texts two distinct ones share a key with probability 5·10⁻⁸.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from hashlib import blake2b

from limen.core import Message, Row


def same_reading(text: str) -> str:
    """A text for comparison without regard to case, white space or how accents are written.

    Args:
        text: Any text.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.casefold().split())


def key_of(text: str) -> int:
    """The key of a text, from 0 to 2⁶³ − 1.

    Args:
        text: Any text, lone surrogates included.
    """
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def prompt_key(row: Row) -> int:
    """The key of a row's prompt: who says what, and which tools there are.

    Args:
        row: The row.
    """
    return key_of(f"{_said(row.prompt)}\x00{json.dumps(row.tools, default=str) if row.tools else ''}")


def answer_key(messages: Sequence[Message]) -> int:
    """The key of an answer.

    Args:
        messages: Its turns.
    """
    return key_of(_said(messages))


def _said(messages: Sequence[Message]) -> str:
    parts = []
    for message in messages:
        beside = json.dumps(message.extra, sort_keys=True, default=str) if message.extra else ""
        parts.append(f"{message.role}\x00{same_reading(message.content)}\x00{beside}")
    return "\x00".join(parts)
