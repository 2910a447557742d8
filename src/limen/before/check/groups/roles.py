"""Which occupation a row says that somebody of a group has.

That a group and an occupation stand in one sentence says little: "speak to a lawyer about your ex-husband". An
occupation is taken for a group's where the sentence says so in one of three ways, and else left:

- an adjective in front of it: "an Italian physicist", "female engineers";
- a linking word between: "she works as a bilingual secretary", "the man is a teacher";
- a pronoun after it, with nobody of the group and no other person before: "the professor rose to greet his students".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from limen.before.check.groups.beside import MOST, beside, is_somebody, is_verb, span_of
from limen.before.check.groups.lexicon import Lexicon
from limen.before.check.groups.mentions import Mention
from limen.before.check.groups.row_groups import RowGroups
from limen.before.check.words import words_in

_ADJECTIVES = 2
_LINK, _AFTER_LINK = 8, 4
_BACK = 20
_ARTICLES = frozenset({"a", "an", "the", "der", "die", "das", "ein", "eine", "one", "another"})
_WHOSE = frozenset({"my", "your", "our", "their", "his", "her", "its"})
_AS = frozenset({"as", "als"})
_IS, _IS_WHAT = "s", frozenset({"a", "an", "the"})


@dataclass(frozen=True)
class Role:
    """An occupation of somebody of a group.

    Attributes:
        dimension: Such as `gender`.
        group: Such as `women`.
        occupation: Such as `engineer`.
        field: The passage that says so.
        start: Where in the passage the group is mentioned, in characters.
        end: Where that ends.
    """

    dimension: str
    group: str
    occupation: str
    field: str
    start: int
    end: int


def roles_in(row: RowGroups) -> Mapping[str, Sequence[Role]]:
    """Occupations that a row says somebody has, by dimension, of the dimensions of which it mentions one group alone.

    Args:
        row: The row.
    """
    alone = {dimension for dimension, groups in row.mentioned.items() if len(groups) == 1}
    # Most rows name no occupation beside a group: what all rules have made of the row says so
    if not any(found.occupations for (dimension, _), found in beside(row).items() if dimension in alone):
        return {}
    roles: dict[tuple[str, str], Role] = {}
    for passage, mentions in (*row.prompt, *row.answer):
        for one in mentions[:MOST]:
            if one.dimension in alone:
                earlier = [m.start for m in mentions if m.dimension == one.dimension and m.start < one.start]
                for occupation in _of(passage.lowered, one, earlier, row.lexicon):
                    role = Role(one.dimension, one.group, occupation, passage.field, one.start, one.end)
                    roles.setdefault((one.dimension, occupation), role)
    by_dimension: dict[str, list[Role]] = {}
    for (dimension, _), role in roles.items():
        by_dimension.setdefault(dimension, []).append(role)
    return by_dimension


def _of(text: str, one: Mention, earlier: Sequence[int], lexicon: Lexicon) -> list[str]:
    """Occupations of the one that a mention names."""
    begin, end = span_of(text, one)
    found = []
    after = words_in(text[one.end : end])
    if any(word in lexicon.occupations for word in after):
        found += _named_after(after, one, lexicon)
    if text[one.start : one.end] in lexicon.pronouns and not any(start >= begin for start in earlier):
        found += _named_before(words_in(text[begin : one.start]), lexicon)
    return found


def _named_after(words: Sequence[str], one: Mention, lexicon: Lexicon) -> list[str]:
    if one.form.person:
        head = words[: _ADJECTIVES + 1]
        at = next((i for i in range(len(head)) if _is_role(words, i, lexicon)), None)
        verb = at is not None and lexicon.occupations[words[at]] in lexicon.verbs
        if at is not None and verb and any(is_somebody(word, lexicon) for word in head[:at]):
            at = None  # "Older people cook"
        if at is not None and lexicon.function.isdisjoint(head[:at]):
            return [lexicon.occupations[words[_last_of_run(words, at, lexicon)]]]
    if any(swap.when for swap in one.form.swaps):
        # "Her boss is a lawyer" says nothing of her; "saw her as a lawyer" and "her work as a lawyer" do
        near = range(1 if is_somebody(words[0], lexicon) or words[0] in lexicon.occupations else 2)
        links = [i for i in near if words[i : i + 1] and words[i] in _AS]
    else:
        links = [i for i in range(len(words[:_LINK])) if _is_link(words, i, lexicon)]
    for link in links:
        at = _after_link(words, link, lexicon)
        if at is not None:
            return [lexicon.occupations[words[_last_of_run(words, at, lexicon)]]]
    return []


def _is_link(words: Sequence[str], at: int, lexicon: Lexicon) -> bool:
    """Whether a word links, "she's a nurse" included, but not "the woman's nurse"."""
    return words[at] in lexicon.linking or (words[at] == _IS and at + 1 < len(words) and words[at + 1] in _IS_WHAT)


def _after_link(words: Sequence[str], link: int, lexicon: Lexicon) -> int | None:
    """Where the occupation stands that follows a linking word, between them determiners and adjectives at most."""
    for at in range(link + 1, min(link + 2 + _AFTER_LINK, len(words))):
        if _is_role(words, at, lexicon):
            # Not the teacher's assistant
            return None if at + 1 < len(words) and words[at + 1] == _IS else at
        one_of = words[at] == "of" and words[at - 1] == "one"
        if words[at] in lexicon.function and not (one_of or words[at] in _ARTICLES or words[at] in _WHOSE):
            return None
    return None


def _is_role(words: Sequence[str], at: int, lexicon: Lexicon) -> bool:
    word = words[at]
    if word not in lexicon.occupations:
        return False
    return word not in lexicon.adjectival or at + 1 == len(words) or words[at + 1] in lexicon.function


def _last_of_run(words: Sequence[str], at: int, lexicon: Lexicon) -> int:
    """The last of occupations that stand in a row: a chief executive officer is an officer."""
    while at + 1 < len(words) and words[at + 1] in lexicon.occupations:
        at += 1
    return at


def _named_before(words: Sequence[str], lexicon: Lexicon) -> list[str]:
    for at in range(len(words) - 1, max(-1, len(words) - 1 - _BACK), -1):
        word = words[at]
        if _is_role(words, at, lexicon) and not is_verb(words, at, lexicon):
            # One, not several, and no other before whom the pronoun may stand for
            others = (w for w in words[:at] if w in lexicon.people or w in lexicon.occupations)
            one = lexicon.occupations[word] == word and next(others, None) is None
            return [word] if one else []
        if word in lexicon.people:
            return []
    return []
