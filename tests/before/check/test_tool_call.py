"""LIM206 names tool calls that cannot be carried out, in every way that they are written."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from limen.before.check.rules.tool_call import _fault
from limen.core import Verdict
from limen.data import read_rows
from limen.report._without_text import without_text
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
NOT_CLOSED = "a call that is never closed"
NO_TOOL = "a call of a tool that the row does not have"
LACKS = "argument `city`: missing, and the tool's schema requires it"


def beside(call, tools=(TOOL,)):
    """A call as `tool_calls` has it."""
    turn = {"role": "assistant", "content": None, "tool_calls": [{"type": "function", "function": call}]}
    return {"messages": [{"role": "user", "content": "q"}, turn], "tools": list(tools)}


def tagged(text, tools=(TOOL,)):
    """A call as text of the assistant."""
    turns = [{"role": "user", "content": "q"}, {"role": "assistant", "content": text}]
    return {"messages": turns, "tools": list(tools)}


def answered(*ids):
    """Calls with ids, and their results: the first half of the ids are calls', the second results'."""
    calls = [{"type": "function", "function": GOOD, **({"id": one} if one else {})} for one in ids[: len(ids) // 2]]
    results = [{"role": "tool", "content": "r", **({"tool_call_id": one} if one else {})} for one in ids[len(calls) :]]
    turns = [{"role": "user", "content": "q"}, {"role": "assistant", "content": None, "tool_calls": calls}, *results]
    return {"messages": [*turns, {"role": "assistant", "content": "a"}], "tools": [TOOL]}


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
        (tagged(f"I look.\n<tool_call>\n{json.dumps(GOOD)}\n"), NOT_CLOSED, f"<tool_call>\n{json.dumps(GOOD)}\n"),
        (tagged(f"<tool_call>{json.dumps(GOOD)} <tool_call>{json.dumps(GOOD)}</tool_call>"), NOT_CLOSED, None),
        (tagged(f"<tool_call>{json.dumps([GOOD])}"), NOT_CLOSED, None),
        (tagged('[TOOL_CALLS] [{"name": "clock", "arguments": {}}]'), NO_TOOL, None),
        (tagged('[TOOL_CALLS][{"name": "weather", "arguments": {"city": Oslo}}]'), NO_JSON, None),
        (tagged(f'[TOOL_CALLS] [{json.dumps(GOOD)}, {{"arguments": {{}}}}] so'), NO_NAME, None),
        (tagged('<|python_tag|>{"name": "weather", "parameters": {"unit": "C"}}'), LACKS, None),
        (tagged('<|python_tag|>{"name": "weather", "parameters": {"ci'), NO_JSON, None),
        (
            tagged('<|python_tag|>{"name": "weather", "parameters": {"city": "a"}}; {"name": "clock"}'),
            NO_TOOL,
            '{"name": "clock"}',
        ),
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
        tagged("The tag <tool_call> 5 times"),
        tagged(f"[TOOL_CALLS] [{json.dumps({**GOOD, 'id': 'a1b2c3d4e'})}]"),
        tagged('[TOOL_CALLS]weather[ARGS]{"city": "Oslo"}'),
        tagged("Mistral writes [TOOL_CALLS] [name, arguments], and `[TOOL_CALLS] [{` stands in front."),
        tagged(f"<|python_tag|>{json.dumps(GOOD)};{json.dumps(GOOD)}<|eom_id|>"),
        tagged('<|python_tag|>brave_search.call(query="Oslo")'),
        tagged("<|python_tag|>{x for x in range(3)}"),
        answered("c1", "c1"),
        answered("c1", "c2", "c2", "c1"),
        answered(None, "c1"),
        answered("c1", None),
        {"messages": [{"role": "user", "content": "<tool_call>{x</tool_call>"}, {"role": "assistant", "content": "a"}]},
        {"prompt": "p", "completion": "c"},
    ],
)
def test_calls_that_can_be_carried_out(record):
    assert found([record], "LIM206").verdict is Verdict.CLEAR


FULL = {
    "type": "object",
    "properties": {
        "city": {"type": "string"},
        "days": {"type": "integer"},
        "unit": {"type": "string", "enum": ["C", "F"]},
        "alert": {"type": "boolean"},
        "above": {"type": ["number", "null"]},
        "hours": {"type": "array", "items": {"type": "integer"}},
        "place": {"type": "object", "properties": {"lat": {"type": "number"}}},
        "either": {"anyOf": [{"type": "string"}], "type": "string"},
        "odd": {"type": "str"},
        "loose": {"type": ["string", "date"], "enum": []},
        "level": {"enum": [1, 2]},
        "old": {"type": "string", "nullable": True},
        "kind": {"const": 1},
        "strict": {"type": "object", "properties": {"a": {}}, "additionalProperties": False},
        "open": {"properties": {"a": {}}, "patternProperties": {"^b": {}}, "additionalProperties": False},
    },
    "required": ["city", "old"],
}


def forecast(write=lambda arguments: arguments, **arguments):
    """A call of a tool with arguments of every type."""
    call = {"name": "weather", "arguments": write({"city": "Oslo", "old": "", **arguments})}
    return beside(call, [{**TOOL, "parameters": FULL}])


@pytest.mark.parametrize(
    ("arguments", "said", "shown"),
    [
        ({"city": 7}, "`city`: an integer where the tool's schema has a string", '"city": 7'),
        ({"city": None}, "`city`: null where the tool's schema has a string", '"city": null'),
        ({"days": "5"}, "`days`: a string where the tool's schema has an integer", '"days": "5"'),
        ({"days": 2.5}, "`days`: a number where the tool's schema has an integer", '"days": 2.5'),
        ({"days": True}, "`days`: a boolean where the tool's schema has an integer", '"days": true'),
        ({"alert": "true"}, "`alert`: a string where the tool's schema has a boolean", '"alert": "true"'),
        ({"alert": 1}, "`alert`: an integer where the tool's schema has a boolean", '"alert": 1'),
        ({"above": "3"}, "`above`: a string where the tool's schema has a number or null", '"above": "3"'),
        ({"above": True}, "`above`: a boolean where the tool's schema has a number or null", '"above": true'),
        ({"hours": 7}, "`hours`: an integer where the tool's schema has an array", '"hours": 7'),
        ({"hours": [7, "8"]}, "`hours[1]`: a string where the tool's schema has an integer", '"hours": [7, "8"]'),
        ({"place": [60.0, 10.0]}, "`place`: an array where the tool's schema has an object", '"place": [60.0, 10.0]'),
        ({"place": {"lat": "60"}}, "`place.lat`: a string where the tool's schema has a number", '"lat": "60"'),
        ({"unit": "K"}, "`unit`: none of the 2 values that the tool's schema lists", '"unit": "K"'),
        ({"unit": "c"}, "`unit`: none of the 2 values that the tool's schema lists", '"unit": "c"'),
        ({"level": 3}, "`level`: none of the 2 values that the tool's schema lists", '"level": 3'),
        ({"level": True}, "`level`: none of the 2 values that the tool's schema lists", '"level": true'),
        ({"kind": "x"}, "`kind`: not the one value that the tool's schema allows", '"kind": "x"'),
        ({"strict": {"b": 1}}, "`strict.b`: the tool's schema has none of this name and allows no others", '"b": 1'),
        ({"days": float("inf")}, "`days`: NaN or Infinity, which JSON does not have", '"days": Infinity'),
        ({"hours": [float("nan")]}, "`hours[0]`: NaN or Infinity, which JSON does not have", '"hours": [NaN]'),
    ],
)
@pytest.mark.parametrize("write", [lambda arguments: arguments, json.dumps])
def test_the_argument_that_is_wrong_is_named_and_marked(arguments, said, shown, write):
    rows = [forecast(), forecast(write, **arguments)]
    finding = found(rows, "LIM206")
    assert indices(finding) == [1]
    (example,) = finding.evidence["examples"]
    assert example["note"] == f"argument {said}"
    start, end = example["text_span"]
    assert example["text"][start:end].replace("\\", "") == shown


def test_an_argument_far_into_a_call_is_shown():
    call = {"name": "weather", "arguments": {"city": "Oslo " * 200, "old": "", "days": "5"}}
    finding = found([share_gpt(json.dumps(call), [{**TOOL, "parameters": FULL}])], "LIM206")
    (example,) = finding.evidence["examples"]
    start, end = example["text_span"]
    assert example["text"][start:end] == '"days": "5"'


def test_an_argument_that_has_the_name_of_a_part_of_calls():
    tool = {"name": "weather", "parameters": {"type": "object", "properties": {"name": {"type": "string"}}}}
    finding = found([share_gpt('{"name": "weather", "arguments": {"name": 5}}', [tool])], "LIM206")
    start, end = finding.evidence["examples"][0]["text_span"]
    assert finding.evidence["examples"][0]["text"][start:end] == '"name": 5'


@pytest.mark.parametrize(
    "name", ["two words", "`x`", "a" * 31, "jane.doe@gmail.com", "", "\u202e", "sk_live_4eC39HqLyjWDarjtT1zdp7dc"]
)
def test_a_name_that_is_no_plain_one_is_not_shown(name):
    tool = {"name": "weather", "parameters": {"type": "object", "properties": {name: {"type": "string"}}}}
    finding = found([beside({"name": "weather", "arguments": {name: 5}}, [tool])], "LIM206")
    assert finding.evidence["examples"][0]["note"] == "an argument: an integer where the tool's schema has a string"


def test_what_is_counted_and_what_is_shown_without_rows_names_no_argument():
    finding = found([forecast(days="5")], "LIM206")
    assert finding.evidence["kinds"] == {"an argument of another type than the tool's schema says": 1}
    (example,) = without_text(finding).evidence["examples"]
    assert example["note"] == "argument: a string where the tool's schema has an integer"


@pytest.mark.parametrize("text", ['{"days": NaN}', '{"days": -Infinity}', '{"days": [{"a": Infinity}]}'])
def test_numbers_that_json_does_not_have_need_no_schema(text):
    finding = found([beside({"name": "weather", "arguments": text}, ())], "LIM206")
    assert finding.evidence["kinds"] == {"a number that JSON does not have": 1}


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"days": 5, "unit": "F", "alert": False, "above": 3, "hours": [], "place": {"lat": 60}},
        {"days": 5.0, "above": None, "hours": [1, 2], "place": {}, "level": 2},
        {"days": None, "unit": None, "old": None},  # Left out
        {"either": 5, "odd": 5, "loose": 5, "unknown": 5},
        {"kind": 1, "strict": {"a": 5}, "open": {"b": 5}},
    ],
)
def test_values_that_the_schema_allows(arguments):
    assert found([forecast(**arguments)], "LIM206").verdict is Verdict.CLEAR


@pytest.mark.parametrize("schema", [None, [], "x", {"properties": ["city"]}, {"properties": {"city": "string"}}])
def test_a_schema_that_is_none_says_nothing(schema):
    call = {"name": "weather", "arguments": {"city": 7}}
    assert found([beside(call, [{**TOOL, "parameters": schema}])], "LIM206").verdict is Verdict.CLEAR


def test_values_agree_with_a_validator(shared_data):
    """On the real calls, and on these with each value replaced by one of every type."""
    jsonschema = pytest.importorskip("jsonschema")
    text = (shared_data / "instructions/glaive_toolcall_en_demo.json").read_text(encoding="utf-8")
    told = Counter()
    for record in json.loads(text):
        tools = {tool["name"]: tool for tool in json.loads(record["tools"])} if record["tools"] else {}
        for call in [json.loads(turn["value"]) for turn in record["conversations"] if turn["from"] == "function_call"]:
            schema = tools[call["name"]]["parameters"]
            for name in call["arguments"]:
                for value in (call["arguments"][name], "5", 5, 5.5, True, [5], {"a": 5}):
                    arguments = {**call["arguments"], name: value}
                    valid = jsonschema.Draft202012Validator(schema).is_valid(arguments)
                    fault = _fault({"name": "t", "arguments": arguments}, {"t": schema})
                    told[valid, fault is None] += 1
    assert told[True, False] == told[False, True] == 0
    assert min(told[True, True], told[False, False]) > 500


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


def test_a_result_for_a_call_that_is_not_there_is_named():
    finding = found([answered("c1", "c1"), answered("c1", "c2")], "LIM206")
    assert indices(finding) == [1]
    (example,) = finding.evidence["examples"]
    assert (example["field"], example["note"]) == (
        "prompt[2]",
        "a tool's result for a call that no turn before it makes",
    )


@pytest.mark.parametrize(
    "unit", ["<tool_call>", "[TOOL_CALLS] [{", '<|python_tag|>{"a', "<tool_call>{", '[TOOL_CALLS][{"a":[']
)
def test_a_long_row_of_marks_takes_no_long_time(unit):
    from time import perf_counter

    start = perf_counter()
    found([tagged(unit * (1_000_000 // len(unit)))], "LIM206")
    assert perf_counter() - start < 10


@pytest.mark.parametrize(
    "text",
    [
        'Mistral writes [TOOL_CALLS] [{"name": ..., "arguments": {...}}] before the call.',
        'Hermes asks for this:\n```\n<tool_call>\n{"name": <function-name>, "arguments": <args>}\n</tool_call>\n```',
        'Like so:\n```text\n[TOOL_CALLS] [{"name": broken}]\n```\nand no other way.',
        '<tool_call>{"name": "weather", "arguments": {"city": "Oslo"}}</tool_call>',
        '<tool_call>{"name": "functions.weather", "arguments": {"city": "Oslo"}}</tool_call>',
    ],
)
def test_what_shows_a_call_makes_none(text):
    assert found([tagged(text)], "LIM206").verdict is Verdict.CLEAR


def test_a_tool_without_arguments_may_be_given_nothing():
    tool = {"name": "now", "description": "d", "parameters": {"type": "object", "properties": {}}}
    assert found([beside({"name": "now", "arguments": ""}, [tool])], "LIM206").verdict is Verdict.CLEAR


@pytest.mark.parametrize("text", ['<tool_call>{"name": f, }</tool_call>', '<tool_call>{"name": "f", "arguments": {}}'])
def test_completions_are_read_too(text):
    assert indices(found([{"prompt": "w", "completion": text}], "LIM206")) == [0]


def test_behind_a_block_of_code_a_call_is_one_again():
    text = 'As in\n```\nx\n```\n<tool_call>{"name": f}</tool_call>'
    assert indices(found([tagged(text)], "LIM206")) == [0]
