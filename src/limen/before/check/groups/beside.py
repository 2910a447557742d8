"""What stands beside the mentions of each group of a row: sentences, occupations, the word that follows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from limen.before.check.groups.lexicon import Lexicon
from limen.before.check.groups.mentions import READ, Mention
from limen.before.check.groups.row_groups import RowGroups
from limen.before.check.passages import Passage
from limen.before.check.words import WORD, words_in

MOST = 20
"""Mentions of a passage that are looked at."""
_BETWEEN = 2  # adjectives between an article and its noun
_DETERMINERS = frozenset(
    {"a", "an", "the", "my", "your", "his", "her", "their", "our", "its", "one", "another", "each", "every", "s"}
)
_WHO = frozenset({"who", "that", "which", "it"})
_REACH = 300
_NEXT = 40
_STOPS = ".!?\n"
_STOP = re.compile(r"[.!?\n]")


@dataclass
class Beside:
    """What stands beside the mentions of one group.

    Attributes:
        sentences: The sentence of each mention.
        occupations: Occupations in these sentences, where the passage mentions no other group of the dimension.
        following: Words right after a mention.
    """

    sentences: list[str] = field(default_factory=list)
    occupations: set[str] = field(default_factory=set)
    following: set[str] = field(default_factory=set)


def beside(row: RowGroups) -> Mapping[tuple[str, str], Beside]:
    """What stands beside each group, by dimension and group; made once for all rules.

    Args:
        row: The row.
    """
    made = row.seen.shared.get("beside")
    if not isinstance(made, dict):
        made = row.seen.shared["beside"] = {}
        for passage, mentions in (*row.prompt, *row.answer):
            if mentions:
                _add(made, row, passage, mentions)
    return made


def _add(made: dict[tuple[str, str], Beside], row: RowGroups, passage: Passage, mentions: tuple[Mention, ...]) -> None:
    text, lexicon = passage.lowered, row.lexicon
    groups: dict[str, set[str]] = {}
    for one in mentions:
        groups.setdefault(one.dimension, set()).add(one.group)
    named: dict[str, list[str]] = {}
    for one in mentions[:MOST]:
        held = made.setdefault((one.dimension, one.group), Beside())
        begin, end = span_of(text, one)
        sentence = text[begin:end]
        held.sentences.append(sentence)
        if len(groups[one.dimension]) == 1:
            if sentence not in named:
                words = words_in(sentence)
                named[sentence] = [
                    lexicon.occupations[word]
                    for at, word in enumerate(words)
                    if word in lexicon.occupations and not is_verb(words, at, lexicon)
                ]
            held.occupations.update(named[sentence])
        if text[one.end : one.end + 1] == " ":
            after = WORD.match(text, one.end + 1, one.end + _NEXT)
            if after is not None and after.group().isalpha() and after.group() not in lexicon.function:
                held.following.add(after.group())


def is_verb(words: Sequence[str], at: int, lexicon: Lexicon) -> bool:
    """Whether an occupation is what somebody does, as in "please cook" or "he judges", and no noun.

    Args:
        words: Of a sentence, in lower case.
        at: Which of them is the occupation.
        lexicon: Of the language.
    """
    named = lexicon.occupations[words[at]]
    if named not in lexicon.verbs:
        return False
    if named != words[at]:  # In the plural a noun needs no article; a verb has who does it before it
        before = words[at - 1] if at else ""
        return before in _WHO or before in lexicon.pronouns or is_somebody(before, lexicon)
    for before in reversed(words[max(0, at - _BETWEEN - 1) : at]):
        if before in _DETERMINERS or before in lexicon.linking:
            return False
        if before in lexicon.function or is_somebody(before, lexicon):
            return True
    return True


def is_somebody(word: str, lexicon: Lexicon) -> bool:
    """Whether a word names somebody by itself.

    Args:
        word: In lower case.
        lexicon: Of its language.
    """
    return word in lexicon.people or any(f.words == (word,) and not f.person for f in lexicon.forms.get(word, ()))


def span_of(text: str, mention: Mention) -> tuple[int, int]:
    """Where the sentence that a mention stands in begins and ends, at most 300 characters on either side.

    Args:
        text: The text.
        mention: In its first 20,000 characters.
    """
    low, high = max(0, mention.start - _REACH), min(READ, mention.end + _REACH)
    begin = max(low, 1 + max(text.rfind(stop, low, mention.start) for stop in _STOPS))
    stop = _STOP.search(text, mention.end, high)
    return begin, stop.start() if stop else min(high, len(text))
