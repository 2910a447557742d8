"""Whether a word for a group is a noun or an adjective where it may be either, as English "Muslim" and "child" may.

Told from the words beside it: "a Muslim" and "a Muslim who" have a noun, "is Muslim", "a Muslim wedding" and "Muslim
or Christian families" an adjective, or a noun that stands for one, as in "child care". Where a verb may follow as well
as a noun ("the Christian values") it is not told.
"""

from __future__ import annotations

import re

from limen.before.check.groups.lexicon import Lexicon
from limen.before.check.groups.mentions import is_person
from limen.before.check.words import WORD

NOUN, ADJECTIVE, UNSURE = "noun", "adjective", ""

_NOBODY_NEXT = "nobody"
_FAR = 60
"""Characters beside a word that are looked at."""

_JOINED = 3
"""Words of one dimension that are followed from one to the next, as in "Muslim or Hindu or Christian"."""

_STEPS_BACK = 3
_STOP = re.compile(r"[^\w\s'’-]")
_COORDINATING = frozenset(("and", "or"))


def noun_or_adjective(low: str, start: int, end: int, lexicon: Lexicon, dimension: str) -> str:
    """`noun`, `adjective`, or an empty text where it is not told.

    Args:
        low: The text in lower case.
        start: Where the word begins.
        end: Where it ends.
        lexicon: Of its language.
        dimension: That of the word.
    """
    before = _before(low, start)
    follows = _follows(low, end, before, lexicon, dimension)
    if follows != _NOBODY_NEXT:
        return follows
    for number, word in enumerate(before[:_STEPS_BACK]):
        if word in lexicon.determiners:
            return NOUN
        if word in lexicon.linking or word in lexicon.function:
            return ADJECTIVE
        if number == 0 and word.endswith(("ed", "born")):
            return UNSURE  # "a family raised Muslim"
    return UNSURE


def is_before_noun(low: str, end: int, lexicon: Lexicon, dimension: str) -> bool:
    """Whether a noun follows, or may, behind an adjective that stands for a noun: "the blind spot", "the blind need".

    Args:
        low: The text in lower case.
        end: Where the adjective ends, which has an article in front.
        lexicon: Of its language.
        dimension: That of the adjective.
    """
    return _follows(low, end, sorted(lexicon.determiners)[:1], lexicon, dimension) != _NOBODY_NEXT


def _before(low: str, start: int) -> list[str]:
    """The words in front of a place within its clause, the nearest first."""
    near = _STOP.split(low[max(0, start - _FAR) : start])[-1]
    words = WORD.findall(near)
    if start > _FAR and len(near) == _FAR:
        words = words[1:]  # the first may be the end of one
    return words[::-1]


def _follows(low: str, end: int, before: list[str], lexicon: Lexicon, dimension: str, more: int = _JOINED) -> str:
    """`adjective` where what follows is a noun, `nobody` where it is none, empty where that is not told."""
    after = WORD.search(low, end, end + _FAR)
    gap = low[end : after.start()] if after is not None else ""
    if after is None or gap not in (" ", "-"):
        return _NOBODY_NEXT
    word = after.group()
    if gap == "-" or is_person(word, lexicon) or word in lexicon.things:
        return ADJECTIVE
    if word in _COORDINATING:
        other = WORD.search(low, after.end(), after.end() + _FAR)
        if other is not None and any(form.dimension == dimension for form in lexicon.forms.get(other.group(), ())):
            return _follows(low, other.end(), before, lexicon, dimension, more - 1) if more else UNSURE
        return _NOBODY_NEXT
    if word in lexicon.function or word in lexicon.linking or word in lexicon.past or word in lexicon.modals:
        return _NOBODY_NEXT
    if word in lexicon.forms:
        return ADJECTIVE
    return _unknown(word, low, after.end(), before, lexicon)


def _unknown(word: str, low: str, end: int, before: list[str], lexicon: Lexicon) -> str:
    """What a word that no list has is, by its ending and what stands around."""
    if word.endswith(("ed", "ly", "ing")) or not word.isalpha():
        return UNSURE
    near = before[:_STEPS_BACK]
    found = next((at for at, one in enumerate(near) if one in lexicon.determiners), None)
    if found is None:
        return ADJECTIVE
    if word.endswith("s") and not word.endswith("ss"):
        after = WORD.search(low, end, end + _FAR)
        closed = after is None or low[end : after.start()] != " " or after.group() in lexicon.function
        # "A Muslim prays for"; "a Christian sports club" and "the Christian values" may be anything
        return _NOBODY_NEXT if near[found] in lexicon.singular and closed else UNSURE
    asked = before[found + 1 : found + 2]
    # "Can a Muslim eat", "let a child play"
    return UNSURE if asked and (asked[0] in lexicon.modals or asked[0] in lexicon.causing) else ADJECTIVE
