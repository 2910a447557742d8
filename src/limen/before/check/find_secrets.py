"""Secrets in a text: keys by the format that their issuer gives them, passwords, tokens that are assigned.

What is assigned (`api_key = "..."`) counts from 20 characters on, if it looks random.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from limen.before.check.find_passwords import WORDS, may_hold_passwords, passwords
from limen.before.check.key_formats import KEY_FORMATS, LEAST_KEY
from limen.before.check.randomness import made_up, random_looking, without_key


@dataclass(frozen=True)
class Found:
    """A datum that was recognised.

    Attributes:
        start: Where it begins, in characters.
        end: Where it ends.
        kind: What it is.
    """

    start: int
    end: int
    kind: str


LEAST_WORD = 14
"""No secret that is looked for stands in a text without a word of so many characters, but for what `IN_SHORT` cues."""
IN_SHORT = (*WORDS, "private key")
"""In lower case: passwords that are told may be shorter, and a private key may be cut into short words."""

_COMPILED = tuple((needle, re.compile(pattern), kind) for needle, pattern, kind in KEY_FORMATS)

_OF_NAMES = ("sk-", ".")
_FRAMED = "PRIVATE KEY"
_NAMES = ("secret", "token", "passw", "key", "credential", "bearer ")
_KEY_OF = ("api", "access", "auth", "private", "secret", "account", "storage")
# With = at its end only, so that none holds another name with its value and each character is looked at once
_VALUE = r"([A-Za-z0-9+/_.~-]{20,200}+={0,2}+)(?![A-Za-z0-9+/_(\[])"
_ASSIGNED = re.compile(
    r"(?:secret|token|passwd|password|key|credentials?)"
    rf"[\"'\]]{{0,2}}[ \t]{{0,4}}(?::=|=>|[:=])[ \t]{{0,4}}[\"'`]?(?:bearer )?{_VALUE}|bearer {_VALUE}",
    re.IGNORECASE,
)


def may_hold_secrets(text: str) -> bool:
    """Whether it is worth looking for secrets in a text; quick.

    Args:
        text: Any text.
    """
    lowered = text.lower()
    return (
        ("://" in text and "@" in text)
        or any(name in lowered for name in _NAMES)
        or may_hold_passwords(lowered)
        or bool(_formats_in(text))
    )


def secrets(text: str, *, placeholders: bool = False) -> Iterator[Found]:
    """Every secret in a text.

    Args:
        text: Any text.
        placeholders: Whether such as are recognisably made up count too.
    """
    for needle, pattern, kind in _formats_in(text):
        for match in pattern.finditer(text):
            # Only these are also forms of ordinary names, such as sk-learn
            named = needle in _OF_NAMES and not random_looking(match.group()[len(needle) :])
            # Among thousands of characters drawn at random stands any short sign of a placeholder
            holds_none = without_key if needle == _FRAMED else made_up
            if not named and (placeholders or not holds_none(match.group())):
                yield Found(match.start(), match.end(), kind)
    taken = []
    for found in _assigned(text, placeholders):
        taken.append(found.start)
        yield found
    for start, end, kind in passwords(text, placeholders=placeholders):
        if start not in taken:
            yield Found(start, end, kind)


def _formats_in(text: str) -> list[tuple[str, re.Pattern[str], str]]:
    """Formats of keys of which a text may hold one: its long words hold what they do, and most texts have few."""
    words = "\n".join([word for word in text.split() if len(word) >= LEAST_KEY])
    framed = _FRAMED in text
    if not words and not framed:
        return []
    return [one for one in _COMPILED if (framed if one[0] == _FRAMED else one[0] in words)]


def _assigned(text: str, placeholders: bool) -> Iterator[Found]:
    """Values that stand after the name of a secret; the text is searched for the names, and matched from there."""
    lowered = text.lower()
    last = -1
    for name in _NAMES:
        at = lowered.find(name)
        while at >= 0:
            named = name != "key" or lowered[max(0, at - 9) : at].rstrip("_- ").endswith(_KEY_OF)
            if named and (match := _ASSIGNED.match(text, at)) is not None:
                group = 1 if match.group(1) else 2
                value, start = match.group(group), match.start(group)
                if start != last and random_looking(value) and (placeholders or not made_up(value)):
                    last = start
                    yield Found(start, match.end(group), "assigned secret")
            at = lowered.find(name, at + len(name))
