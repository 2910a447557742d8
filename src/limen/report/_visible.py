"""Characters that hide or mislead are spelled out, so that a reader sees what a model was trained on.

Row content is hostile: an ANSI escape repaints a terminal, a right-to-left override turns a sentence round, tag
characters carry instructions nobody sees. All of them are replaced by text that can be read; nothing is dropped.
"""

from __future__ import annotations

import unicodedata

_KEPT = frozenset("\n\t")
_NONCHARACTERS = frozenset(range(0xFDD0, 0xFDF0)) | {
    plane * 0x10000 + low for plane in range(17) for low in (0xFFFE, 0xFFFF)
}


def visible(text: str) -> str:
    """Spell out every character that hides, reorders or controls.

    Line breaks and tabs stay. C0 controls become their control pictures; format characters (bidirectional
    overrides, zero-width and tag characters), the other controls, line and paragraph separators, supplementary
    variation selectors, surrogates and noncharacters become `⟨U+XXXX⟩`.

    Args:
        text: Any text, however hostile.

    Returns:
        Text without such a character; it always encodes as UTF-8 and is valid XML once escaped.
    """
    text = text.replace("\r\n", "\n")
    if text.isascii() and text.isprintable():
        return text
    return "".join(character if not _hides(character) else _spelled(character) for character in text)


def one_line(text: str, limit: int = 200) -> str:
    """A text on one line, cut to a length.

    Args:
        text: Any text.
        limit: Most characters that are shown, the ellipsis included.

    Returns:
        Visible text without line breaks, at most `limit` characters long before controls are spelled out.
    """
    flat = " ".join(text[: limit * 4].split())
    cut = flat if len(flat) <= limit else flat[: limit - 1].rstrip() + "…"
    return visible(cut)


def _hides(character: str) -> bool:
    if character in _KEPT:
        return False
    code = ord(character)
    if 0xE0100 <= code <= 0xE01EF or code in _NONCHARACTERS:
        return True
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")


def _spelled(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    return f"⟨U+{code:04X}⟩"
