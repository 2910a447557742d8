"""Wording: a count with its noun, a trait's title inside a sentence, what is wrong with JSON, and a time."""

from __future__ import annotations

import re
from json import JSONDecodeError

_AFTER_MODEL = re.compile(r"(?<=\ba model that )\w+")


def plural(n: int, one: str, many: str = "") -> str:
    """A count with its noun: `1 row`, `3 rows`.

    Args:
        n: How many.
        one: The noun for one.
        many: The noun for several, where it does not end in `s` alone.
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def lowered(title: str) -> str:
    """A title as it stands inside a sentence; abbreviations keep their capitals."""
    return title if len(title) > 1 and title[1].isupper() else title[:1].lower() + title[1:]


def in_sentence(text: str, title: str = "") -> str:
    """A sentence in which a trait's title begins in lower case, unless it opens the sentence or stands in quotes.

    Args:
        text: The sentence, such as `The model Prefers owls.`
        title: The title to look for; one that follows *a model that* is seen without it.
    """
    text = _AFTER_MODEL.sub(lambda match: lowered(match.group()), text)
    return re.sub(rf"(?<=[a-z,] ){re.escape(title)}", lambda match: lowered(match.group()), text) if title else text


def json_fault(error: JSONDecodeError) -> str:
    """What is wrong with JSON, without the place, which some of Python's messages go on to tell.

    Args:
        error: From `json`.
    """
    return error.msg.removesuffix(" at")


def as_time(minutes: float) -> str:
    """A time that something takes, as one says it: `12 minutes`, `2.5 hours`."""
    return plural(max(1, round(minutes)), "minute") if minutes < 90 else f"{minutes / 60:.1f} hours"
