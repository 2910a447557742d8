"""`limen check` of a file whose columns are named in no way that formats know."""

from __future__ import annotations

import json

from limen.cli.main import main

MEANT = ["--format", "prompt=goal,completion=reply"]
ROWS = [{"goal": f"What is {i}?", "reply": f"It is {i}.", "n": i} for i in range(4)]


def test_a_file_is_checked_and_mended_by_its_own_columns(tmp_path, capsys):
    rows = [*ROWS, ROWS[0], {"goal": "Mail?", "reply": "Ask jo\u200bhn.", "n": 5}]
    file, out = tmp_path / "rows.jsonl", tmp_path / "out.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert main(["check", str(file), *MEANT, "--fix", str(out), "-q"]) in (0, 1)
    mended = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert mended == [*ROWS, {**rows[5], "reply": "Ask john."}]
    back = tmp_path / "back.jsonl"
    assert main(["check", str(back), "--undo", f"{out}.manifest", "-q"]) == 0
    assert back.read_bytes() == file.read_bytes()


def test_processes_that_share_the_rules_read_the_same_columns(tmp_path, capsys):
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in ROWS * 2), encoding="utf-8")
    said = []
    for jobs in ("1", "2"):
        main(["check", str(file), *MEANT, "--jobs", jobs, "--json"])
        said.append(json.loads(capsys.readouterr().out))
    assert said[0]["files"][0]["findings"] == said[1]["files"][0]["findings"]
    assert any(one["evidence"]["code"] == "LIM101" for one in said[0]["files"][0]["findings"])


def test_a_file_that_is_not_recognised_says_how_to_name_its_columns(tmp_path, capsys):
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps(ROWS[0]) + "\n", encoding="utf-8")
    assert main(["check", str(file), "-q"]) == 2
    assert "--format prompt=question,completion=reply" in capsys.readouterr().err
