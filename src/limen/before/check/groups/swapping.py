"""A row with the words for two groups swapped, or why it is not swapped.

What cannot be swapped by words alone is left: a row that speaks of somebody by name, that holds a word which ties it
to a group ("pregnant"), that has code, or in which it cannot be told whether "her" means him or his. Most that is
skipped is skipped for caution. Where other words agree with those that are swapped, `swap_german` takes over.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from functools import partial

from limen.before.check.groups.lexicon import Lexicon, can_swap
from limen.before.check.groups.mentions import READ, Mention, ends_in_adjective, is_person, mentions_in
from limen.before.check.groups.noun_or_adjective import ADJECTIVE, NOUN, is_before_noun, noun_or_adjective
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
_BEHIND = re.compile(r"[\w,;][ -]$")
_ARTICLE = re.compile(r"\b([Aa])n?( )$")
_GENITIVE = re.compile(r"(['’])(s?)(?!\w)")

EACH_OTHER = ""
"""Stands for the group that takes the place where two take each other's."""


def swap_for(row: Row, lexicon: Lexicon, dimension: str) -> Callable[[str], str]:
    """What makes of each text of a row the same about another group of a dimension.

    A row that mentions two groups has them swapped; one that mentions one has it swapped for another, chosen by the
    row's content among those that have a word for each of its words.

    Args:
        row: A row.
        lexicon: Of its language.
        dimension: Such as `gender`.

    Returns:
        A function of a text; it raises NotSwapped where it cannot be told what a word stands for.

    Raises:
        NotSwapped: The row mentions none of the groups, or cannot be swapped by words alone.
    """
    changes = counterparts(row, lexicon, dimension)
    return changes[sorted(changes)[key_of(row.id) % len(changes)]]


def counterparts(row: Row, lexicon: Lexicon, dimension: str) -> Mapping[str, Callable[[str], str]]:
    """What makes of each text of a row the same about another group, by each group that may take the place.

    Args:
        row: A row.
        lexicon: Of its language.
        dimension: Such as `gender`.

    Returns:
        One or more functions as `swap_for` has them; of a row that mentions two groups one, under `EACH_OTHER`.

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
        return {EACH_OTHER: german_swap(texts, each, lexicon, dimension)}
    left: set[str] = set()
    for text, low, mentions in zip(texts, lowered, each, strict=True):
        if _names_somebody(text, low, lexicon):
            raise NotSwapped("name")
        places = {m.start for m in mentions if m.dimension == dimension}
        left.update(match.group() for match in WORD.finditer(low) if match.start() not in places)
    if any(m.form.person and m.form.words[0] in left for m in found if len(m.form.words) == 1):
        raise NotSwapped("word that stands twice")  # "The deaf boy is deaf"
    beside = {(m.dimension, m.group) for mentions in each for m in mentions}
    return {
        key: partial(_swapped_text, dimension=dimension, partner=partner, lexicon=lexicon)
        for key, partner in _partners(found, left, beside, lexicon).items()
    }


def counterpart_of(group: str, lexicon: Lexicon, dimension: str) -> str:
    """The group whose counterpart a group is, as men are that of women; empty where it has several or none.

    Args:
        group: Such as `women`.
        lexicon: Of its language.
        dimension: Such as `gender`.
    """
    forms = [one for held in lexicon.forms.values() for one in held if (one.dimension, one.group) == (dimension, group)]
    alone = Counter(next(iter(to)) for form in forms if len(to := {g for swap in form.swaps for g in swap.to}) == 1)
    most = alone.most_common(1)
    return most[0][0] if most and 2 * most[0][1] > len(forms) else ""


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


def _partners(
    mentions: Sequence[Mention], left: Set[str], beside: Iterable[tuple[str, str]], lexicon: Lexicon
) -> dict[str, dict[str, str]]:
    """Which group takes the place of which, in each way that can be.

    Args:
        mentions: Of the dimension.
        left: Every word of the row that no mention begins with.
        beside: Dimensions and groups that the row mentions.
        lexicon: Of its language.
    """
    groups = sorted({one.group for one in mentions})
    if len(groups) > 2:
        raise NotSwapped("several groups")
    if len(groups) == 2:
        first, second = groups
        ways = {EACH_OTHER: {first: second, second: first}}
    else:
        shared = [{to for swap in m.form.swaps for to in swap.to} for m in mentions]
        ways = {other: {groups[0]: other} for other in sorted(set.intersection(*shared))}
    kept = {
        key: partner
        for key, partner in ways.items()
        if all(any(partner[m.group] in swap.to for swap in m.form.swaps) for m in mentions)
        and not any(_is_there(m, partner[m.group], left) for m in mentions)
        and not any(
            dimension == other and group != of
            for to in partner.values()
            for dimension, of in lexicon.implies.get(to, {}).items()
            for other, group in beside
        )
    }
    if not kept:
        raise NotSwapped("no counterpart")
    return kept


def _is_there(one: Mention, group: str, left: Set[str]) -> bool:
    """Whether the word stands there already that would be put: "the actor and the actress", "old and young people"."""
    return any(
        (swap.one_way or one.form.person) and group in swap.to and swap.to[group].lower() in left
        for swap in one.form.swaps
    )


def _swapped_text(text: str, dimension: str, partner: dict[str, str], lexicon: Lexicon) -> str:
    low = plain(text)
    parts, at = [], 0
    for one in mentions_in(low, lexicon, text):
        if one.dimension == dimension:
            was, word = text[one.start : one.end], _word_for(low, one, partner[one.group], lexicon)
            before = text[max(0, one.start - 2) : one.start]
            if word.islower() and was.istitle() and _WITHIN.search(before) and not one.form.capital:
                raise NotSwapped("name")  # the symbol He, a film called Her
            word = _like(was, word, one, first=_BEHIND.search(before) is None)
            parts += [_ARTICLE.sub(rf"\g<1>{'n' if _needs_n(word) else ''}\2", text[at : one.start]), word]
            at = one.end
            if owner := _genitive(text, at, was, word):
                parts.append(owner)
                at += len(owner) + 1
    return "".join([*parts, text[at:]])


def _genitive(text: str, end: int, was: str, word: str) -> str:
    """What takes the place of a genitive's "'s" behind a plural: "children's" becomes "pensioners'"."""
    owner = _GENITIVE.match(text, end)
    if owner is None:
        return ""
    if owner.group(2):
        return owner.group(1) if was.lower().endswith(("men", "children", "people")) and word.endswith("s") else ""
    if was.endswith("s") and not word.endswith("s"):
        raise NotSwapped("genitive")  # "ladies'", unless that is the end of a quotation
    return ""


