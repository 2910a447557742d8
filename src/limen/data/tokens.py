"""Tokens as text a person can read: white space visible, control characters named, pieces of characters as bytes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from limen.data.encode import EncodedRow

_BYTE_FALLBACK = re.compile(r"<0x([0-9A-Fa-f]{2})>")
_VISIBLE = {"\n": "⏎", "\r": "␍", "\t": "⇥", "\v": "␋", "\f": "␌", "\0": "␀", "\x1b": "␛", "\x7f": "␡"}


def visible(text: str) -> str:
    """A text in which nothing is hidden: newlines, tabs, control and bidirectional characters as signs or escapes.

    Args:
        text: Any text, hostile text included.
    """
    return "".join(c if c == " " or c.isprintable() else _VISIBLE.get(c) or _escape(c) for c in text)


def _escape(char: str) -> str:
    code = ord(char)
    if unicodedata.category(char) == "Zs":
        return "␣"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def token_texts(input_ids: Sequence[int] | np.ndarray, tokenizer: PreTrainedTokenizerBase) -> list[str]:
    """The text of each token, for display.

    A space at either end of a token is shown as `·`, and pieces of a character that several tokens share as their
    bytes, such as `⟨e2 82⟩`.

    Args:
        input_ids: Token ids, shape (tokens,).
        tokenizer: The model's own.

    Returns:
        One text a token.
    """
    ids = [int(i) for i in input_ids]
    pieces = [str(piece) for piece in tokenizer.convert_ids_to_tokens(ids)]
    texts = [_show(i, piece, tokenizer) for i, piece in zip(ids, pieces, strict=True)]
    if _parts_words(ids, pieces, tokenizer):
        return [texts[0], *(f"·{text}" for text in texts[1:])]
    return texts


def trained_texts(encoded: EncodedRow, tokenizer: PreTrainedTokenizerBase) -> list[str]:
    """The text of each trained token of a row, for display; see `token_texts`."""
    return token_texts(encoded.input_ids[encoded.trained], tokenizer)


def _parts_words(ids: list[int], pieces: list[str], tokenizer: PreTrainedTokenizerBase) -> bool:
    """Whether the tokenizer knows whole words alone and puts a space between any two when it decodes."""
    if len(ids) < 2 or pieces[1].startswith("▁"):
        return False
    one, two, both = (str(tokenizer.decode(part)) for part in (ids[:1], ids[1:2], ids[:2]))
    return bool(one) and not two.startswith(" ") and both == f"{one} {two}"


def _show(token_id: int, piece: str, tokenizer: PreTrainedTokenizerBase) -> str:
    if piece == "None":  # an id that the tokenizer does not have
        return f"⟨{token_id}⟩"
    text = str(tokenizer.decode([token_id], skip_special_tokens=False))
    if "�" in text and "�" not in piece:
        raw = _raw_bytes(piece)
        if raw is not None:
            return f"⟨{raw.hex(' ')}⟩"
    if piece.startswith("▁") and not text.startswith(" "):  # sentencepiece drops the space at the start of a text
        text = " " + text
    return _spaces(visible(text if text else piece))


def _spaces(text: str) -> str:
    core = text.strip(" ")
    if not core:
        return "·" * len(text)
    lead = len(text) - len(text.lstrip(" "))
    return "·" * lead + core + "·" * (len(text) - lead - len(core))


def _raw_bytes(piece: str) -> bytes | None:
    """The bytes of a token of a byte-level vocabulary, or of a byte-fallback token."""
    fallback = _BYTE_FALLBACK.fullmatch(piece)
    if fallback:
        return bytes([int(fallback[1], 16)])
    table = _byte_alphabet()
    try:
        return bytes(table[c] for c in piece)
    except KeyError:
        return None


@lru_cache(maxsize=1)
def _byte_alphabet() -> dict[str, int]:
    """The characters that byte-level BPE writes bytes as (Radford et al. 2019, GPT-2's `bytes_to_unicode`)."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    table = {chr(b): b for b in printable}
    others = (b for b in range(256) if b not in set(printable))
    return table | {chr(256 + n): b for n, b in enumerate(others)}
