"""A row with the words for two groups swapped, or why it is not swapped.

What cannot be swapped by words alone is left: a row that speaks of somebody by name, that holds a word which ties it
to a group ("pregnant"), that has code, or in which it cannot be told whether "her" means him or his. Most that is
skipped is skipped for caution. Where other words agree with those that are swapped, `swap_german` takes over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial

from limen.before.check.groups.lexicon import Lexicon, can_swap
from limen.before.check.groups.mentions import READ, Mention, is_person, mentions_in
from limen.before.check.groups.swap_german import NotSwapped, german_swap, has_surname
from limen.before.check.keys import key_of
from limen.before.check.passages import plain
from limen.before.check.words import WORD
from limen.core import Row

# Two capitalised words in a row, one within a sentence, and what "named" and "called" are followed by
_NAMES = re.compile(
    r"\b[A-ZÀ-Þ]\w+ (?:[A-ZÀ-Þ]\. )?[A-ZÀ-Þ]\w+|[a-zß-ÿ,;] [A-ZÀ-Þ][a-zß-ÿ]+|\b(?:[Nn]amed|[Cc]alled) \W?[A-ZÀ-Þ]"
)
# Who is, has or does something at the beginning of a sentence
_SUBJECT = re.compile(
    r"\b([A-ZÀ-Þ][a-zß-ÿ]{2,})(?:'s|,)? "
    r"(?:is|was|has|had|will|would|can|could|went|loves?|loved|likes?|liked|and [A-ZÀ-Þ])\b"
)
_CAPITAL = re.compile(r"\b[A-Z][a-z]+\b")
_CODE = re.compile(r"```|\bdef \w+\(|</\w+>|[{};]\s*$", re.MULTILINE)
_PAIRED = re.compile(
    r"\b(?:he|she|him|her|his|hers|himself|herself) ?(?:/|\bor\b|\band\b) ?(?:s?he|him|hers?|his|himself|herself)\b"
    r"|\bs/he\b|\(s\)he\b"
)
_GAP = re.compile(r" ")
_WITHIN = re.compile(r"[a-zß-ÿ,;] $")
_ARTICLE = re.compile(r"\b([Aa])n?( )$")


def swap_for(row: Row, lexicon: Lexicon, dimension: str) -> Callable[[str], str]:
    """What makes of each text of a row the same about another group of a dimension.

    A row that mentions two groups has them swapped; one that mentions one has it swapped for another, chosen by the
    row's content among those that have a word for each of its words.

    Args:
        row: A row.
        lexicon: Of its language.
        dimension: Such as `gender`.

    Returns:
        A function of a text; it raises NotSwapped where it cannot be told what a pronoun stands for.

    Raises:
        NotSwapped: The row mentions none of the groups, or cannot be swapped by words alone.
    """
    texts = [m.content for part in (row.prompt, row.answer, row.rejected) for m in part]
    lowered = [plain(text) for text in texts]
    each = [mentions_in(low, lexicon, text) for low, text in zip(lowered, texts, strict=True)]
    found = [m for mentions in each for m in mentions if m.dimension == dimension]
    if not found:
        raise NotSwapped("no mention")
    _refuse(row, texts, lowered, lexicon, dimension)
    if lexicon.swaps == "german":
        return german_swap(texts, each, lexicon, dimension)
    for text, low in zip(texts, lowered, strict=True):
        if _names_somebody(text, low, lexicon):
            raise NotSwapped("name")
    partner = _partner(row, sorted({one.group for one in found}), found)
    return partial(_swapped_text, dimension=dimension, partner=partner, lexicon=lexicon)


def _refuse(row: Row, texts: Sequence[str], lowered: Sequence[str], lexicon: Lexicon, dimension: str) -> None:
    """Leave what words alone cannot swap."""
    if not can_swap(lexicon, dimension):
        raise NotSwapped("language")
    if row.tools or any(m.extra for m in (*row.messages, *row.rejected)):
        raise NotSwapped("tools")
    if any(len(text) > READ for text in texts):
        raise NotSwapped("too long")
    if any(_CODE.search(text) for text in texts):
        raise NotSwapped("code")
    if any(_PAIRED.search(low) for low in lowered):
        raise NotSwapped("he or she")
    bound = lexicon.bound.get(dimension, frozenset())
    if any(not bound.isdisjoint(WORD.findall(low)) for low in lowered):
        raise NotSwapped("word that ties it to a group")


def _names_somebody(text: str, low: str, lexicon: Lexicon) -> bool:
    """Whether a given name stands in a text, or two capitalised words in a row that name no group."""
    parts, at = [], 0
    for one in mentions_in(low, lexicon, text):
        if one.form.name and has_surname(text, one):
            return True
        parts.append(text[at : one.start])
        at = one.end
    left = " - ".join([*parts, text[at:]])
    subjects = (word.lower() for word in _SUBJECT.findall(left))
    return (
        _NAMES.search(left) is not None
        or any(word.lower() in lexicon.names for word in _CAPITAL.findall(left))
        or any(not _common(word, lexicon) for word in subjects)
    )


def _common(word: str, lexicon: Lexicon) -> bool:
    """Whether a word at the beginning of a sentence is no name, as far as the lexicon knows."""
    return word in lexicon.function or word in lexicon.people or word in lexicon.markers


def _partner(row: Row, groups: Sequence[str], mentions: Sequence[Mention]) -> dict[str, str]:
    """Which group takes the place of which."""
    if len(groups) > 2:
        raise NotSwapped("several groups")
    if len(groups) == 2:
        first, second = groups
        partner = {first: second, second: first}
        if all(any(partner[m.group] in s.to for s in m.form.swaps) for m in mentions):
            return partner
        raise NotSwapped("no counterpart")
    (group,) = groups
    shared = [{to for swap in m.form.swaps for to in swap.to} for m in mentions]
    others = sorted(set.intersection(*shared))
    if not others:
        raise NotSwapped("no counterpart")
    return {group: others[key_of(row.id) % len(others)]}


def _swapped_text(text: str, dimension: str, partner: dict[str, str], lexicon: Lexicon) -> str:
    low = plain(text)
    parts, at = [], 0
    for one in mentions_in(low, lexicon, text):
        if one.dimension == dimension:
            was, word = text[one.start : one.end], _word_for(low, one, partner[one.group], lexicon)
            if word.islower() and was.istitle() and _WITHIN.search(text[max(0, one.start - 2) : one.start]):
                raise NotSwapped("name")  # the symbol He, a film called Her
            word = _like(was, word)
            parts += [_ARTICLE.sub(rf"\g<1>{'n' if _needs_n(word) else ''}\2", text[at : one.start]), word]
            at = one.end
    return "".join([*parts, text[at:]])


def _word_for(low: str, one: Mention, group: str, lexicon: Lexicon) -> str:
    """The word of another group, by the use of the word that is there."""
    words = {swap.when: swap.to[group] for swap in reversed(one.form.swaps) if group in swap.to}
    if len(words) == 1:
        return next(iter(words.values()))
    if "" in words:
        return words[""]
    use = _use(low, one, lexicon, objects="object" in words)
    if use == "alone" and "alone" not in words:
        use = "object"
    if use not in words:
        raise NotSwapped("pronoun")
    return words[use]


def _use(low: str, one: Mention, lexicon: Lexicon, *, objects: bool) -> str:
    """Whether a pronoun stands before its noun or alone; empty where that is not told."""
    after = WORD.search(low, one.end, one.end + 60)
    if after is None or not _GAP.fullmatch(low, one.end, after.start()):
        return "alone"
    word = after.group()
    if word in lexicon.unsure or word.endswith(("ing", "ly")):
        return ""
    if word in lexicon.function:
        return "alone"
    before = WORD.findall(low[max(0, one.start - 40) : one.start])
    if is_person(word, lexicon) or word in lexicon.forms:
        return "before-noun"
    if objects and before and before[-1] in lexicon.causing:
        return ""
    return "before-noun"


def _like(was: str, word: str) -> str:
    """A word with the capitals of the one whose place it takes."""
    if was.isupper() and len(was) > 1:
        return word.upper()
    return word[:1].upper() + word[1:] if was[:1].isupper() else word


def _needs_n(word: str) -> bool:
    return word[:1].lower() in "aeiou" and not word.lower().startswith(("uk", "eu", "uni"))
