"""A German row about another gender, where no article, ending or other noun has to follow.

German agrees: with "Lehrer" turn articles, adjectives and pronouns. What is swapped is a title in front of a surname
("Herr Müller", "mit Frau Weber") and a given name by itself, and with them the pronouns and possessives of a row that
speaks of one such person alone: "sein" and "ihr" have the same endings. A row is left where

- another word for the gender or an occupation stands in it, or a noun or an article behind "ist" or "als";
- an article, a possessive or an adjective stands before the person ("der alte Herr Weber"), but for a salutation;
- a relative clause follows ("Herr Weber, der ...");
- the case of "Frau" is not told ("Ich sehe Frau Weber" has Herrn, "Da kommt Frau Weber" Herr);
- a pronoun may stand for something else: behind another noun, "sie" where its verb is not seen to be singular, "ihr"
  that is not before a noun, or the polite "Sie" and "Ihr".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise

from limen.before.check.groups.lexicon import Lexicon
from limen.before.check.groups.mentions import Mention, mentions_in
from limen.before.check.passages import plain
from limen.before.check.words import WORD

_TITLES = frozenset({"herr", "herrn", "frau"})
_SURNAME = re.compile(r" (?:von )?[A-ZÄÖÜ][a-zäöüß]+(?:-[A-ZÄÖÜ][a-zäöüß]+)?\b")
_BESIDE = re.compile(r"[ -][A-ZÀ-Þ]")
_CAPITAL_BEFORE = re.compile(r"[\w,;] [A-ZÀ-Þ][\w\-]*[ -]$")
_BEGINS = re.compile(r"(?:^|[.!?:\n\"„“»(])\s*$")
_LAST = re.compile(r"(\w+) $")
_NEXT = re.compile(r" (\w+)")
_STOP = re.compile(r"[,.;:!?\n]")
_NEAR = 60
"""Characters before a place that are looked at: a pattern that ends there would else try a long text everywhere."""
_RELATIVE = re.compile(r",? (?:der|die|den|dem|dessen|deren|welche[rnms]?)\b")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# In front of these "Frau" is neither subject nor genitive
_CASES = _set("mit bei von zu nach für gegen ohne durch um an auf über unter neben vor hinter zwischen gegenüber")
_SUBORDINATE = _set("dass ob weil wenn als bevor nachdem während obwohl falls sobald damit")
_PLAIN = _CASES | _SUBORDINATE | _set("und oder aber sondern sowie denn da dann wie heute gestern morgen immer")
_ENDINGS = ("e", "er", "en", "em", "es")
_DETERMINERS = re.compile(
    r"d(?:er|ie|as|en|em|es)|(?:ein|kein|mein|dein|sein|ihr|unser|euer)(?:e[rnms]?)?|eure[rnms]?|"
    r"(?:dies|jen|jed|welch|manch|all|solch)(?:e[rnms]?)|zum|zur|beim|vom|am|im|ins|ans"
)
_SALUTATION = re.compile(r"\b(?:[Gg]eehrt|[Ll]ieb|[Ww]ert)(er?) $")
# In front of these stands a person in the dative; behind the verb of a person who is the subject stands no other one
_DATIVE = _set("gefällt gefiel fehlt fehlte gehört gehörte hilft half passt passte schmeckt dankt folgt droht")
_SUBJECTS = _set("ich wir du ihr er es sie der")
_SINGULAR = _set(
    "ist hat war wird kann will muss soll darf mag weiß hatte wurde konnte wollte musste sollte durfte wäre hätte würde"
)
_LINKING = _set("ist war wird wurde bleibt blieb als sei wäre")
# Pronouns that agree, or of which it is not told whether they or a person is the subject
_OTHERS = re.compile(
    r"\b(?:diese[rms]?|jene[rms]?|d(?:er|ie)jenige|jede[rms]?|keine[rms]?|eine[rms] von|wer|wen|wem|niemand|jemand|"
    r"man|ihnen|(?:sein|ihr)(?:esgleichen|erseits|etwegen))\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"\b(?:er|ihm|ihn|sie|sein(?:e[rnms]?)?|ihr(?:e[rnms]?)?)\b", re.IGNORECASE)
_POSSESSIVE = re.compile(r"(?:sein|ihr)(e[rnms]?)?")
_NOUN_NEXT = re.compile(r" (?:[a-zäöüß]+e[rnms]? )?[A-ZÄÖÜ]")
_CAPITAL = re.compile(r"\b[A-ZÄÖÜ]\w+")
# Words that a sentence often begins with, whose capital makes no noun of them
_NO_NOUNS = _PLAIN | _set(
    "was wann wo warum wie woher wohin er sie es ich wir ihr ihm ihn sein seine ihre ja nein nun hier dort jetzt so "
    "sehr geehrter geehrte lieber liebe herr herrn frau der die das ist hat kann nicht in im"
)


class NotSwapped(Exception):  # noqa: N818  a verdict on a row, which is then left as it is
    """Why a row is not swapped; its text is a reason that is counted."""


def has_surname(text: str, one: Mention) -> bool:
    """Whether a capitalised word stands beside a given name, which is then that of somebody in particular.

    Args:
        text: As it is written.
        one: A given name in it.
    """
    before = text[max(0, one.start - 40) : one.start]
    return _BESIDE.match(text, one.end) is not None or _CAPITAL_BEFORE.search(before) is not None


def german_swap(
    texts: Sequence[str], mentions: Sequence[Sequence[Mention]], lexicon: Lexicon, dimension: str
) -> Callable[[str], str]:
    """What makes of each text of a row the same about the other gender.

    Args:
        texts: Of the row.
        mentions: Of each text.
        lexicon: Of the row's language.
        dimension: Such as `gender`.

    Raises:
        NotSwapped: Something would have to agree, or it is not known with what.
    """
    held = [[one for one in found if one.dimension == dimension] for found in mentions]
    people = {_person(text, one) for text, found in zip(texts, held, strict=True) for one in found}
    men = any(one.group == "men" for found in held for one in found)
    if any(word in lexicon.occupations for text in texts for word in WORD.findall(text.lower())):
        raise NotSwapped("agreement")
    if any(_OTHERS.search(text) or _links_a_noun(text) for text in texts):
        raise NotSwapped("agreement")
    _refuse_pronouns(texts, held, alone=len(people) == 1)
    change = partial(_swapped, lexicon=lexicon, dimension=dimension, men=men)
    for text in texts:
        change(text)  # All of a row is swapped, or nothing
    return change


def _person(text: str, one: Mention) -> str:
    """By which name somebody goes; raises where it is neither a title with a surname nor a given name alone."""
    if one.form.name:
        if has_surname(text, one):
            raise NotSwapped("name")
        return text[one.start : one.end]
    surname = _SURNAME.match(text, one.end)
    if one.form.words[0] not in _TITLES or surname is None or not text[one.start].isupper():
        raise NotSwapped("agreement")
    return f"{one.group} {surname.group()}"


def _before(text: str, place: int) -> str:
    return text[max(0, place - _NEAR) : place]


def _end(text: str, one: Mention) -> int:
    """Where the surname ends behind a title, or the given name."""
    surname = None if one.form.name else _SURNAME.match(text, one.end)
    return surname.end() if surname else one.end


def _refuse_pronouns(texts: Sequence[str], held: Sequence[Sequence[Mention]], *, alone: bool) -> None:
    """Leave a row with a pronoun that may stand for another, or for something that a noun before it names."""
    noun = False
    for text, found in zip(texts, held, strict=True):
        people = {place for one in found for place in range(one.start, _end(text, one))}
        nouns = (
            m.start() for m in _CAPITAL.finditer(text) if m.group().lower() not in _NO_NOUNS and m.start() not in people
        )
        first = 0 if noun else next(nouns, len(text))
        if any(not alone or match.start() >= first for match in _PRONOUN.finditer(text)):
            raise NotSwapped("pronoun")
        noun = noun or first < len(text)


def _swapped(text: str, *, lexicon: Lexicon, dimension: str, men: bool) -> str:
    edits: list[tuple[int, int, str]] = []
    for one in mentions_in(plain(text), lexicon, text):
        if one.dimension == dimension:
            edits += _name(text, one) if one.form.name else _title(text, one)
            if _RELATIVE.match(text, _end(text, one)):
                raise NotSwapped("agreement")
    for match in _PRONOUN.finditer(text):
        edits.append((match.start(), match.end(), _pronoun(text, match, men=men)))
    parts, at = [], 0
    for start, end, word in sorted(edits):
        parts += [text[at:start], word]
        at = end
    return "".join([*parts, text[at:]])


def _title(text: str, one: Mention) -> list[tuple[int, int, str]]:
    """The other title, and the salutation in front of it."""
    before, word = _before(text, one.start), one.form.words[0]
    greeting = _SALUTATION.search(before)
    if greeting is not None:
        if (word, greeting.group(1)) not in (("herr", "er"), ("frau", "e")):
            raise NotSwapped("agreement")
        ending, other = ("e", "Frau") if word == "herr" else ("er", "Herr")
        start = one.start - 1 - len(greeting.group(1))
        return [(start, one.start - 1, ending), (one.start, one.end, other)]
    last = _plain_before(before)
    if word != "frau":
        return [(one.start, one.end, "Frau")]
    if last in _CASES:
        return [(one.start, one.end, "Herrn")]
    if _BEGINS.search(before) and _is_subject(text, _end(text, one)):
        return [(one.start, one.end, "Herr")]
    raise NotSwapped("agreement")


def _is_subject(text: str, end: int) -> bool:
    """Whether a verb follows a person at the beginning of a sentence, and no other subject behind it."""
    verb = _NEXT.match(text, end)
    if verb is None or verb.group(1) in _DATIVE:
        return False
    if verb.group(1) not in _SINGULAR and not (verb.group(1).islower() and verb.group(1).endswith(("t", "te"))):
        return False
    behind = _NEXT.match(text, verb.end())
    if behind is None or behind.group(1) not in _SUBJECTS:
        return True
    return behind.group(1) == "ihr" and _NOUN_NEXT.match(text, behind.end()) is not None


def _name(text: str, one: Mention) -> list[tuple[int, int, str]]:
    _plain_before(_before(text, one.start))
    word = text[one.start : one.end]
    if re.search(rf"\b{re.escape(word)}\w", text):  # Annas
        raise NotSwapped("agreement")
    if not one.form.swaps:
        raise NotSwapped("no counterpart")
    return [(one.start, one.end, next(iter(one.form.swaps[0].to.values())))]


def _plain_before(before: str) -> str:
    """The word in front of a person, in lower case; raises where it may agree with the person."""
    found = _LAST.search(before)
    last = found.group(1).lower() if found else ""
    if _DETERMINERS.fullmatch(last) or (last.endswith(_ENDINGS) and last not in _PLAIN):
        raise NotSwapped("agreement")
    return last


def _links_a_noun(text: str) -> bool:
    """Whether a noun or an article stands behind a word that says what somebody is."""
    return any(
        word.lower() in _LINKING and (after[0].isupper() or _DETERMINERS.fullmatch(after) is not None)
        for word, after in pairwise(WORD.findall(text))
        if after.lower() not in _TITLES and after.lower() != "sie"
    )


def _pronoun(text: str, match: re.Match[str], *, men: bool) -> str:
    """The pronoun of the other gender."""
    word, low = match.group(), match.group().lower()
    if word[0].isupper() and _BEGINS.search(_before(text, match.start())) is None:
        raise NotSwapped("pronoun")  # The polite form
    other = ""
    possessive = _POSSESSIVE.fullmatch(low)
    if possessive is not None and men == low.startswith("sein"):
        if possessive.group(1) or _NOUN_NEXT.match(text, match.end()):
            other = ("ihr" if men else "sein") + (possessive.group(1) or "")
    elif men:
        other = {"er": "sie", "ihm": "ihr", "ihn": "sie"}.get(low, "")
    elif low == "sie" and _is_she(text, match):
        other = "er"
    if not other:
        raise NotSwapped("pronoun")
    return other[0].upper() + other[1:] if word[0].isupper() else other


def _is_she(text: str, match: re.Match[str]) -> bool:
    """Whether "sie" is the subject of a verb that is singular: right behind it, or at the end of a clause with weil."""
    last, after = _LAST.search(_before(text, match.start())), _NEXT.match(text, match.end())
    before = last.group(1).lower() if last else ""
    if before in _SUBORDINATE:
        clause = WORD.findall(_STOP.split(text[match.end() : match.end() + 300], maxsplit=1)[0])
        verb = clause[-1] if clause else ""
    elif not before or before in ("und", "aber", "denn"):
        verb = after.group(1) if after else ""
    else:
        return False
    return verb in _SINGULAR or (verb.islower() and verb.endswith("t") and verb != "nicht")
