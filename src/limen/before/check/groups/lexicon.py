"""Lexicon: the words by which one language names groups of people, from a YAML file that a user can replace."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from limen.before.check.words import WORD
from limen.core import UsageError

BUILT_IN = ("en", "de")
"""Languages whose lexicons are part of the package."""

NAMES = "+names"
"""Ends the name of a lexicon whose given names count."""

PERSON = " +"
"""Ends a word that counts only in front of a word for a person."""

WHENS = ("", "before-noun", "object", "alone", "noun", "adjective")
ONE_WAY = "one-way"
"""Says of a form that its first group's words alone are mentions: an actress becomes an actor, who may be anybody."""

_LISTS = (
    *("markers", "people", "names", "adjectival", "linking", "pronouns", "function", "causing", "unsure"),
    *("titles", "address", "given_too", "colours", "verbs"),
    *("determiners", "singular", "modals", "past", "things", "offspring", "having"),
)
_KEYS = ("language", "swaps", "dimensions", "bound", "implies", "nobody", "occupations", "given", *_LISTS)
_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Swap:
    """What a word becomes in the other groups.

    Attributes:
        when: Of which use of the word this holds: of a pronoun `before-noun`, `object` or `alone`, of another word
            `noun` or `adjective`, or empty for every use.
        to: The word by group, with the capitals that it has within a sentence.
        one_way: Whether the others are no mentions of their groups.
    """

    when: str
    to: Mapping[str, str]
    one_way: bool = False


@dataclass(frozen=True)
class Form:
    """A word that names a group.

    Attributes:
        dimension: Such as `gender`; empty for a phrase that is nobody, such as "man-made".
        group: Such as `women`.
        words: The word, or the words of a phrase, in lower case.
        person: Whether it counts only in front of a word for a person.
        swaps: What it becomes in other groups, one for each use.
        name: Whether it is a given name, which counts with a capital alone.
        capital: Whether it has a capital wherever it stands.
        capitals: Whether it has nothing else, as LGBT.
    """

    dimension: str
    group: str
    words: tuple[str, ...]
    person: bool
    swaps: tuple[Swap, ...] = ()
    name: bool = False
    capital: bool = False
    capitals: bool = False


@dataclass(frozen=True)
class Lexicon:
    """The words of one language.

    Attributes:
        language: Its code.
        swaps: How words are swapped: `words` where a text is still grammatical once they are, `german` where others
            agree with them (`swap_german`), empty where they are not.
        markers: Common words by which a text is known to be in the language.
        forms: By first word, the longest first.
        seconds: Of words that only begin phrases, the second words of these.
        people: Words for persons.
        groups: Groups by dimension, in the order of the file.
        bound: By dimension, words that tie a text to a group.
        implies: Of groups all of whom belong to a group of another dimension, that dimension and group.
        names: Given names.
        occupations: Occupations and roles by the words for them.
        adjectival: Those of them that are adjectives in front of a noun.
        linking: Words after which stands what somebody is.
        pronouns: Forms that stand for somebody who was named before.
        function: Words that name nothing.
        causing: Words after which a pronoun may be an object or a possessive.
        unsure: Words before which it may be either.
        titles: Words that count in front of a name alone, such as "Mr".
        address: Words with a capital in front of a name, or after a greeting, where others are part of a work's name.
        given_too: Words that are given names as well.
        colours: Adjectives that name colours, and parts of an egg.
        verbs: Occupations that are verbs as well, such as "cook".
        determiners: Words that stand in front of a noun.
        singular: Those of them that stand in front of one in the singular alone.
        modals: Verbs behind which another follows somebody, as in "can a child read".
        past: Forms of verbs that no ending tells, as "said".
        things: Nouns that end like forms of a verb, as "wedding".
        offspring: Words for people of an age that stand for somebody's as well, as "child".
        having: Words such as "my", after which they do.
    """

    language: str
    swaps: str
    markers: frozenset[str]
    forms: Mapping[str, tuple[Form, ...]]
    seconds: Mapping[str, frozenset[str]]
    people: frozenset[str]
    groups: Mapping[str, tuple[str, ...]]
    bound: Mapping[str, frozenset[str]] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    occupations: Mapping[str, str] = field(default_factory=dict)
    adjectival: frozenset[str] = frozenset()
    linking: frozenset[str] = frozenset()
    pronouns: frozenset[str] = frozenset()
    function: frozenset[str] = frozenset()
    causing: frozenset[str] = frozenset()
    unsure: frozenset[str] = frozenset()
    titles: frozenset[str] = frozenset()
    address: frozenset[str] = frozenset()
    given_too: frozenset[str] = frozenset()
    colours: frozenset[str] = frozenset()
    verbs: frozenset[str] = frozenset()
    determiners: frozenset[str] = frozenset()
    singular: frozenset[str] = frozenset()
    modals: frozenset[str] = frozenset()
    past: frozenset[str] = frozenset()
    things: frozenset[str] = frozenset()
    offspring: frozenset[str] = frozenset()
    having: frozenset[str] = frozenset()
    implies: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def can_swap(lexicon: Lexicon, dimension: str) -> bool:
    """Whether rows of a language can be swapped by a dimension: all that it has by words, gender alone in German.

    Args:
        lexicon: Of the language.
        dimension: Such as `gender`.
    """
    return dimension in lexicon.groups and (
        lexicon.swaps == "words" or (lexicon.swaps, dimension) == ("german", "gender")
    )


