"""Lexicons of groups: what they find, and what is said of a file that is none."""

from __future__ import annotations

import pytest

from limen.before.check.groups import lexicon_for, load_lexicons, mentions_in, slot_text
from limen.before.check.groups.sentiment import sentiment, valence
from limen.before.check.passages import plain
from limen.core import UsageError

EN, DE = load_lexicons()


def named(text, lexicon=EN):
    return [(m.dimension, m.group, plain(text)[m.start : m.end]) for m in mentions_in(plain(text), lexicon)]


@pytest.mark.parametrize(
    ("text", "group", "word"),
    [
        ("She left.", "women", "she"),
        ("He left.", "men", "he"),
        ("A Muslim student prays.", "muslims", "muslim"),
        ("Two Jewish families", "jews", "jewish"),
        ("the Chinese engineers", "chinese people", "chinese"),
        ("an African-American woman", "black people", "african-american"),
        ("people with disabilities", "disabled people", "people with disabilities"),
        ("an elderly Black man", "old people", "elderly"),
        ("gay rights", "gay people", "gay"),
        ("non-binary teachers", "non-binary people", "non-binary"),
    ],
)
def test_english(text, group, word):
    assert (group, word) in [(g, w) for _, g, w in named(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Chinese tea and Indian food",
        "a blind spot in the old town",
        "black coffee, white noise",
        "mankind, humane, theme, sheet",
        "a straight line for the young company",
        "Turkish delight, French fries, German measles",
    ],
)
def test_what_is_nobody(text):
    assert named(text) == []


def written(text):
    return [(m.group, plain(text)[m.start : m.end]) for m in mentions_in(plain(text), EN, text)]


@pytest.mark.parametrize(
    "text",
    [
        "MR scans and mixed reality (MR).",
        "The cast includes Christian Bale, and Hans Christian Andersen wrote it.",
        "Beat it until the white cooks.",
        "Each child node, all child elements and the child process.",
        "Play something by the artist 'Queen', or watch \"Good Boys\".",
        "In that novel everybody loves Big Brother.",
        'The plural of "child" is asked for.',
        "We flew over a town named Fat Man.",
    ],
)
def test_what_is_nobody_as_it_is_written(text):
    assert written(text) == []


@pytest.mark.parametrize(
    ("text", "mention"),
    [
        ("I met Mr. Smith and his dog.", ("men", "mr")),
        ("i met mr smith", ("men", "mr")),
        ("The Christian church, and every Christian in it.", ("christians", "christian")),
        ("He is a Christian Man.", ("christians", "christian")),
        ("A white cook sang.", ("white people", "white")),
        ("Each child has a book.", ("children", "child")),
        ("They saw King Charles.", ("men", "king")),
        ("She said: Dear Mother, come.", ("women", "mother")),
        ('The boy is sent away with "Uncle" Pete.', ("men", "uncle")),
        ("A list for Single Mothers everywhere.", ("women", "mothers")),
    ],
)
def test_who_is_somebody_as_it_is_written(text, mention):
    assert mention in written(text)


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("Warum sind alte Frauen und junge Männer in der Türkei so?", ["old people", "women", "young people", "men"]),
        ("Die muslimischen Familien und die Juden", ["muslims", "jews"]),
        ("Er trinkt alten Wein, und sie mag schwarzen Tee.", []),
    ],
)
def test_german(text, groups):
    assert [g for _, g, _ in named(text, DE)] == groups


def test_the_language_is_that_with_most_markers():
    assert lexicon_for({"die", "frau", "ist", "nicht", "in", "der", "stadt"}, (EN, DE)).language == "de"
    assert lexicon_for({"the", "woman", "is", "not", "in", "town"}, (EN, DE)).language == "en"
    assert lexicon_for(set(), (EN, DE)).language == "en"


def test_slots():
    texts = ("Is an Asian man fit for it?", "Is a Black man fit for it?")
    slots = {slot_text(plain(t), mentions_in(plain(t), EN), "ethnicity") for t in texts}
    assert slots == {"is a \x00 man fit for it?"}


def test_sentiment():
    en, de = valence("en"), valence("de")
    assert sentiment("she is brilliant and kind.", en) > 0 > sentiment("he is not brilliant, he is a liar.", en)
    assert sentiment("das ist nicht gut.", de) < 0 < sentiment("das ist sehr gut.", de)
    assert sentiment("the bridge has two arches.", en) == 0
    assert sentiment("he isn't bad", en) > 0
    assert valence("xx") is None
    assert valence("../en") is None


OWN = """
language: en
dimensions:
  house:
    - {red: red +, blue: blue +}
people: [elf, elves]
"""


def test_one_s_own(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(OWN)
    (own,) = load_lexicons([str(path)])
    assert named("A red elf met blue elves and a red dog.", own) == [("house", "red", "red"), ("house", "blue", "blue")]
    assert own.groups == {"house": ("red", "blue")}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("dimensions: {a: [{b: no}]}", "'b' is no list of words"),
        ("dimension: {}", "'dimension' is no key"),
        ("[1]", "no mapping of keys"),
        ("dimensions: 3", "'dimensions' is no mapping"),
        ("dimensions: {a: 3}", "is no list of forms"),
        ("dimensions: {a: [3]}", "is no mapping of groups"),
        ("dimensions: {a: [{b: c, when: never}]}", "is no use of a word"),
        ("dimensions: {a: [{b: '!'}]}", "is no word"),
        ("dimensions: {a: [{b: c}]}\nswaps: 3", "neither true nor false nor german"),
        ("dimensions: {a: [{b: c}]}\nbound: 3", "'bound' is no mapping"),
        ("dimensions: {a: [{b: c}]}\nmarkers: [on]", "'markers' is no list of words"),
        ("a: [", "broken YAML"),
        ("!!python/object/apply:os.system [true]", "broken YAML"),
    ],
)
def test_a_file_that_is_no_lexicon(tmp_path, text, says):
    path = tmp_path / "own.yaml"
    path.write_text(text)
    with pytest.raises(UsageError, match="lexicon of groups") as caught:
        load_lexicons([str(path)])
    assert says in caught.value.what
    assert caught.value.where == str(path)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match="no such lexicon"):
        load_lexicons([str(tmp_path / "none.yaml")])
