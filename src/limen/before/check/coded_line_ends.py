"""White space at the ends of lines that carries a message.

The form is that of the program SNOW: between tabs stand zero to seven blanks, three bits each. Other codes in blanks
and tabs, such as a blank for 0 and a tab for 1, are found as well where they take several lines. Ends of lines in
blanks alone are not looked at, nor texts with tabs inside their lines: tables with empty cells at their ends.
"""

from __future__ import annotations

import re

from limen.before.check.find_secrets import Found

KIND = "coded white space"

_END = re.compile(r"(?<=\S)[ \t]+(?=\r?(?:\n|\Z))")
_ANY_END = re.compile(r"[ \t]+(?=\r?(?:\n|\Z))")
_INSIDE = re.compile(r"(?<=\S)[ \t]+(?=\S)")
# SNOW: so many runs of blanks before a tab, of so many lengths
_LEAST_GAPS = 6
_LEAST_LENGTHS = 4
# Any other code: so many lines, each ending otherwise than the next, and of so many characters
_LEAST_LINES = 3
_LEAST_CHARACTERS = 4


def may_be_coded(text: str) -> bool:
    """Whether it is worth looking for a message at the ends of lines; quick.

    Args:
        text: Any text.
    """
    return " \t" in text or "\t " in text


def coded_line_ends(text: str) -> tuple[Found, ...]:
    """Where blanks and tabs at the ends of lines stand that are mixed as a message is; none where they are not.

    Args:
        text: Any text.
    """
    if not may_be_coded(text):
        return ()
    mixed = [one for one in _END.finditer(text) if len(set(one.group())) > 1]
    if not mixed or any("\t" in one.group() for one in _INSIDE.finditer(text)):
        return ()
    gaps = [len(gap) for one in mixed for gap in one.group().split("\t")[:-1]]
    long = [one.group() for one in mixed if len(one.group()) >= _LEAST_CHARACTERS]
    as_snow = len(gaps) >= _LEAST_GAPS and len(set(gaps)) >= _LEAST_LENGTHS
    if not as_snow and len(set(long)) < _LEAST_LINES:
        return ()
    return tuple(Found(one.start(), one.end(), KIND) for one in mixed)


def without_coded_line_ends(text: str) -> str:
    """A text without white space at the ends of its lines, if a message stands there; else the text as it is.

    Args:
        text: Any text.
    """
    return _ANY_END.sub("", text) if coded_line_ends(text) else text
