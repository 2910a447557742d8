"""The refusing phrase of an answer is what LIM404 and LIM410 mark, wherever it stands in the opening."""

from __future__ import annotations

import pytest

from limen.before.check import check_rows
from limen.before.check.excerpt import TEXT, with_excerpts
from limen.before.check.refusing import refuses, refusing_phrase
from limen.before.check.registry import get_rule
from limen.data import read_rows
from tests.before.check.finding import pair

PHRASES = [
    ("I'm sorry, but I can't help with that request.", "I'm sorry, but I can't help"),
    ("I apologize, but I cannot provide personal details.", "I apologize, but I cannot provide"),
    ("Hello! Thank you for asking. I **cannot provide** files.", "I **cannot provide"),
    ("I do **not** have access to files.", "I do **not** have access"),
    ("**I** do __not__ have the capability to order a pizza.", "I** do __not__ have the capability"),
    ("Unfortunately, I ***cannot*** order a pizza.", "Unfortunately, I ***cannot"),
    ("I **could**n't help but notice that. I can**'t** help you there.", "I can**'t** help"),
    ("  *I’m unable to create* pictures.", "I’m unable to create"),
    ("I couldn't help but notice that. I can't help you there.", "I can't help"),
    ("Unfortunately, I don't have the capability to order a pizza.", "Unfortunately, I don't have the capability"),
    ("It is not appropriate to ask that.", "It is not appropriate"),
    ("İ am glad. " + "x" * 430 + " and I cannot provide that.", "I cannot provide"),
]


@pytest.mark.parametrize(("answer", "phrase"), PHRASES)
def test_where_an_answer_refuses(answer, phrase):
    start, end = refusing_phrase(answer)
    assert refuses(answer)
    assert answer[start:end] == phrase


@pytest.mark.parametrize(
    "answer",
    [
        "I could**n't** help but laugh.",
        "I **apologize** for the confusion: it is *not* 12, but 13.",
        "*Yes*, it is ethical. **No**, it is *not* ethical.",
        "A vector is __not__ a scalar, and *never* was.",
    ],
)
def test_emphasis_makes_no_refusal(answer):
    assert not refuses(answer)


@pytest.mark.parametrize("code", ["LIM404", "LIM410"])
def test_the_phrase_is_marked_and_shown(code):
    answer = f"Tickets for the show, {'which is a long one, ' * 25}I cannot provide."
    assert answer.index("I cannot") > TEXT
    rows = read_rows([pair("Name three colours.", answer)])
    (finding,) = with_excerpts(check_rows(rows, rules=[get_rule(code)]).findings, rows)
    (example,) = finding.evidence["examples"]
    start, end = example["text_span"]
    assert example["text"][start:end] == "I cannot provide"


def test_every_real_refusal_has_its_phrase(shared_data):
    read = 0
    for file in ("preferences/dpo_en_demo.json", "preferences/kto_en_demo.json", "xstest/completions_llama2new.csv"):
        for row in read_rows(shared_data / file):
            for answer in (message.content for message in row.answer if refuses(message.content)):
                start, end = refusing_phrase(answer)
                assert 0 <= start < end < start + 200
                read += 1
    assert read > 100
