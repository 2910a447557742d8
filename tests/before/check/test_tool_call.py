"""LIM206 names tool calls that cannot be carried out, in every way that they are written."""

from __future__ import annotations

import json

import pytest

from limen.core import Verdict
from limen.data import read_rows
from tests.before.check.finding import found, indices

SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "unit": {"type": "string"}},
    "required": ["city"],
}
TOOL = {"name": "weather", "description": "d", "parameters": SCHEMA}
GOOD = {"name": "weather", "arguments": {"city": "Oslo"}}
NO_JSON = "a call that is no JSON"
NO_NAME = "a call without a tool's name"
NO_OBJECT = "arguments that are no JSON object"
NO_TOOL = "a call of a tool that the row does not have"
LACKS = "a call that lacks a required argument"


def beside(call, tools=(TOOL,)):
    """A call as `tool_calls` has it."""
    turn = {"role": "assistant", "content": None, "tool_calls": [{"type": "function", "function": call}]}
    return {"messages": [{"role": "user", "content": "q"}, turn], "tools": list(tools)}


def tagged(text, tools=(TOOL,)):
    """A call as text of the assistant."""
    turns = [{"role": "user", "content": "q"}, {"role": "assistant", "content": text}]
    return {"messages": turns, "tools": list(tools)}


def share_gpt(text, tools=(TOOL,)):
    """A call as a turn of its own."""
    turns = [("human", "q"), ("function_call", text), ("observation", "r"), ("gpt", "a")]
    return {"conversations": [{"from": who, "value": said} for who, said in turns], "tools": json.dumps(list(tools))}


@pytest.mark.parametrize(
    ("record", "note", "shown"),
    [
        (share_gpt('{"name": broken'), NO_JSON, '{"name": broken'),
        (share_gpt("weather(Oslo)"), NO_JSON, "weather(Oslo)"),
        (share_gpt('{"arguments": {}}'), NO_NAME, '{"arguments": {}}'),
        (share_gpt('{"name": "weather", "arguments": "{bad"}'), NO_OBJECT, '{"name": "weather", "arguments": "{bad"}'),
        (share_gpt('{"name": "clock", "arguments": {}}'), NO_TOOL, '{"name": "clock", "arguments": {}}'),
        (share_gpt('[{"name": "weather", "arguments": {"city": "a"}}, {"name": "weather"}]'), LACKS, None),
        (beside({"name": "weather", "arguments": "{not json"}), NO_OBJECT, None),
        (beside({"name": "weather", "arguments": "[1]"}), NO_OBJECT, '{"name": "weather", "arguments": "[1]"}'),
        (beside({"name": "weather", "arguments": ["Oslo"]}), NO_OBJECT, None),
        (beside({"name": "", "arguments": {}}), NO_NAME, None),
        (beside({"name": "weather", "arguments": {"unit": "C"}}), LACKS, None),
        (beside({"name": "clock", "arguments": {}}, [{"type": "function", "function": TOOL}]), NO_TOOL, None),
        (
            tagged('Look: <tool_call>{"name": "weather", "arguments": {bad}</tool_call> so'),
            NO_JSON,
            '<tool_call>{"name": "weather", "arguments": {bad}</tool_call>',
        ),
        (tagged("<tool_call>\nget weather\n</tool_call>"), NO_JSON, None),
        (tagged('<tool_call>{"city": "Oslo"}</tool_call>'), NO_NAME, None),
        (tagged('<tool_call>{"name": "weather", "arguments": {"ci'), "a call that is never closed", None),
        (tagged('<tool_call>{"name": "clock"}</tool_call>'), NO_TOOL, None),
    ],
)
def test_calls_that_cannot_be_carried_out(record, note, shown):
    good = beside(GOOD) if "messages" in record else share_gpt(json.dumps(GOOD))
    finding = found([good, record], "LIM206")
    assert (finding.verdict, finding.harmful, indices(finding)) == (Verdict.FOUND, True, [1])
    (example,) = finding.evidence["examples"]
    assert example["note"] == note
    if shown is not None:
        start, end = example["text_span"]
        assert example["text"][start:end] == shown


@pytest.mark.parametrize(
    "record",
    [
        beside(GOOD),
        beside({"name": "weather", "arguments": json.dumps(GOOD["arguments"])}),
        beside({"name": "clock"}, ()),
        beside({"name": "clock"}, [{"type": "code_interpreter"}]),
        beside({"name": "weather"}, [{"name": "weather", "parameters": {**SCHEMA, "anyOf": []}}]),
        beside({"name": "weather"}, [{"name": "weather", "parameters": {"type": "object", "required": ["city"]}}]),
        beside({"name": "weather"}, [{"name": "weather"}]),
        {"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a", "tool_calls": []}]},
        {
            "messages": [
                {"role": "user", "content": "q"},
                {"role": "assistant", "content": None, "tool_calls": json.dumps([{"function": GOOD}])},
            ]
        },
        share_gpt(json.dumps(GOOD)),
        share_gpt(json.dumps([GOOD, GOOD])),
        tagged(f"<tool_call>\n{json.dumps(GOOD)}\n</tool_call>\n<tool_call>{json.dumps(GOOD)}</tool_call>"),
        tagged("<tool_call>\n<function=weather>\n<parameter=city>Oslo</parameter>\n</function>\n</tool_call>"),
        tagged("<tool_call>weather\n<arg_key>city</arg_key><arg_value>Oslo</arg_value></tool_call>"),
        tagged("Calls stand between <tool_call> and </tool_call>; the tag <tool_call> opens one."),
        tagged("Write `<tool_call>{...}</tool_call>` there."),
        {"messages": [{"role": "user", "content": "<tool_call>{x</tool_call>"}, {"role": "assistant", "content": "a"}]},
        {"prompt": "p", "completion": "c"},
    ],
)
def test_calls_that_can_be_carried_out(record):
    assert found([record], "LIM206").verdict is Verdict.CLEAR


def test_a_rejected_answer_may_call_badly():
    turn = {"role": "assistant", "content": "<tool_call>{bad</tool_call>"}
    good = {"role": "assistant", "content": "a"}
    pair = {"prompt": [{"role": "user", "content": "q"}], "chosen": [good], "rejected": [turn]}
    assert found([pair], "LIM206").verdict is Verdict.CLEAR
    assert found([{**pair, "chosen": [turn], "rejected": [good]}], "LIM206").verdict is Verdict.FOUND


def test_a_call_that_is_no_json_is_read_as_the_text_that_it_is():
    (row,) = read_rows([share_gpt('{"name": broken')])
    assert (row.messages[1].content, row.messages[1].extra) == ('{"name": broken', {"function_call": '{"name": broken'})


def test_the_real_calls_are_whole(shared_data):
    """What the rule clears, told from the records: every call parses, names a tool of the row, has what it requires."""
    text = (shared_data / "instructions/glaive_toolcall_en_demo.json").read_text(encoding="utf-8")
    calls = 0
    for record in json.loads(text):
        tools = {tool["name"]: tool for tool in json.loads(record["tools"])} if record["tools"] else {}
        for turn in record["conversations"]:
            if turn["from"] == "function_call":
                call = json.loads(turn["value"])
                assert set(tools[call["name"]]["parameters"].get("required", ())) <= call["arguments"].keys()
                calls += 1
    assert calls > 200
