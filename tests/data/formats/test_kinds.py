"""Each kind of row, recognised by itself and taken apart."""

from __future__ import annotations

import json

import pytest

from limen.core import Message, RowError, RowKind, UsageError
from limen.data import read_rows


def only(record, **options):
    stream = read_rows([record], **options)
    (row,) = list(stream)
    return row, stream.report


def turns(*pairs):
    return tuple(Message(role, content) for role, content in pairs)


@pytest.mark.parametrize(
    ("record", "prompt", "answer"),
    [
        ({"instruction": "Add.", "input": "1 2", "output": "3"}, [("user", "Add.\n1 2")], "3"),
        ({"instruction": "Add.", "input": "", "output": "3"}, [("user", "Add.")], "3"),
        ({"instruction": "Add.", "input": None, "output": "3"}, [("user", "Add.")], "3"),
        ({"Instruction": "Add.", "Response": "3"}, [("user", "Add.")], "3"),
        ({"instruction": "", "input": "1 2", "output": "3"}, [("user", "1 2")], "3"),
        ({"instruction": "A", "context": "C", "response": "3"}, [("user", "A\nC")], "3"),
        ({"instruction": "A", "output": "3", "system": "S"}, [("system", "S"), ("user", "A")], "3"),
        (
            {"instruction": "B", "output": "3", "history": [["q", "a"]], "system": "S"},
            [("system", "S"), ("user", "q"), ("assistant", "a"), ("user", "B")],
            "3",
        ),
    ],
)
def test_instruction(record, prompt, answer):
    row, report = only(record)
    assert row.kind is RowKind.INSTRUCTION
    assert report.format == "instruction"
    assert row.prompt == turns(*prompt)
    assert row.answer == turns(("assistant", answer))


@pytest.mark.parametrize(
    "record",
    [
        {"prompt": "p", "completion": "c"},
        {"prompt": "p", "response": "c"},
        {"question": "p", "answer": "c"},
        {"query": "p", "output": "c"},
        {"input": "p", "output": "c"},
    ],
)
def test_plain_completion(record):
    row, _ = only(record)
    assert row.kind is RowKind.COMPLETION
    assert (row.prompt, row.answer) == (turns(("text", "p")), turns(("text", "c")))


def test_completion_of_turns():
    record = {
        "prompt": [{"role": "user", "content": "p"}],
        "completion": [{"role": "assistant", "content": "c"}],
        "tools": [{"name": "t"}],
        "weight": 2,
    }
    row, report = only(record)
    assert row.kind is RowKind.COMPLETION
    assert (row.prompt, row.answer) == (turns(("user", "p")), turns(("assistant", "c")))
    assert row.tools == ({"name": "t"},)
    assert row.columns == {"weight": 2}
    assert report.columns == {"prompt": "prompt", "answer": "completion"}
    assert report.other_columns == ["tools", "weight"]


def test_messages_are_cut_before_the_last_answer():
    said = [("system", "s"), ("user", "a"), ("assistant", "b"), ("user", "c"), ("assistant", "d")]
    row, report = only({"messages": [{"role": r, "content": c} for r, c in said]})
    assert (row.kind, report.format) == (RowKind.CONVERSATION, "messages")
    assert row.prompt == turns(*said[:4])
    assert row.answer == turns(said[4])


def test_messages_that_end_unanswered_keep_every_turn():
    said = [("user", "a"), ("assistant", "b"), ("user", "c")]
    row, _ = only({"messages": [{"role": r, "content": c} for r, c in said]})
    assert row.messages == turns(*said)
    unanswered, _ = only({"messages": [{"role": "user", "content": "a"}]})
    assert (unanswered.prompt, unanswered.answer) == (turns(("user", "a")), ())


