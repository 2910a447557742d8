"""Letters of another script that look like Latin ones, inside a Latin word: `pаypal` with a Cyrillic а.

Which letters look alike is taken from the confusables of Unicode Technical Standard 39, of Cyrillic and Greek those
that most typefaces draw as the Latin letter. A word counts if most of its letters are Latin and all others look alike.
Where a text has further letters of the other script, that script is in use there ("SMSа" is inflected, and no
disguise), and none of it counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from limen.before.check.find_secrets import Found

_CYRILLIC = dict(zip("асеорхуіјѕһԁԛԝАВЕКМНОРСТХІЈЅԚԜ", "aceopxyijshdqwABEKMHOPCTXIJSQW", strict=True))
_GREEK = dict(zip("οΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "oABEZHIKMNOPTYX", strict=True))
_LATIN_OF = _CYRILLIC | _GREEK
_ONE = re.compile(f"[{''.join(_LATIN_OF)}]")
_OTHERS = re.compile(f"(?![{''.join(_LATIN_OF)}])[\u0370-\u03ff\u0400-\u052f]")
_WORD = re.compile(r"[^\W\d_]{3,}")


def look_alikes(text: str) -> Iterator[Found]:
    """Every Latin word in which letters of another script stand.

    Args:
        text: Any text.
    """
    if text.isascii() or _ONE.search(text) is None or _OTHERS.search(text) is not None:
        return
    for word in _WORD.finditer(text):
        latin = sum(map(str.isascii, word.group()))
        if len(word.group()) > latin > len(word.group()) / 2 and all(
            c.isascii() or c in _LATIN_OF for c in word.group()
        ):
            yield Found(word.start(), word.end(), "look-alike letter")


def without_look_alikes(text: str) -> str:
    """A text with the Latin letters in their place.

    Args:
        text: Any text.
    """
    parts: list[str] = []
    at = 0
    for found in look_alikes(text):
        parts += [text[at : found.start], "".join(_LATIN_OF.get(c, c) for c in text[found.start : found.end])]
        at = found.end
    return "".join([*parts, text[at:]])
