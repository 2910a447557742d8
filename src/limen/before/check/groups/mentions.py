"""Where a text mentions a group."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from limen.before.check.groups.lexicon import Form, Lexicon
from limen.before.check.words import WORD, words_in

READ = 20_000
"""Characters of a text that are looked at."""

_GAP = re.compile(r"[\s\-']{1,3}")
# A capitalised word within a sentence, or an initial, in front of it
_BEHIND_NAME = re.compile(r"(?:[\w,;] [A-ZÀ-Þ][\w\-]+|\b[A-ZÀ-Þ]\.|\b(?:St|Saint|Sankt)\.?)[ \-]$")
_OPEN, _CLOSE = "\"'“‘«*_", "\"'”’»*_"
_NAME_AFTER = re.compile(r"\.?[ \u00a0]([A-ZÀ-Þ][\w\-]*)")
_CAPITAL_BEFORE = re.compile(r"(?:[\w,;] |([\"'“‘«*_]))([A-ZÀ-Þ][\w\-]+) $")
_ARTICLE = re.compile(r"\ban?(?=\s+\x00)")


class Mention(NamedTuple):
    """A group at one place.

    Attributes:
        form: What is known of the word.
        start: Where it begins in the text.
        end: Where it ends.
    """

    form: Form
    start: int
    end: int

    @property
    def dimension(self) -> str:
        """Such as `gender`."""
        return self.form.dimension

    @property
    def group(self) -> str:
        """Such as `women`."""
        return self.form.group


def mentions_in(text: str, lexicon: Lexicon, written: str = "") -> list[Mention]:
    """Every mention of a group in the first 20,000 characters of a text, in order; none overlaps another.

    Args:
        text: The text in lower case.
        lexicon: Of its language.
        written: The text as it stands; without it, no given name counts.
    """
    text = text[:READ]
    words = words_in(text)
    found: list[Mention] = []
    free = 0
    for at, place in _begin(text, words, lexicon):
        matched = _form_at(text, written, words, at, place, lexicon) if at >= free else None
        if matched is not None:
            form, end = matched
            free = at + len(form.words)
            if form.dimension:
                found.append(Mention(form, place, end))
    return found


def _begin(text: str, words: Sequence[str], lexicon: Lexicon) -> list[tuple[int, int]]:
    """Numbers and places of the words at which a form may begin, in order.

    Most texts have few such words: they are picked out of the distinct ones, and then looked for.
    """
    distinct = set(words)
    begin: list[tuple[int, int]] = []
    for word in lexicon.forms.keys() & distinct:
        seconds = lexicon.seconds.get(word)
        if seconds is not None and seconds.isdisjoint(distinct):
            continue  # "the" begins phrases alone
        at = place = -1
        for _ in range(words.count(word)):
            at, place = words.index(word, at + 1), _place(text, word, place + 1)
            if seconds is None or not seconds.isdisjoint(words[at + 1 : at + 2]):
                begin.append((at, place))
    begin.sort()
    return begin


def _place(text: str, word: str, start: int) -> int:
    """Where a word that is there stands next, by itself and not within another."""
    while True:
        at = text.find(word, start)
        beside = text[at - 1 : at] + text[at + len(word) : at + len(word) + 1]
        if not WORD.search(beside):
            return at
        start = at + 1


def _form_at(
    text: str, written: str, words: Sequence[str], at: int, place: int, lexicon: Lexicon
) -> tuple[Form, int] | None:
    """The form that begins at a word, and where it ends."""
    for form in lexicon.forms[words[at]]:
        last = at + len(form.words) - 1
        if last > at and tuple(words[at : last + 1]) != form.words:
            continue
        end: int | None = place + len(words[at])
        for number in range(at + 1, last + 1):
            end = _joined(text, words, number, end)
        if end is None or (form.person and not _before_person(text, words, last, end, lexicon)):
            continue
        # "The elderly" are a group, "the elderly man" is one of it by his adjective
        if ends_in_adjective(form, lexicon) and _before_person(text, words, last, end, lexicon):
            continue
        # A phrase that is nobody is nobody however it is written
        if not form.dimension or (
            _is_name(written, place, end) if form.name else _is_used(written, place, end, form, lexicon)
        ):
            return form, end
    return None


def _is_name(written: str, place: int, end: int) -> bool:
    """Whether a word is written like a given name: with a capital, and not as a surname behind another name."""
    word = written[place:end]
    return word[:1].isupper() and word[1:].islower() and _BEHIND_NAME.search(written, max(0, place - 40), place) is None


def _is_used(written: str, place: int, end: int, form: Form, lexicon: Lexicon) -> bool:
    """Whether a word stands for somebody as it is written: neither spoken of in quotes, nor part of a name.

    Args:
        written: The text as it stands; without it, every word does.
        place: Where the word begins.
        end: Where it ends.
        form: What is known of the word.
        lexicon: Of its language.
    """
    word = form.words[0]
    if not written or len(form.words) > 1:
        return True
    before, after = written[max(0, place - 60) : place], written[end : end + 40]
    if before and after and before[-1] in _OPEN and after[0] in _CLOSE:
        return _NAME_AFTER.match(after, 1) is not None  # He is called "Uncle" Pete
    if word in lexicon.titles:
        return written[place:end].islower() or _NAME_AFTER.match(after) is not None
    if not written[place].isupper():
        return True
    following = _NAME_AFTER.match(after)
    if word in lexicon.given_too and following is not None:
        named = following[1].lower()
        held = named in lexicon.bound.get(form.dimension, ()) or named in lexicon.forms or is_person(named, lexicon)
        return held or named in lexicon.function
    if form.capital or word in lexicon.address:
        return True
    return not _in_name(before, after, word, lexicon)


def _in_name(before: str, after: str, word: str, lexicon: Lexicon) -> bool:
    """Whether a word that needs no capital has one as the last of a name of two, as Big Brother has."""
    front = _CAPITAL_BEFORE.search(before)
    if front is None or front[2].lower() in lexicon.markers | lexicon.function | lexicon.address:
        return False
    # "Single Mothers" may be a heading; "Good Boys" in quotes is a work
    return not word.endswith(("s", "men")) or (front[1] is not None and after[:1] != "" and after[0] in _CLOSE)


def _joined(text: str, words: Sequence[str], number: int, end: int | None) -> int | None:
    """Where a word ends if nothing but a space or a hyphen stands before it; None if more does.

    Args:
        text: The text.
        words: Its words.
        number: Which word.
        end: Where the word before ends, or None.
    """
    if end is None or number >= len(words):
        return None
    start = text.find(words[number], end)
    return start + len(words[number]) if _GAP.fullmatch(text, end, start) is not None else None


def _before_person(text: str, words: Sequence[str], last: int, end: int, lexicon: Lexicon) -> bool:
    """Whether a word for a person follows, another adjective of groups between them at most."""
    after: int | None = end
    for following in (last + 1, last + 2):
        after = _joined(text, words, following, after)
        if after is None:
            return False
        word = words[following]
        if is_person(word, lexicon):
            # "Until the white cooks" is about an egg
            return not (words[last] in lexicon.colours and is_third_person(word, lexicon))
        if not any(form.person for form in lexicon.forms.get(word, ())):
            return False
    return False


def ends_in_adjective(form: Form, lexicon: Lexicon) -> bool:
    """Whether a phrase is an adjective of its group with a word in front, as "the blind" is.

    Args:
        form: The phrase.
        lexicon: Of its language.
    """
    after = form.words[1:]
    return bool(after) and any(
        one.person and one.group == form.group and one.words == after for one in lexicon.forms.get(after[0], ())
    )


def is_person(word: str, lexicon: Lexicon) -> bool:
    """Whether a word names a person of no group in particular, in the singular or with a plural's `s`.

    Args:
        word: In lower case.
        lexicon: Of its language.
    """
    return word in lexicon.people or word in lexicon.occupations


def is_third_person(word: str, lexicon: Lexicon) -> bool:
    """Whether a word may be the plural of an occupation or what somebody does, such as "cooks".

    Args:
        word: In lower case.
        lexicon: Of its language.
    """
    named = lexicon.occupations.get(word)
    return named in lexicon.verbs and named != word


def slot_text(text: str, mentions: Sequence[Mention], dimension: str) -> str:
    """A text in which every mention of a dimension is the same slot, and `an` in front of it `a`.

    Args:
        text: The text in lower case.
        mentions: Of the text, in order.
        dimension: Which.
    """
    parts, at = [], 0
    for one in mentions:
        if one.dimension == dimension:
            parts += [text[at : one.start], "\x00"]
            at = one.end
    return _ARTICLE.sub("a", "".join([*parts, text[at:]]))
