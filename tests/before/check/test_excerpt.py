"""What is shown of a row that a finding names."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limen.before.check import check_rows, get_rule
from limen.before.check.excerpt import TEXT, excerpt, field_text
from limen.before.check.masking import Mask, masks
from limen.core import Message, Row, RowKind
from limen.data import read_rows
from tests.before.check.finding import pair

ROW = Row(
    RowKind.PREFERENCE,
    (Message("system", "be kind"), Message("user", "hello")),
    (Message("assistant", "hi there", {"tool_calls": [{"name": "f"}]}),),
    (Message("assistant", "go away"),),
    columns={"licence": "MIT", "weight": 2},
)


def one(text):
    return Row(RowKind.TEXT, (), (Message("text", text),))


def test_fields_are_the_parts_of_a_row():
    assert field_text(ROW, "") == "be kind\nhello\nhi there\ngo away"
    assert field_text(ROW, "prompt") == "be kind\nhello"
    assert field_text(ROW, "prompt[1]") == "hello"
    assert field_text(ROW, "messages[2]") == "hi there"
    assert field_text(ROW, "rejected") == "go away"
    assert field_text(ROW, "licence") == "MIT"
    assert field_text(ROW, "tools") == '[{"tool_calls": [{"name": "f"}]}]'
    assert field_text(ROW, "answer[7]") == field_text(ROW, "nonsense") == field_text(ROW, "weight") == ROW.text


@given(st.integers(0, 3000), st.integers(1, 900))
def test_a_span_is_shown_wherever_it_lies(start, length):
    text = "".join(chr(0x4E00 + i) for i in range(3000))
    end = min(len(text), start + length)
    shown = excerpt(one(text), "answer", start, end)
    assert len(shown.text) <= TEXT + 2
    assert shown.text.strip("…") in text
    if start < end:
        first, last = shown.span
        assert text[start:end].startswith(shown.text[first:last])
        assert last - first == min(end - start, TEXT - first + shown.text.startswith("…"))


def test_a_span_outside_the_text_is_none():
    assert excerpt(one("short"), "answer", 3, 300).span is None
    assert excerpt(one("short"), "answer", -1, 3).span is None
    assert excerpt(one("short"), "", None, None) == excerpt(one("short"))


def mask(text):
    return [Mask(*found.span(), "sk… (key)") for found in re.finditer(r"sk-\w+", text)]


def test_what_may_not_be_shown_is_not_shown_and_the_span_moves_with_it():
    text = "my key sk-abcdef is here: look"
    shown = excerpt(one(text), "answer", text.index("here"), text.index("here") + 4, mask)
    assert shown.text == "my key sk… (key) is here: look"
    assert shown.text[slice(*shown.span)] == "here"
    whole = excerpt(one(text), "answer", 7, 16, mask)
    assert whole.text[slice(*whole.span)] == "sk… (key)"
    across = excerpt(one(text), "answer", 12, 20, mask)  # begins in the middle of the key
    assert across.text == shown.text
    assert across.text[slice(*across.span)] == "sk… (key) is "


def test_a_cut_never_halves_what_may_not_be_shown():
    for at in range(TEXT - 12, TEXT + 3):
        text = " " * at + "sk-abcdefgh" + " x" * 400
        assert "abc" not in excerpt(one(text), masking=mask).text
    text = "sk-abcdefgh" + "y" * 120 + "HERE" + "z" * 900
    text = " " * 600 + text
    for shift in range(12):
        start = text.index("HERE") - shift
        assert "defgh" not in excerpt(one(text), "answer", start, start + 4, mask).text


@given(st.integers(0, 900), st.integers(0, 900), st.text("aB 7-.", max_size=12))
def test_a_password_that_a_sentence_tells_is_marked_and_never_shown(lead, tail, noise):
    """What makes it a secret stands in front of it: of the two parts by themselves neither is known."""
    secret = "hV7$kQ92!mZx"
    text = f"{'x ' * lead}{noise} Your new password is {secret}{' y' * tail}"
    start = text.index(secret)
    shown = excerpt(one(text), "answer", start, start + len(secret), masks)
    assert shown.text[slice(*shown.span)] == "hV… (password)"
    assert "7$k" not in shown.text
    assert "mZx" not in shown.text


@pytest.mark.parametrize(
    ("code", "rows", "note"),
    [
        ("LIM101", [pair("p", "a"), pair("q", "b"), pair("p", "a")], "the same as row 1, line 2"),
        ("LIM104", [pair("p", "a"), pair("q", "b"), pair("p", "c")], "the prompt of row 1, line 2"),
        ("LIM103", [pair("p", "yes"), pair("q", "b"), pair("p", "no")], "row 1, line 2, answers otherwise"),
        (
            "LIM603",
            [{"prompt": "p", "chosen": a, "rejected": b} for a, b in ("ab", "bc", "ca")],
            "with row 2, line 6, and row 3, line 10",
        ),
    ],
)
def test_another_row_is_told_with_its_line(tmp_path, code, rows, note):
    source = tmp_path / "rows.json"
    source.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    (finding,) = check_rows(read_rows(source), rules=[get_rule(code)]).findings
    example = finding.evidence["examples"][0]
    width = len(rows[0]) + 2
    assert example["note"] == note.replace("line 6", f"line {2 + width}").replace("line 10", f"line {2 + 2 * width}")
    assert [other["line"] for other in example["other_rows"]] == [2 + width * o["index"] for o in example["other_rows"]]


def test_of_a_row_in_another_file_of_a_folder_the_file_is_told_too(tmp_path):
    for name in ("a.jsonl", "b.jsonl"):
        (tmp_path / name).write_text(json.dumps(pair("p", "a")) + "\n", encoding="utf-8")
    (finding,) = check_rows(read_rows(tmp_path), rules=[get_rule("LIM101")]).findings
    (example,) = finding.evidence["examples"]
    assert (example["note"], example["source"]) == ("the same as row 1, line 1 of a.jsonl", "b.jsonl")
