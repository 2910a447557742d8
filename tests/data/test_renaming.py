"""Columns that are named otherwise than formats name them."""

from __future__ import annotations

import pytest

from limen.core import Message, RowError, RowKind, UsageError
from limen.data import read_rows
from limen.data.renaming import Renaming


def only(record, format):
    stream = read_rows([record], format=format)
    (row,) = list(stream)
    return row, stream.report


def test_columns_that_are_named_are_read():
    record = {"goal": "Add 1 and 2.", "reply": "3", "level": 2}
    row, report = only(record, "prompt=goal, completion=reply")
    assert (row.kind, row.prompt[0].content, row.answer[0].content) == (RowKind.COMPLETION, "Add 1 and 2.", "3")
    assert row.columns == {"level": 2}
    assert (report.format, report.columns) == ("completion", {"prompt": "goal", "answer": "reply"})
    assert report.other_columns == ["level"]


@pytest.mark.parametrize(
    ("record", "format", "kind"),
    [
        ({"q": "A?", "context": "C", "a": "b"}, "instruction=q,output=a", RowKind.INSTRUCTION),
        ({"q": "A?", "good": "b", "bad": "c"}, "prompt=q,chosen=good,rejected=bad", RowKind.PREFERENCE),
        ({"q": "A?", "a": "b", "thumb": True}, "prompt=q,completion=a,label=thumb", RowKind.RATED),
        ({"body": "Once."}, "text=body", RowKind.TEXT),
        ({"talk": [{"role": "user", "content": "A?"}, {"role": "assistant", "content": "b"}]}, "messages=talk",
         RowKind.CONVERSATION),
    ],
)  # fmt: skip
def test_every_kind_of_row(record, format, kind):
    row, report = only(record, format)
    assert (row.kind, report.kind) == (kind, kind)
    assert set(report.columns.values()) <= set(record)


def test_a_column_that_has_the_name_and_is_not_meant_plays_no_role():
    row, _ = only({"prompt": "an id", "question": "A?", "answer": "b"}, "prompt=question,completion=answer")
    assert (row.prompt[0].content, row.columns) == ("A?", {"prompt": "an id"})


def test_what_is_named_decides_on_the_kind_of_row():
    """A label beside a question and its answers is not the rating of the one that is meant."""
    record = {"context": "A and B ran.", "question": "Who?", "ans0": "A", "label": 1}
    row, report = only(record, "instruction=question,input=context,output=ans0")
    assert (row.kind, row.prompt[0].content) == (RowKind.INSTRUCTION, "Who?\nA and B ran.")
    assert report.other_columns == ["label"]


def test_a_column_is_used_as_it_is_named_and_found_as_formats_find_it():
    row, _ = only({"q": "A?", "history": [["x", "y"]], "output": "b"}, "instruction=q")
    assert row.prompt == (Message("user", "x"), Message("assistant", "y"), Message("user", "A?"))


def test_a_column_that_no_row_has_is_refused_with_those_there_are():
    with pytest.raises(RowError, match=r"no row has a column 'gaol' \(seen: 'goal', 'reply'\)"):
        only({"goal": "A?", "reply": "b"}, "prompt=gaol,completion=reply")


def test_a_row_that_lacks_it_is_told_by_the_file_s_own_name():
    stream = read_rows(
        [{"goal": "A?", "reply": "b"}, {"goal": "C?"}], format="prompt=goal,completion=reply", strict=False
    )
    assert len(list(stream)) == 1
    assert stream.report.problems[0].what == "the column 'reply' is missing."


@pytest.mark.parametrize(
    "text", ["prompt=", "=goal", "prompt=a,prompt=b", "prompt=a,completion=a", "prompt=a,completion"]
)
def test_what_cannot_be_meant_is_refused(text):
    with pytest.raises(UsageError, match="does not say which columns are meant"):
        Renaming.parse(text)


def test_a_name_is_no_renaming():
    assert Renaming.parse("alpaca") is None


def test_a_column_without_a_text_is_told_by_the_file_s_own_name():
    rows = [{"goal": "A?", "reply": "b"}, {"goal": None, "reply": "d"}]
    stream = read_rows(rows, format="prompt=goal,completion=reply", strict=False)
    assert len(list(stream)) == 1
    (problem,) = stream.report.problems
    assert "'goal'" in problem.what + problem.remedy
    assert "'prompt'" not in problem.what + problem.remedy


def test_too_few_columns_are_told_with_those_that_there_are():
    with pytest.raises(RowError, match=r"recognised with prompt for 'goal' \(seen: 'goal', 'level'\)"):
        only({"goal": "A?", "level": 3}, "prompt=goal")
