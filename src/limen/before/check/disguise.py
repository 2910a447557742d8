"""Texts as they read to a person where their characters are disguised, with the places that they have in the original.

Characters that are not shown stand inside words, or letters are of full width, of a mathematical alphabet, in circles
and the like: Unicode's compatibility forms (NFKC, Unicode Standard Annex 15) tell which letter each of these is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import islice

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
    return _HIDDEN.search(text) is not None or sum(1 for _ in islice(_styled_letters(text), _FEW)) == _FEW


def _styled_letters(text: str) -> Iterator[str]:
    return (match.group() for match in _STYLED.finditer(text) if match.group().isalpha())


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
    # Once for each character that there is, for a text may be long
    plain = {c: c if c.isascii() else as_read(c) for c in set(text)}
    if all(len(read) == 1 for read in plain.values()):
        return "".join([plain[c] for c in text]), range(len(text))
    places = [place for place, c in enumerate(text) for _ in plain[c]]
    return "".join([plain[c] for c in text]), places
