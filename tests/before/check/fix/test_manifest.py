"""The manifest of a fix says of each row why it was touched, and how to undo it; only its owner may read it."""

from __future__ import annotations

import json
import stat

import pytest

from limen.before.check import all_rules
from limen.before.check.fix import fix_file, undo
from limen.core import DataError
from limen.data import read_rows
from tests.before.check.fix.made import EMPTY, LEFT, NEAR, PLANTED, Quiet, array, columns, lines
from tests.before.check.test_rules import CLEAN


def test_the_manifest_is_private_and_no_data_file(tmp_path):
    (tmp_path / "rows").mkdir()
    result = fix_file(str(lines(tmp_path / "a.jsonl", PLANTED)), tmp_path / "rows" / "b.jsonl", rules=all_rules())
    assert stat.S_IMODE(result.manifest.stat().st_mode) == 0o600
    assert len(columns(tmp_path / "rows")) == len(LEFT)


def touched(result):
    return [json.loads(line) for line in result.manifest.read_text().splitlines()][1:-1]


def test_the_manifest_says_why_each_row_was_touched(tmp_path):
    source = tmp_path / "a.jsonl"
    rows = [
        {"prompt": "Who?", "completion": "Ask jo.doe@corp.net or sue.roe@corp.net.\u200b"},
        CLEAN[2],
        EMPTY,
        CLEAN[3],
        CLEAN[2],
        NEAR,
        {"prompt": "Broken", "completion": 5},
    ]
    source.write_text("\n" + "".join(json.dumps(r) + "\n" for r in rows))
    rules = [r for r in all_rules() if r.code in ("LIM001", "LIM101", "LIM102", "LIM201", "LIM401", "LIM402")]
    result = fix_file(str(source), tmp_path / "b.jsonl", rules=rules)
    lines_told = touched(result)
    assert [entry["index"] for entry in lines_told] == [0, 2, 4, 5, 6]
    assert all([why["code"] for why in entry["why"]] == entry["codes"] for entry in lines_told)
    assert lines_told[0]["why"] == [
        {
            "code": "LIM401",
            "name": "hidden-character",
            "reason": "zero-width character U+200B in answer[0]",
        },
        {
            "code": "LIM402",
            "name": "personal-data",
            "reason": "jo… (e-mail address) in answer[0]; su… (e-mail address) in answer[0]",
        },
    ]
    assert lines_told[1]["why"] == [{"code": "LIM201", "name": "empty-answer", "reason": "no answer"}]
    ids = [row.id for row in read_rows(source, strict=False)]
    assert lines_told[2]["why"] == [
        {
            "code": "LIM101",
            "name": "exact-duplicate",
            "reason": "the same as row 2, line 3",
            "copy_of": {"index": 1, "line": 3, "row": ids[1]},
        }
    ]
    assert lines_told[3]["why"] == [
        {
            "code": "LIM102",
            "name": "near-duplicate",
            "reason": "nearly the same as row 4, line 5",
            "copy_of": {"index": 3, "line": 5, "row": ids[3]},
        }
    ]
    assert lines_told[4]["why"][0]["reason"].startswith("the column 'completion' holds a number")


def test_a_rule_that_says_nothing_of_a_row_is_summed_up(tmp_path):
    rows = [{"text": "wasps"}, {"text": "a s3cret"}, {"text": "plain"}]
    result = fix_file(str(lines(tmp_path / "a.jsonl", rows)), tmp_path / "b.jsonl", rules=[Quiet])
    said = "Takes secrets out of texts, and rows about wasps away; calls question 4 something else."
    assert [entry["why"] for entry in touched(result)] == [[{"code": "ACME900", "name": "quiet", "reason": said}]] * 2


def test_many_remarks_on_a_row_are_cut(tmp_path):
    row = {"text": " ".join(f"{name}.doe@corp{i}.net" for i, name in enumerate(("al", "bo", "cy", "di", "ed", "flo")))}
    row["text"] += " al.roe@corp.net"
    rules = [r for r in all_rules() if r.code == "LIM402"]
    result = fix_file(str(lines(tmp_path / "a.jsonl", [row])), tmp_path / "b.jsonl", rules=rules)
    reason = touched(result)[0]["why"][0]["reason"]
    assert reason.startswith("al… (e-mail address) in answer[0], 2 times; bo… (e-mail address)")
    assert reason.endswith("; and 1 other")


def test_rows_that_only_move_together_are_told_apart(tmp_path):
    source = array(tmp_path / "a.json", [EMPTY, CLEAN[0], CLEAN[1]])
    result = fix_file(str(source), tmp_path / "b.json", rules=all_rules())
    assert [(e["action"], e["codes"], e["why"][0]["name"]) for e in touched(result)] == [
        ("drop", ["LIM201"], "empty-answer"),
        ("change", [], "separator"),
    ]


def test_the_head_says_how_to_undo(tmp_path):
    result = fix_file(str(lines(tmp_path / "a.jsonl", PLANTED)), tmp_path / "my b.jsonl", rules=all_rules())
    head = json.loads(result.manifest.read_text().splitlines()[0])
    assert head["undo"] == "In this folder: limen check --undo 'my b.jsonl.manifest' RESTORED"
    (tmp_path / "rows").mkdir()
    lines(tmp_path / "rows" / "a.jsonl", PLANTED)
    result = fix_file(str(tmp_path / "rows"), tmp_path / "c.jsonl", rules=all_rules())
    head = json.loads(result.manifest.read_text().splitlines()[0])
    assert head["undo"].startswith("There is none byte for byte: the original is no single file")


def test_a_manifest_of_the_first_version_is_undone(tmp_path):
    source = lines(tmp_path / "a.jsonl", PLANTED)
    result = fix_file(str(source), tmp_path / "b.jsonl", rules=all_rules())
    head, *rest = (json.loads(line) for line in result.manifest.read_text().splitlines())
    del head["undo"]
    old = [{**head, "version": 1}, *({k: v for k, v in entry.items() if k != "why"} for entry in rest)]
    result.manifest.write_text("".join(json.dumps(entry) + "\n" for entry in old))
    undo(result.manifest, tmp_path / "c.jsonl")
    assert (tmp_path / "c.jsonl").read_bytes() == source.read_bytes()
    result.manifest.write_text(result.manifest.read_text().replace('"version": 1', '"version": 3'))
    with pytest.raises(DataError, match="no manifest"):
        undo(result.manifest, tmp_path / "d.jsonl")
