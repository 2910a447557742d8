"""LIM205 names conversations whose turns are out of order, and leaves those that only look so."""

from __future__ import annotations

import json

import pytest

from limen.core import Verdict
from tests.before.check.finding import found, indices
from tests.before.check.labelled import FILES

CALL = [{"type": "function", "function": {"name": "f", "arguments": "{}"}}]


def talk(*turns) -> dict[str, object]:
    """A conversation of turns written as role, colon, content; `call` is an assistant's turn that calls a tool."""
    messages = []
    for turn in turns:
        role, _, content = turn.partition(":")
        if role == "call":
            messages.append({"role": "assistant", "content": content or None, "tool_calls": CALL})
        else:
            messages.append({"role": role, "content": content})
    return {"messages": messages}


@pytest.mark.parametrize(
    ("turns", "field", "note"),
    [
        (("user:a", "user:b", "assistant:c"), "prompt[1]", "two turns of the user in a row"),
        (("user:a", "assistant:b", "assistant:c"), "answer[0]", "two turns of the assistant in a row"),
        (("user:a", "call:", "assistant:c"), "answer[0]", "two turns of the assistant in a row"),
        (("user:a", "assistant:b", "system:c", "user:d", "assistant:e"), "prompt[2]", "a system turn after the start"),
        (("user:a", "assistant:b", "system:c"), "answer[1]", "a system turn after the start"),
        (("user:a", "tool:b", "assistant:c"), "prompt[1]", "a tool's result that follows no call"),
        (("tool:a", "assistant:b"), "prompt[0]", "a tool's result that follows no call"),
        (
            ("user:a", "assistant:Good day.", "tool:b", "assistant:c"),
            "prompt[2]",
            "a tool's result that follows no call",
        ),
        (("user:a", "assistant:b", "user: \n", "assistant:c"), "prompt[2]", "an empty turn of the user"),
        (("user:a", "assistant:", "user:b", "assistant:c"), "prompt[1]", "an empty turn of the assistant"),
        (("assistant:a", "user:b", "assistant:c"), "prompt[0]", "the assistant speaks first"),
        (("assistant:a",), "answer[0]", "the assistant speaks first"),
        (("user:a", "assistant:b", "user:c"), "answer[1]", "a last turn of the user that nobody answers"),
        (("user:a", "call:", "tool:b", "user:c"), "answer[2]", "a last turn of the user that nobody answers"),
        (("user:a", "assistant:b", "user: "), "answer[1]", "an empty turn of the user"),
        (("user:", "assistant:b"), "prompt[0]", "an empty turn of the user"),
        (("user: \n", "assistant:b"), "prompt[0]", "an empty turn of the user"),
    ],
)
def test_what_is_out_of_order_is_named_with_its_place(turns, field, note):
    finding = found([talk("user:a", "assistant:b"), talk(*turns)], "LIM205")
    assert (finding.verdict, finding.harmful, indices(finding)) == (Verdict.FOUND, True, [1])
    (example,) = finding.evidence["examples"]
    assert (example["field"], example["note"]) == (field, note)
    assert finding.evidence["kinds"] == {note: 1}


@pytest.mark.parametrize(
    "turns",
    [
        ("user:a", "assistant:b"),
        ("system:a", "developer:b", "user:c", "assistant:d", "user:e", "assistant:f"),
        ("user:a", "call:", "tool:b", "tool:c", "assistant:d"),
        ("user:a", "call:Let me look.", "tool:", "call:", "tool:b", "assistant:c"),
        ("user:a", "assistant:Let me look.", "call:", "tool:b", "assistant:c"),
        ("user:a", "call:", "call:", "tool:b", "tool:c", "assistant:d"),
        ("user:a", 'assistant:{"name": "f"}', "tool:b", "assistant:c"),
        ("user:a", "assistant:Action: search", "tool:b", "assistant:c"),
        ("system:", "user:a", "assistant:b"),
        ("system:You greet.", "assistant:Hello!", "user:a", "assistant:b"),
        ("user:", "assistant:Hello!", "user:a", "assistant:b"),
        ("user:a", "assistant:"),
        ("user:a",),
        ("system:a", "user:b"),
        ("system:Greet.", "user:", "assistant:Hello!"),
        ("narrator:a", "narrator:b", "assistant:c"),
    ],
)
def test_what_is_meant_is_left(turns):
    assert found([talk(*turns)], "LIM205").verdict is Verdict.CLEAR


def test_speakers_with_names_may_follow_each_other():
    turns = [{"role": "user", "content": "a", "name": name} for name in ("ann", "bob")]
    answer = {"role": "assistant", "content": "c"}
    assert found([{"messages": [*turns, answer]}], "LIM205").verdict is Verdict.CLEAR
    assert found([{"messages": [turns[0], turns[0], answer]}], "LIM205").verdict is Verdict.FOUND


def test_conversations_that_all_begin_with_a_greeting_are_a_form_of_their_own():
    greeted = [talk(f"assistant:I am {i}.", "user:a", "assistant:b") for i in range(20)]
    lost = talk("assistant:a", "user:b", "user:c", "assistant:d")
    finding = found([*greeted, lost], "LIM205")
    assert (finding.evidence["assistant_opens_by_form"], indices(finding)) == (True, [20])
    assert finding.evidence["examples"][0]["note"] == "two turns of the user in a row"
    few = found([*greeted[:19]], "LIM205")
    assert (few.evidence["assistant_opens_by_form"], few.evidence["count"]) == (False, 19)
    plain = [talk("user:a", "assistant:b")] * 21
    assert found([*greeted, *plain], "LIM205").evidence["count"] == 20


@pytest.mark.parametrize(
    "record",
    [
        {"prompt": "p", "completion": "c"},
        {"text": "t"},
        {"instruction": "i", "output": "o", "history": [["a", "b"], ["c", "d"]]},
        {"prompt": "p", "chosen": "a", "rejected": "b"},
    ],
)
def test_other_rows_have_no_turns_out_of_order(record):
    assert found([record], "LIM205").verdict is Verdict.CLEAR


def test_a_pair_whose_prompt_ends_with_the_assistant_is_named():
    prompt = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]
    pair = {"prompt": prompt, "chosen": [prompt[1]], "rejected": [{"role": "assistant", "content": "c"}]}
    assert found([pair], "LIM205").evidence["examples"][0]["field"] == "answer[0]"


def test_the_real_conversations_alternate_as_they_are_written(shared_data):
    """What the rule clears, told from the records: no two turns in a row are of the same side, nobody says nothing."""
    side = {"human": 0, "observation": 0, "gpt": 1, "function_call": 1}
    seen = 0
    for name in FILES:
        for record in json.loads((shared_data / name).read_text(encoding="utf-8")):
            turns = record.get("conversations") or record.get("messages") or []
            turns = turns[turns[:1] != [] and turns[0].get("from") == "system" :]
            sides = [side[t["from"]] if "from" in t else int(t["role"] == "assistant") for t in turns]
            assert sides == [i % 2 for i in range(len(turns))]
            seen += len(turns) > 2
    assert seen > 200