def _word_for(low: str, one: Mention, group: str, lexicon: Lexicon) -> str:
    """The word of another group, by the use of the word that is there."""
    words = {swap.when: swap.to[group] for swap in reversed(one.form.swaps) if group in swap.to}
    if one.form.words[-1] in lexicon.offspring and _is_somebodys(low, one, lexicon):
        raise NotSwapped("somebody's child")
    if ends_in_adjective(one.form, lexicon) and is_before_noun(low, one.end, lexicon, one.dimension):
        raise NotSwapped("noun or adjective")
    if NOUN in words or ADJECTIVE in words:
        return _by_use(low, one, words, lexicon)
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


def _by_use(low: str, one: Mention, words: Mapping[str, str], lexicon: Lexicon) -> str:
    """The word for a noun or for an adjective, whichever the word that is there is."""
    uses = {swap.when for swap in one.form.swaps}
    if uses == {ADJECTIVE} or (uses <= words.keys() and len(set(words.values())) == 1 < len(uses)):
        return words[ADJECTIVE]
    use = noun_or_adjective(low, one.start, one.end, lexicon, one.dimension)
    if use not in words:
        raise NotSwapped("noun or adjective")
    return words[use]


def _is_somebodys(low: str, one: Mention, lexicon: Lexicon) -> bool:
    before = WORD.findall(low[max(0, one.start - 40) : one.start])[-2:]
    return any(word in lexicon.having or word == "s" for word in before)


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


def _like(was: str, word: str, one: Mention, *, first: bool) -> str:
    """A word with the capitals of the one whose place it takes, as far as these are not its own."""
    if was.isupper() and len(was) > 1 and not one.form.capitals:
        return word.upper()
    if one.form.capital and not first:
        return word
    return word[:1].upper() + word[1:] if was[:1].isupper() else word


def _needs_n(word: str) -> bool:
    return word[:1].lower() in "aeiou" and not word.lower().startswith(("uk", "eu", "uni"))
