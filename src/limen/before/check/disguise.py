"""Texts as they read to a person where their characters are disguised, with the places that they have in the original.

Characters that are not shown stand inside words, or letters are of full width, of a mathematical alphabet, in circles
and the like: Unicode's compatibility forms (NFKC, Unicode Standard Annex 15) tell which letter each of these is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff"
_TAGS = "\U000e0000-\U000e01ef"
_HIDDEN = re.compile(f"[{_INVISIBLE}{_TAGS}]")
# Of full width, mathematical, in circles or squares, small or raised
_STYLED = re.compile("[\uff01-\uff5e\U0001d400-\U0001d7ff\u2460-\u24ff\U0001f100-\U0001f189\u1d00-\u1dbf\u2070-\u209c]")
_FEW = 3  # letters of a style; a reference such as ① is no disguise


def may_be_disguised(text: str) -> bool:
    """Whether a text holds characters that are not shown, or several styled letters; quick.

    Args:
        text: Any text.
    """
    if text.isascii():
        return False
    return _HIDDEN.search(text) is not None or sum(c.isalpha() for c in _STYLED.findall(text)) >= _FEW


def as_read(text: str) -> str:
    """A text in lower case without its disguise.

    Args:
        text: Any text.
    """
    return unicodedata.normalize("NFKC", _HIDDEN.sub("", text)).lower()


def undisguised(text: str) -> tuple[str, Sequence[int]]:
    """A text as `as_read` has it, and for each character its place in the original; slower.

    Args:
        text: Any text.
    """
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        if character.isascii():
            characters.append(character)
            places.append(place)
        elif _HIDDEN.match(character) is None:
            plain = unicodedata.normalize("NFKC", character).lower()
            characters.append(plain)
            places.extend([place] * len(plain))
    return "".join(characters), places
