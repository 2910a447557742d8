"""Answers to the same prompt: those that contradict each other, and those in other words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limen.core import Verdict
from tests.before.check.finding import found, indices, pair

LABELS = [pair(f"Classify text {i}.", "Positive" if i % 2 else "Negative") for i in range(12)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Yes.", "No, it is not."),
        ("True", "False"),
        ("Ja, sicher.", "Nein."),
        ("Да", "Нет, это не так"),
        ("はい。", "いいえ。"),
        ("Positive", "negative"),
        ("POSITIVE.", "Negative"),
    ],
)
def test_contradictions(one, other):
    rows = [*LABELS, pair("Is it so?", one), pair("is  it SO?", other), pair("Is it so?", one)]
    finding = found(rows, "LIM103")
    assert (finding.verdict, indices(finding)) == (Verdict.FOUND, [13, 14])
    assert finding.evidence["examples"][0]["note"] == "row 13 answers otherwise"
    assert indices(found(rows, "LIM104")) == [13]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Yes.", "Yes, it is."),
        ("A synonym for quick is fast.", "A synonym for quick is rapid."),
        ("fast", "rapid"),
        ("Positive", "The sentiment is positive."),
        ("Positive", "positive."),
        ("No.", "Nothing stands against it."),
    ],
)
def test_no_contradictions(one, other):
    rows = [*LABELS, pair("Is it so?", one), pair("Is it so?", other)]
    assert found(rows, "LIM103").verdict is Verdict.CLEAR


def test_other_prompts_and_ratings_are_left_alone():
    assert found([pair("Is a so?", "Yes"), pair("Is b so?", "No")], "LIM103").verdict is Verdict.CLEAR
    rated = [{"prompt": "Is it so?", "completion": a, "label": a == "Yes"} for a in ("Yes", "No")]
    assert found(rated, "LIM103").verdict is Verdict.CLEAR
    assert found(rated, "LIM104").verdict is Verdict.CLEAR


def test_turns_and_tools_are_part_of_the_prompt():
    def talk(first, answer, tools=()):
        messages = [
            {"role": "user", "content": first},
            {"role": "assistant", "content": "Ok."},
            {"role": "user", "content": "Is it so?"},
            {"role": "assistant", "content": answer},
        ]
        return {"messages": messages, **({"tools": list(tools)} if tools else {})}

    assert found([talk("a", "Yes"), talk("b", "No")], "LIM103").verdict is Verdict.CLEAR
    assert found([talk("a", "Yes"), talk("a", "No")], "LIM103").verdict is Verdict.FOUND


@given(st.lists(st.tuples(st.sampled_from("pq"), st.sampled_from(["Yes", "No"])), min_size=1, max_size=30))
def test_counts_are_right(rows):
    """Against the plainest way to count."""
    count = sum(any(p == q and a != b for q, b in rows[:i]) for i, (p, a) in enumerate(rows))
    assert found([pair(p, a) for p, a in rows], "LIM103").evidence["count"] == count
    first: dict[str, str] = {}
    other = sum(first.setdefault(p, a) != a for p, a in rows)
    assert found([pair(p, a) for p, a in rows], "LIM104").evidence["count"] == other
