"""What a named row looks like in a terminal: where it is, and the span marked below it."""

from __future__ import annotations

import io

from rich.cells import cell_len
from rich.console import Console

from limen.cli._check_terminal import cut, example_lines, print_check
from limen.core import Finding, Verdict
from limen.report.check import Checked, CheckedFile


def lines(text, start=None, end=None, **more):
    span = None if start is None else [start, end]
    example = {"index": 0, "line": 7, "row": "0123456789ab", "text": text, "text_span": span, **more}
    return [line.plain for line in example_lines("rows.jsonl", example, 80)]


def test_the_place_can_be_clicked_and_the_note_stands_beside_it():
    assert lines("hello", note="a copy", field="answer") == ["    rows.jsonl:7 answer (a copy)", "      hello"]
    assert lines("", line=None, index=4)[0] == "    rows.jsonl row 5"


def test_the_span_is_underlined():
    _, text, marks = lines("my key is abc123 ok", field="answer", start=10, end=16)
    assert text[marks.index("~") : marks.rindex("~") + 1] == "abc123"


def test_a_span_behind_wide_and_hidden_characters_is_underlined_where_it_is_seen():
    text = "日本\x1b[31m\u202e key!"
    _, shown, marks = lines(text, field="answer", start=text.index("key"), end=text.index("key") + 3)
    before = shown[: shown.index("key")]
    assert cell_len(before) == len(marks) - len(marks.lstrip())
    assert marks.strip() == "~~~"
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_wide_spans_take_their_width():
    _, _, marks = lines("a ふくろう b", start=2, end=6)
    assert marks.strip() == "~" * 8


def test_a_long_text_is_cut_around_its_span():
    text = "x" * 300 + "KEY" + "y" * 300
    _, shown, marks = lines(text, start=300, end=303)
    assert "KEY" in shown
    assert cell_len(shown) <= 80
    assert shown[len(marks) - 3 : len(marks)] == "KEY"
    _, shown, marks = lines("a" + "k" * 400, start=1, end=401)
    assert cell_len(shown) <= 80
    assert cell_len(marks) <= 80


def test_where_all_that_is_seen_is_meant_nothing_is_underlined():
    assert lines("key", start=0, end=3)[1:] == ["      key"]
    assert len(lines("k" * 400, start=0, end=400)) == 2
    assert len(lines("key and more", start=0, end=3)) == 3


def test_a_span_that_is_not_in_the_text_is_left_out():
    assert len(lines("short", start=300, end=310)) == 2
    assert len(lines("short", start=3, end=3)) == 2


def test_cut_counts_cells():
    assert cut("abc", 3) == "abc"
    assert cut("abcd", 3) == "ab…"
    assert cut("日本語", 5) == "日本…"
    assert cell_len(cut("日" * 1000, 11)) <= 11


def test_where_the_table_of_what_is_only_told_stands_is_said():
    table = {"columns": ["group", "rate"], "rows": [["women", "1%"], ["men", "2%"]]}
    for verdict in (Verdict.CLEAR, Verdict.INCONCLUSIVE):
        told = {"code": "LIM703", "severity": "info", "table": table}
        finding = Finding("check/LIM703", "check", "LIM703", "No gap.", verdict, evidence=told)
        file = CheckedFile("a.jsonl", "completion", "f", "json", {}, (), 9, 0, (), None, [finding])
        out = io.StringIO()
        print_check(Checked([file], [], "1"), Console(file=out, width=100))
        assert ("2 rows of figures, as a table: -o check.html" in out.getvalue()) == (verdict is not Verdict.CLEAR)
