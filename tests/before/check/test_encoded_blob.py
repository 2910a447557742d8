"""LIM407 finds real answers once they are put into ROT13, and says on its page how often."""

from __future__ import annotations

import codecs
import json
import re

import pytest

from limen.data import read_rows
from tests.before.check.finding import found, indices, pair
from tests.before.check.labelled import LABELS

NOTE = json.loads((LABELS / "notes.json").read_text(encoding="utf-8"))["LIM407"]


@pytest.fixture(scope="module")
def answers(shared_data):
    return [row.answer[0].content for row in read_rows(shared_data / "instructions/alpaca_en_demo.json") if row.answer]


def named(texts):
    """How many of some texts the rule names once they are turned."""
    finding = found([pair("q", codecs.encode(text, "rot13")) for text in texts], "LIM407")
    return finding.evidence["kinds"].get("ROT13", 0)


def test_what_it_finds_of_turned_answers(answers):
    long = [text for text in answers if len(text) > 300]
    sentences = [one for text in answers for one in re.split(r"(?<=[.!?])\s+|\n", text)]
    some = {(8, 11): [], (12, 19): [], (20, 999): []}
    for one in sentences:
        for (low, high), held in some.items():
            if low <= len(re.findall("[A-Za-z]+", one)) <= high:
                held.append(one)
    shares = [f"{named(texts) / len(texts):.0%}" for texts in some.values()]
    assert f"{named(long)} of {len(long)} answers" in NOTE
    assert f"{shares[0]} of those of 8 to 11 words, {shares[1]} of 12 to 19, {shares[2]} of longer ones" in NOTE


def test_plain_answers_are_none(answers):
    assert not indices(found([pair("q", text) for text in answers], "LIM407"))
