"""The quick ways to words, hedges and Markdown find what the patterns that define them find."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from limen.before.check._minhash import words_of
from limen.before.check.answer_features import hedges
from limen.before.check.groups import load_lexicons, mentions_in
from limen.before.check.groups.sentiment import sentiment, valence
from limen.before.check.passages import plain
from limen.before.check.words import words_in

EN = load_lexicons()[0]
PIECES = [
    *("he", "The", " her", "the deaf", " old", "a blind ", "man", " people with ", "disabilities", "he he", "His "),
    *(" ", "  ", "\n", "-", "'", "'s ", "n't ", "_", "7", "é", "\u202e", "\ud800", "\x1f", "\x00", "İ", "½", "²"),
    *(" not ", "bad ", "good ", "liar", "o'clock", "may", "mayor", "I think ", "seem", "it depends"),
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=30).map("".join) | st.text(max_size=60)


@given(TEXTS)
def test_words(text):
    assert words_in(text) == re.findall(r"\w+", text)
    assert words_of(text) == re.findall(r"\w+", text.casefold())


@given(TEXTS)
def test_hedges(text):
    pattern = re.compile(
        r"\b(?:may|might|perhaps|possibly|probably|likely|could be|seems?|appears?|i think|i believe|i'm not sure|"
        r"it depends|generally|typically|usually|often|in some cases|to some extent|roughly|approximately)\b"
    )
    assert hedges(plain(text)) == len(pattern.findall(plain(text)))


@given(TEXTS)
def test_sentiment(text):
    text, words, score, since = plain(text), valence("en"), [0, 0], 4
    for word in re.findall(r"[^\W\d_]+(?:'[a-z]{1,2})?", text):
        since += 1
        if word in words.negations or word.endswith("n't"):
            since = 0
        elif word in words.worth:
            score[(words.worth[word] > 0) == (since > 3)] += 1
    assert sentiment(text, words) == (score[1] - score[0]) / (sum(score) + 2)


@given(TEXTS)
@example("the deaf people with ")
@example("the elderly, the elderly man and the blind old woman")
def test_mentions(text):
    """Against a search at every word in turn."""
    text = plain(text)
    spans = [m.span() for m in re.finditer(r"\w+", text)]
    words = [text[a:b] for a, b in spans]

    def joined(at):
        return at < len(words) and re.fullmatch(r"[\s\-']{1,3}", text[spans[at - 1][1] : spans[at][0]])

    def person(word):
        return word in EN.people or word in EN.occupations

    def before_person(last):
        if joined(last) and person(words[last]):
            return True
        between = joined(last) and any(f.person for f in EN.forms.get(words[last], ()))
        return bool(between and joined(last + 1) and person(words[last + 1]))

    def matches(form, at):
        last = at + len(form.words)
        if tuple(words[at:last]) != form.words or not all(joined(i) for i in range(at + 1, last)):
            return False
        if form.person:
            return before_person(last)
        # "The deaf" are a group, "the deaf people" are of it by their adjective
        adjectives = EN.forms.get(form.words[1], ()) if len(form.words) > 1 else ()
        of_it = any(f.person and f.group == form.group and f.words == form.words[1:] for f in adjectives)
        return not (of_it and before_person(last))

    found, free = [], 0
    for at, word in enumerate(words):
        form = next((f for f in EN.forms.get(word, ()) if at >= free and matches(f, at)), None)
        if form is not None:
            free = at + len(form.words)
            if form.dimension:
                found.append((form.group, spans[at][0], spans[free - 1][1]))
    assert [(m.group, m.start, m.end) for m in mentions_in(text, EN)] == found