def test_tool_calls_blocks_and_missing_content_reach_the_template():
    call = {"type": "function", "function": {"name": "f", "arguments": {"x": 1}}}
    row, _ = only(
        {
            "messages": [
                {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
                {"role": "assistant", "content": None, "tool_calls": [call], "name": None},
                {"role": "tool", "content": "1", "tool_call_id": "7"},
                {"role": "assistant", "content": "done"},
            ]
        }
    )
    user, caller, tool, _ = row.messages
    assert user.content == "a\nb"
    assert user.to_dict()["content"] == [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    assert caller.to_dict() == {"role": "assistant", "content": None, "tool_calls": [call]}
    assert tool.extra == {"tool_call_id": "7"}


def test_sharegpt_with_calls_observations_system_and_tools():
    row, report = only(
        {
            "conversations": [
                {"from": "human", "value": "q"},
                {"from": "function_call", "value": '{"name": "f", "arguments": {}}'},
                {"from": "observation", "value": "{}"},
                {"from": "gpt", "value": "a"},
            ],
            "system": "S",
            "tools": '[{"name": "f"}]',
        }
    )
    assert (row.kind, report.format) == (RowKind.CONVERSATION, "sharegpt")
    assert [m.role for m in row.messages] == ["system", "user", "assistant", "tool", "assistant"]
    assert row.messages[2].content == '{"name": "f", "arguments": {}}'
    assert row.messages[2].extra == {"function_call": {"name": "f", "arguments": {}}}
    assert row.answer == turns(("assistant", "a"))
    assert row.tools == ({"name": "f"},)


def test_conversations_with_role_and_content_are_messages():
    row, report = only({"conversations": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]})
    assert report.format == "messages"
    assert row.answer == turns(("assistant", "a"))


USER, GOOD, BAD = (
    {"role": "user", "content": "q"},
    {"role": "assistant", "content": "g"},
    {"role": "assistant", "content": "b"},
)


@pytest.mark.parametrize(
    "record",
    [
        {"prompt": [USER], "chosen": [GOOD], "rejected": [BAD]},
        {"chosen": [USER, GOOD], "rejected": [USER, BAD]},
        {"prompt": "q", "chosen": [USER, GOOD], "rejected": [USER, BAD], "score_chosen": 8.0},
        {"prompt": "q", "chosen": [GOOD], "rejected": [BAD]},
        {
            "conversations": [{"from": "human", "value": "q"}],
            "chosen": {"from": "gpt", "value": "g"},
            "rejected": {"from": "gpt", "value": "b"},
        },
        {"conversations": [{"from": "human", "value": "q"}], "chosen": "g", "rejected": "b"},
        {"instruction": "q", "input": "", "output": "x", "chosen": "g", "rejected": "b"},
        {"prompt": json.dumps([USER]), "chosen": json.dumps([GOOD]), "rejected": json.dumps([BAD])},
    ],
)
def test_preference_of_turns(record):
    row, report = only(record)
    assert (row.kind, report.format) == (RowKind.PREFERENCE, "preference")
    assert row.prompt == turns(("user", "q"))
    assert row.answer == turns(("assistant", "g"))
    assert row.rejected == turns(("assistant", "b"))


def test_preference_keeps_the_prompt_where_answers_begin_alike():
    call = {"role": "assistant", "content": "calls"}
    row, _ = only({"prompt": [USER], "chosen": [call, GOOD], "rejected": [call, BAD]})
    assert row.prompt == turns(("user", "q"), ("assistant", "calls"))
    assert row.answer == turns(("assistant", "g"))


def test_preference_of_plain_texts():
    row, _ = only({"prompt": "q", "chosen": "g", "rejected": "b"})
    assert [m.content for m in (*row.prompt, *row.answer, *row.rejected)] == ["q", "g", "b"]
    assert {m.role for m in row.messages} == {"text"}


@pytest.mark.parametrize(
    ("chosen", "rejected"),
    [
        ("Human: hi Assistant: good day", "Human: hi Assistant: go away"),
        ("The sky is blue.", "The sky is green."),
        ("abc", "abcd"),
        ("same", "same"),
        ("x", "y"),
    ],
)
def test_prompt_at_the_head_of_two_texts_is_cut_as_trl_cuts_it(chosen, rejected):
    trl = pytest.importorskip("trl")
    row, _ = only({"chosen": chosen, "rejected": rejected})
    ours = ["".join(m.content for m in part) for part in (row.prompt, row.answer, row.rejected)]
    theirs = trl.extract_prompt({"chosen": chosen, "rejected": rejected})
    assert "".join(ours[:2]) == chosen
    assert "".join([ours[0], ours[2]]) == rejected
    if chosen != rejected and not rejected.startswith(chosen):
        assert ours == [theirs["prompt"], theirs["chosen"], theirs["rejected"]]


@pytest.mark.parametrize(
    ("record", "rating"),
    [
        ({"prompt": "p", "completion": "c", "label": True}, 1.0),
        ({"prompt": "p", "completion": "c", "label": "false"}, 0.0),
        ({"messages": [USER, GOOD], "label": 0}, 0.0),
        ({"conversations": [{"from": "human", "value": "q"}, {"from": "gpt", "value": "g"}], "kto_tag": True}, 1.0),
        ({"instruction": "p", "output": "c", "rating": 4}, 4.0),
        ({"prompt": "p", "completion": "c", "rating": "3.5"}, 3.5),
    ],
)
def test_rated(record, rating):
    row, report = only(record)
    assert (row.kind, report.format) == (RowKind.RATED, "rated")
    assert row.rating == rating
    assert row.answer


def test_a_label_that_is_no_thumb_is_no_rating():
    row, report = only({"prompt": "p", "completion": "c", "label": "safe"})
    assert report.format == "completion"
    assert row.columns == {"label": "safe"}


def test_text():
    row, report = only({"text": "once upon a time"})
    assert (row.kind, report.format) == (RowKind.TEXT, "text")
    assert (row.prompt, row.answer) == ((), turns(("text", "once upon a time")))


def test_format_overrules_recognition():
    record = {"messages": [USER, GOOD], "text": "plain", "prompt": "p", "completion": "c"}
    assert only(record)[0].kind is RowKind.CONVERSATION
    assert only(record, format="text")[0].kind is RowKind.TEXT
    assert only(record, format="prompt-completion")[0].kind is RowKind.COMPLETION
    with pytest.raises(RowError, match="no columns of the format 'preference'"):
        list(read_rows([record], format="dpo"))
    with pytest.raises(UsageError, match="Use one of: preference"):
        read_rows([record], format="parquet")


def test_a_column_that_first_rows_lack_still_plays_its_role():
    rows = [{"instruction": "a", "output": "b"}] * 40 + [{"instruction": "a", "input": "late", "output": "b"}]
    assert list(read_rows(rows))[-1].prompt == turns(("user", "a\nlate"))


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ({"prompt": "p"}, "'completion' is missing"),
        ({"prompt": "p", "completion": None}, "'completion' is null"),
        ({"prompt": "p", "completion": 3}, "holds a number, expected text"),
        ({"prompt": "p", "completion": ["x"]}, "turn 1 of 'completion' is text"),
        ({"prompt": [USER], "completion": "c"}, "one of 'prompt' and 'completion' is text"),
        ({"prompt": "p", "completion": "c\ud800"}, "lone surrogate"),
        ({"prompt": [{"content": "x"}], "completion": [GOOD]}, "turn 1 of 'prompt' has no role"),
        ({"prompt": [{"role": "user"}], "completion": [GOOD]}, "has no content"),
        ({"prompt": [{"role": "user", "content": 1}], "completion": [GOOD]}, "has a number as content"),
        ({"prompt": [], "completion": []}, "holds no turn"),
        ({"messages": [USER, GOOD]}, "mixed row kinds: the first rows are 'completion', this one is 'messages'"),
        ({"instruction": "a", "output": "b"}, "mixed row kinds"),
        ("text", "the row is a string"),
        (None, "the row is null"),
        ({1: "x"}, "column names that are not text"),
    ],
)
def test_a_bad_row_is_one_clear_error_or_a_problem(record, said):
    good = {"prompt": "p", "completion": "c"}
    rows = [good, good, record, good]
    with pytest.raises(Exception, match=said.replace("(", r"\(")) as caught:
        list(read_rows(rows))
    assert "row 3" in str(caught.value)
    assert caught.value.remedy
    stream = read_rows(rows, strict=False)
    assert [r.index for r in stream] == [0, 1, 3]
    (problem,) = stream.report.problems
    assert problem.index == 2
    assert said in problem.what
    assert (stream.report.rows_read, stream.report.problem_count, stream.report.complete) == (3, 1, True)


def test_nested_too_deeply():
    deep: list = []
    for _ in range(500):
        deep = [deep]
    with pytest.raises(RowError, match="levels deep"):
        list(read_rows([{"messages": [{**USER, "x": deep}, GOOD]}]))


def test_columns_that_no_format_knows():
    with pytest.raises(RowError, match=r"'alpha', 'beta'") as caught:
        list(read_rows([{"alpha": "x", "beta": "y"}]))
    assert "--format prompt=question,completion=reply" in caught.value.remedy


def test_problems_kept_are_bounded():
    rows = [{"prompt": "p", "completion": "c"}] + [{"prompt": "p", "completion": None}] * 1500
    stream = read_rows(rows, strict=False)
    assert len(list(stream)) == 1
    assert stream.report.problem_count == 1500
    assert len(stream.report.problems) == 1000
