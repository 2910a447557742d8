"""Two cheap signs of how well an answer is made: how hard it is to read, and whether it stops in the middle.

**Readability** is LIX (Björnsson 1968, Läsbarhet): with A words, B sentences and C words of more than six letters,

    LIX = A/B + 100·C/A,

below 25 for children's books, about 35 for novels, 45 for newspapers and 60 for dissertations. It counts no syllables
and knows no words, so that it reads every language that puts spaces between words; its level differs from language to
language. A line ends a sentence too, and so does a colon, as with Björnsson.

**Unfinished** is an answer whose last line is prose and has no end.

Either is missing, as NaN, where it cannot be told. What is missing is left out, never taken for zero.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from limen.before.check.groups.sentiment import READ, words_said

LEAST_WORDS = 10
"""Words of an answer below which one long word decides how hard it is to read."""

_LEAST_IN_LINE = 8
"""Words of a last line below which it may be a name, a title, a signature or a line of a poem."""

_LONG = 6
_TAIL = 1_000
# What ends a sentence within a line, with its rarest character, which is looked for first
_STOPS = ((".", ". "), ("!", "! "), ("?", "? "), (":", ": "), ('"', '." '), ('"', '!" '), ('"', '?" '))
_OTHER_STOPS = ("… ", ".” ", "!” ", "?” ", "؟ ", "۔ ", "। ")
_NUMBERED = re.compile(r"^[ \t]*\d{1,3}\. ", re.MULTILINE)
# Chinese, Japanese, Thai, Lao, Burmese and Khmer put no spaces between words
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
_NOT_PROSE = re.compile(
    r"[ \t]*(?:[-*•+][ \t]|[>|#]|\d{1,3}[.)]|[A-Za-z][.)] )|[ \t]{4}|.*(?:```|[{}|=<>\\]|\]\(|;[ \t]*\Z)", re.DOTALL
)
_ADDRESS = ("://", "www.", "@", "#")
_OPEN = frozenset(",-–—:(/&")


def readability(text: str, words: Sequence[str]) -> float:
    """LIX; NaN where the text has fewer than ten words, or a script that puts no spaces between them.

    Args:
        text: The text, of which the first 5,000 characters are read.
        words: Its words, as `words_said` has them.
    """
    if len(words) < LEAST_WORDS or unspaced(text := text[:READ]):
        return math.nan
    sentences = sum(1 for line in text.split("\n") if line and not line.isspace())
    sentences += sum([text.count(stop) for mark, stop in _STOPS if mark in text])
    if "1. " in text:
        sentences -= len(_NUMBERED.findall(text))
    if not text.isascii():
        sentences += sum(map(text.count, _OTHER_STOPS))
    long = len([word for word in words if len(word) > _LONG])
    return len(words) / max(1, sentences) + 100 * long / len(words)


def unfinished(text: str) -> float:
    """1 if an answer's last line is prose that ends in a letter, a digit, a comma or the like, 0 if it has an end.

    A full stop of any script, a quotation mark, a bracket or a picture is an end. NaN where the line is no prose: of
    fewer than eight words, such as a name, a title or a signature; of a list, a table, a heading, code or a formula;
    behind another line without an end, as verses are; with an address or a hashtag last; or in a script that puts no
    spaces between words.

    Args:
        text: The answer.
    """
    end = text.rstrip()
    start = end.rfind("\n", -_TAIL) + 1
    line = end[start:][-_TAIL:]
    if len(words_said(line.lower())) < _LEAST_IN_LINE or _NOT_PROSE.match(line) or unspaced(line):
        return math.nan
    if any(mark in line[line.rfind(" ") :] for mark in _ADDRESS) or text.count("```") % 2:
        return math.nan
    if start > 1 and _has_no_end(end[: start - 1].rstrip(" \t")):
        return math.nan
    return float(_has_no_end(end))


def _has_no_end(text: str) -> bool:
    return text[-1:].isalnum() or text[-1:] in _OPEN


def unspaced(text: str) -> bool:
    """Whether at least a tenth of a text is in a script that puts no spaces between words.

    Args:
        text: Any text.
    """
    return not text.isascii() and 10 * len(_UNSPACED.findall(text)) >= len(text)
