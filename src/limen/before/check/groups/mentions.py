"""Where a text mentions a group."""

from __future__ import annotations

import re
from dataclasses import dataclass

from limen.before.check.groups.lexicon import WORD, Form, Lexicon

READ = 20_000
"""Characters of a text that are looked at."""

_GAP = re.compile(r"[\s\-']{1,3}")
_ARTICLE = re.compile(r"\ban?(?=\s+\x00)")


@dataclass(frozen=True)
class Mention:
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


def mentions_in(text: str, lexicon: Lexicon) -> list[Mention]:
    """Every mention of a group in the first 20,000 characters of a text, in order; none overlaps another.

    Args:
        text: The text in lower case.
        lexicon: Of its language.
    """
    text = text[:READ]
    plain_words = WORD.findall(text)
    forms, seconds = lexicon.forms, lexicon.seconds
    # Most words begin nothing, and "the" begins a phrase alone: the places of words are looked up for the rest
    begin = [
        i
        for i, word in enumerate(plain_words)
        if word in forms and (word not in seconds or not seconds[word].isdisjoint(plain_words[i + 1 : i + 2]))
    ]
    if not begin:
        return []
    words = [(m.group(), m.start(), m.end()) for m in WORD.finditer(text)]
    found: list[Mention] = []
    free = 0
    for at in begin:
        form = _form_at(text, words, at, lexicon) if at >= free else None
        if form is not None:
            free = at + len(form.words)
            if form.dimension:
                found.append(Mention(form, words[at][1], words[free - 1][2]))
    return found


def _form_at(text: str, words: list[tuple[str, int, int]], at: int, lexicon: Lexicon) -> Form | None:
    for form in lexicon.forms.get(words[at][0], ()):
        last = at + len(form.words) - 1
        if last >= len(words) or any(words[at + i][0] != word for i, word in enumerate(form.words)):
            continue
        if all(_joined(text, words, i) for i in range(at, last)) and (
            not form.person or _before_person(text, words, last, lexicon)
        ):
            return form
    return None


def _joined(text: str, words: list[tuple[str, int, int]], at: int) -> bool:
    """Whether nothing but a space or a hyphen stands between a word and the next."""
    return _GAP.fullmatch(text, words[at][2], words[at + 1][1]) is not None


def _before_person(text: str, words: list[tuple[str, int, int]], at: int, lexicon: Lexicon) -> bool:
    """Whether a word for a person follows, another adjective of groups between them at most."""
    for following in (at + 1, at + 2):
        if following >= len(words) or not _joined(text, words, following - 1):
            return False
        word = words[following][0]
        if is_person(word, lexicon):
            return True
        if not any(form.person for form in lexicon.forms.get(word, ())):
            return False
    return False


def is_person(word: str, lexicon: Lexicon) -> bool:
    """Whether a word names a person of no group in particular, in the singular or with a plural's `s`.

    Args:
        word: In lower case.
        lexicon: Of its language.
    """
    return word in lexicon.people or occupation(word, lexicon) is not None


def occupation(word: str, lexicon: Lexicon) -> str | None:
    """The occupation that a word names, in the singular; None where it names none.

    Args:
        word: In lower case.
        lexicon: Of its language.
    """
    if word in lexicon.occupations:
        return word
    single = word.removesuffix("s")
    return single if single in lexicon.occupations else None


def slot_text(text: str, mentions: list[Mention], dimension: str) -> str:
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