def load_lexicons(names: Sequence[str] = BUILT_IN) -> tuple[Lexicon, ...]:
    """Lexicons by language or by file.

    Args:
        names: `en` or `de`, or paths of YAML files; with `+names` behind it, the given names of one count too.

    Raises:
        UsageError: There is no such lexicon, or a file is none.
    """
    made = []
    for name in names:
        place, given = name.removesuffix(NAMES), name.endswith(NAMES)
        made.append(_built_in(place, given) if place in BUILT_IN else read_lexicon(Path(place).expanduser(), given))
    return tuple(made)


@lru_cache(maxsize=2 * len(BUILT_IN))
def _built_in(language: str, given: bool) -> Lexicon:
    return read_lexicon(_HERE / f"{language}.yaml", given)


def lexicon_for(words: Collection[str], lexicons: Sequence[Lexicon]) -> Lexicon:
    """The lexicon of the language that a text is in: the one with most markers in it, the first of equals.

    Args:
        words: Distinct words of the text, in lower case.
        lexicons: One or more.
    """
    return max(lexicons, key=lambda one: len(one.markers.intersection(words))) if len(lexicons) > 1 else lexicons[0]


def read_lexicon(path: Path, given: bool = False) -> Lexicon:
    """A lexicon from a file.

    Args:
        path: The file.
        given: Whether its given names count.

    Raises:
        UsageError: It cannot be read, or says something that is not understood.
    """
    try:
        whole = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            "there is no such lexicon of groups.",
            remedy=f"Name a YAML file, or one of: {', '.join(BUILT_IN)}.",
            where=str(path),
        ) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise UsageError("broken YAML in a lexicon of groups.", remedy="Mend the file.", where=str(path)) from error
    try:
        return _parsed(whole, given)
    except _Wrong as error:
        raise UsageError(
            f"in a lexicon of groups, {error}.",
            remedy='Write it like the built-in ones; YAML reads no, on and off as truth values: write "no".',
            where=str(path),
        ) from None


class _Wrong(Exception):  # noqa: N818  becomes a UsageError that names the file
    """What is wrong with a lexicon."""


def _parsed(whole: Any, given: bool) -> Lexicon:
    if not isinstance(whole, dict):
        raise _Wrong("there is no mapping of keys")
    for key in whole:
        if key not in _KEYS:
            raise _Wrong(f"{key!r} is no key")
    dimensions = whole.get("dimensions")
    if not isinstance(dimensions, dict) or not dimensions:
        raise _Wrong("'dimensions' is no mapping of dimensions to forms")
    swaps = whole.get("swaps", False)
    if not isinstance(swaps, bool) and swaps != "german":
        raise _Wrong("'swaps' is neither true nor false nor german")
    forms: dict[str, list[Form]] = {}
    groups: dict[str, tuple[str, ...]] = {}
    for dimension, entries in dimensions.items():
        made = _forms(dimension, entries)
        groups[dimension] = tuple(dict.fromkeys(one.group for one in made))
        for one in made:
            forms.setdefault(one.words[0], []).append(one)
    for one in _given(whole.get("given", {}), groups):
        if given:
            forms.setdefault(one.words[0], []).append(one)
    for phrase in _texts(whole.get("nobody", []), "nobody"):
        words = tuple(WORD.findall(phrase))
        if not words:
            raise _Wrong(f"{phrase!r} is no word")
        forms.setdefault(words[0], []).append(Form("", "", words, False))
    bound = whole.get("bound", {})
    if not isinstance(bound, dict):
        raise _Wrong("'bound' is no mapping of dimensions to words")
    implies = whole.get("implies", {})
    if not isinstance(implies, dict) or not all(isinstance(one, dict) for one in implies.values()):
        raise _Wrong("'implies' is no mapping of groups to dimensions and their groups")
    lists = {key: frozenset(_texts(whole.get(key, []), key)) for key in _LISTS}
    return Lexicon(
        language=str(whole.get("language", "")),
        swaps=("words" if swaps else "") if isinstance(swaps, bool) else "german",
        forms={
            first: tuple(sorted(held, key=lambda f: (-len(f.words), not f.person))) for first, held in forms.items()
        },
        seconds={
            first: frozenset(one.words[1] for one in held)
            for first, held in forms.items()
            if all(len(one.words) > 1 for one in held)
        },
        groups=groups,
        occupations=_occupations(whole.get("occupations", [])),
        bound={dimension: frozenset(_texts(words, f"bound.{dimension}")) for dimension, words in bound.items()},
        implies=implies,
        **lists,
    )


