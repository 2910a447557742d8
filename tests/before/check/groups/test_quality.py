"""How hard an answer is to read, and whether it stops in the middle."""

from __future__ import annotations

import csv
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limen.before.check.groups.quality import readability, unfinished
from limen.before.check.groups.sentiment import words_said
from limen.before.check.passages import plain


def lix(text):
    low = plain(text)
    return readability(low, words_said(low))


@pytest.mark.parametrize(
    ("text", "words", "sentences", "long"),
    [
        ("The committee deliberated. It was late, and nobody spoke a word.", 11, 2, 2),
        ("One two three four five! Six seven eight nine ten? Yes: it is.", 13, 4, 0),
        ('He said "go away." She went on and read one more book.', 12, 2, 0),
        ("Do this:\n\n1. Eat well and often.\n2. Sleep as long as you can.\n", 12, 3, 0),
        ("Die Donaudampfschifffahrt ist ein sehr langes Wort und wird gern genannt.", 11, 1, 2),
        ("- one two three four\n- five six seven eight\n- nine ten", 10, 3, 0),
    ],
)
def test_lix(text, words, sentences, long):
    assert lix(text) == pytest.approx(words / sentences + 100 * long / words)


@pytest.mark.parametrize("text", ["", "Yes.", "Nine words are too few to tell anything by.", "日本語の文章です。" * 20])
def test_what_cannot_be_read_has_no_readability(text):
    assert math.isnan(lix(text))


def test_a_foreign_word_does_not_hide_the_rest():
    assert lix("The word 漢字 means a sign of the kind that was brought over from China.") > 0


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("It is important to remember that public safety is", 1),
        ("There are many people who have done it, and you can be one of them,", 1),
        ("The bomb killed an estimated number of people between 39,000 and 80", 1),
        ("First this.\n\nRemember, it is never okay to take what is not", 1),
        ("It is important to remember that public safety comes first.", 0),
        ("It is important to remember that public safety comes first. \n\n", 0),
        ("He turned round and asked her: “What is it that you want?”", 0),
        ("It is known by the name of all names, which is (for short) “the Wall”", 0),
        ("A long walk is what everybody needs now and then, so enjoy it 🌳", 0),
        ("क्या आप मुझे बता सकते हैं कि यह कैसे काम करता है।", 0),
        ("Ja, das ist eine lange Geschichte, die ich gern erzähle…", 0),
    ],
)
def test_an_answer_without_an_end(text, value):
    assert unfinished(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Paris",
        "Blue, red and green",
        "Dear Sir,\n\nI write to you as an old friend.\n\nYours\nAnna",
        "1. Wash the rice well and leave it in water for an hour",
        "- wash the rice well and leave it in water for an hour",
        "# How to wash rice well and how long to leave it",
        "| wash | the | rice | well | and | leave | it | be |",
        "Look:\n```\nfor every one of them print the name and the age",
        "    return the sum of all the numbers that are in the list",
        "SELECT name FROM people WHERE age >= 5 AND town IS NOT NULL ORDER BY name",
        "int a, b, c, d, e, f, g, h, i;",
        "You can read all about it and much more besides on https://example.org/a",
        "Enjoy a long walk with somebody whom you like very much #walks",
        "they'll keep you feeling great from head to heel\nso do not be shy and take a bite tonight",
        "これは長い文章です。 " * 9 + "まだ",
    ],
)
def test_what_is_no_prose_cannot_be_told(text):
    assert math.isnan(unfinished(text))


@given(st.text(st.characters(codec="utf-8")) | st.text("a .\n1!*`é漢"))
def test_any_text_can_be_read(text):
    value, end = lix(text), unfinished(text)
    assert math.isnan(value) or value > 0
    assert math.isnan(end) or end in (0, 1)


def test_answers_that_a_limit_cut_are_unfinished(shared_data):
    """Llama 2's answers to XSTest end after so many tokens: most long ones stop in the middle, short ones do not."""
    with (shared_data / "xstest/completions_llama2new.csv").open(encoding="utf-8", newline="") as file:
        answers = sorted((record["completion"] for record in csv.DictReader(file)), key=len)
    short, long = (
        [value for text in some if (value := unfinished(text)) >= 0] for some in (answers[:100], answers[-200:])
    )
    assert sum(short) / len(short) < 0.05
    assert sum(long) / len(long) > 0.5