def _texts(value: Any, key: str, *, lower: bool = True) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
        raise _Wrong(f"{key!r} is no list of words")
    return [one.lower() if lower else one for one in value]


def _given(value: Any, groups: Mapping[str, Sequence[str]]) -> list[Form]:
    """Given names as forms: the nth name of a group becomes the nth of another."""
    if not isinstance(value, dict) or not all(isinstance(by_group, dict) for by_group in value.values()):
        raise _Wrong("'given' is no mapping of dimensions to groups and their names")
    made = []
    for dimension, by_group in value.items():
        for group, held in by_group.items():
            if group not in groups.get(dimension, ()):
                raise _Wrong(f"{group!r} of 'given' is no group of {dimension!r}")
            for number, name in enumerate(_texts(held, f"given.{dimension}.{group}", lower=False)):
                others = {other: names for other, names in by_group.items() if other != group and number < len(names)}
                to = {other: str(names[number]) for other, names in others.items()}
                swaps = (Swap("", to),) if to else ()
                made.append(Form(dimension, group, (name.lower(),), False, swaps, name=True))
    return made


def _occupations(value: Any) -> dict[str, str]:
    """Occupations by their words; where a plural of one is another word of the list, it names that one."""
    if not isinstance(value, list):
        raise _Wrong("'occupations' is no list of words")
    plural: dict[str, str] = {}
    named: dict[str, str] = {}
    for entry in value:
        words = _texts(entry if isinstance(entry, list) else [entry], "occupations")
        if not words:
            raise _Wrong("an occupation of 'occupations' has no word")
        named |= dict.fromkeys(words, words[0])
        if not isinstance(entry, list):
            plural[f"{words[0]}s"] = words[0]
    return plural | named


def _forms(dimension: Any, entries: Any) -> list[Form]:
    """The words of one dimension, each once for each group and use of a person's word."""
    if not isinstance(dimension, str) or not isinstance(entries, list):
        raise _Wrong(f"the dimension {dimension!r} is no list of forms")
    swaps: dict[tuple[str, tuple[str, ...], bool], list[Swap]] = {}
    written: dict[tuple[str, tuple[str, ...], bool], str] = {}
    for entry in entries:
        if not isinstance(entry, dict):
            raise _Wrong(f"a form of {dimension!r} is no mapping of groups to words")
        when = entry.get("when", "")
        if when not in WHENS:
            raise _Wrong(f"{when!r} is no use of a word")
        one_way = entry.get(ONE_WAY, False)
        if not isinstance(one_way, bool):
            raise _Wrong(f"{ONE_WAY!r} of a form of {dimension!r} is neither true nor false")
        by_group = {
            str(g): _texts(w if isinstance(w, list) else [w], g, lower=False)
            for g, w in entry.items()
            if g not in ("when", ONE_WAY)
        }
        for group, words in list(by_group.items())[: 1 if one_way else None]:
            to = {other: _written(held[0]) for other, held in by_group.items() if other != group}
            for word in words:
                split = tuple(WORD.findall(_written(word).lower()))
                if not split:
                    raise _Wrong(f"{word!r} is no word")
                known = swaps.setdefault((group, split, word.endswith(PERSON)), [])
                written[group, split, word.endswith(PERSON)] = _written(word)
                if to:
                    known.append(Swap(when, to, one_way))
    return [
        Form(dimension, group, words, person, tuple(known), capital=word[:1].isupper(), capitals=_is_acronym(word))
        for (group, words, person), known in swaps.items()
        for word in (written[group, words, person],)
    ]


def _written(word: str) -> str:
    return word.removesuffix(PERSON).strip()


def _is_acronym(word: str) -> bool:
    return len(word) > 1 and word.isupper()
