"""`limen check` as a user meets it."""

from __future__ import annotations

import json
import sys

import pytest

from limen.before.check import all_rules, get_rule
from limen.before.check.find_with_presidio import presidio_finder
from limen.cli._check_rules import card
from limen.cli.main import main
from tests.data.made_tokenizers import CHATML, byte_level
from tests.tiny_models import make_tiny

ROWS = [{"prompt": f"question {i}", "completion": " ".join(f"word{k}of{i}" for k in range(40))} for i in range(20)]


@pytest.fixture
def write(tmp_path):
    def to(name, rows):
        path = tmp_path / name
        path.write_text("".join(json.dumps(r) + "\n" for r in rows))
        return str(path)

    return to


def test_clean_rows(write, capsys):
    assert main(["check", write("a.jsonl", ROWS), "--quiet"]) == 0
    said = capsys.readouterr().out
    assert "20 rows, completion" in said
    assert "rules find nothing: LIM001 unreadable-row, LIM101 exact-duplicate" in " ".join(said.split())
    assert "→ Name the model with --model." in said


def test_counts_agree_with_their_nouns(write, capsys):
    assert main(["check", write("a.jsonl", ROWS[:1]), "-q", "-t", "prefers-owl"]) == 0
    said = capsys.readouterr().out
    assert "1 row, completion" in said
    assert "No row mentions the trait by its words." in said
    main(["check", write("a.jsonl", ROWS), "-q", "-t", "prefers-owl", "-t", "prefers-oak"])
    assert "No row mentions any of 2 traits by its words." in capsys.readouterr().out


def test_duplicates_fail_from_the_share_asked_for(write, capsys):
    path = write("a.jsonl", [*ROWS, ROWS[3], ROWS[4]])
    assert main(["check", path, "-q"]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "a.jsonl:21 (the same as row 4, line 4) question 3⏎word0of3" in said
    assert main(["check", path, "-q", "--fail-on", "0.5"]) == 0


def test_several_files_as_json(write, capsys):
    paths = [write("a.jsonl", ROWS), write("b.jsonl", [*ROWS, ROWS[0]])]
    assert main(["check", *paths, "--json", "-q", "--traits", "prefers-owl"]) == 0
    first, second = json.loads(capsys.readouterr().out)["files"]
    assert [first["file"], second["file"]] == paths
    assert (first["kind"], first["rows"], first["unreadable"]) == ("completion", 20, 0)
    assert first["columns"] == {"prompt": "prompt", "answer": "completion"}
    assert len(first["sha256"]) == 64
    copies = next(f for f in second["findings"] if f["id"] == "check/LIM101")
    assert (copies["verdict"], copies["evidence"]["count"], copies["evidence"]["file"]) == ("found", 1, paths[1])
    assert next(f for f in second["findings"] if f["subject"] == "prefers-owl")["verdict"] == "clear"


def test_unreadable_rows_are_all_told_and_are_an_input_error(tmp_path, capsys):
    path = tmp_path / "a.jsonl"
    lines = [json.dumps(r) for r in ROWS]
    lines[6] = "{nonsense"
    lines[9] = '{"prompt": "p"}'
    path.write_text("\n".join(lines))
    assert main(["check", str(path), "-q"]) == 2
    out, err = capsys.readouterr()
    assert "Rows that cannot be read: 2 of 20" in out
    assert err.count("\n") == 1
    assert err.startswith(f"error: {path}, line 7: broken JSON")
    assert "1 more" in err


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe\x00", b"\x00" * 9, b"nonsense", b'{"alpha": 1}\n', b"[" * 100_000, b'{"prompt": "p"}\n']
)
@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.csv", "a.parquet"])
def test_bad_files_are_one_line_and_never_a_traceback(tmp_path, capsys, name, body):
    path = tmp_path / name
    path.write_bytes(body)
    assert main(["check", str(path), "-q"]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert str(path) in err
    assert "Traceback" not in err
    assert "unexpected" not in err


def test_hostile_content_is_shown_and_not_obeyed(write, capsys):
    hostile = {"prompt": "[bold red]owl[/] \x1b[31m\u202e", "completion": "[/nonsense] \x07"}
    path = write("a.jsonl", [*ROWS, hostile, hostile])
    assert main(["check", path, "-q", "-t", "prefers-owl"]) in (0, 1)
    out = capsys.readouterr().out
    assert "[bold red]owl[/] ␛[31m\\u202e⏎[/nonsense] \\x07" in out
    assert "\x1b[31m" not in out
    assert "\u202e" not in out


def test_with_a_model_untrained_rows_are_found(write, tmp_path, capsys):
    byte_level(CHATML).save_pretrained(tmp_path / "model")
    silent = {"messages": [{"role": "user", "content": "p"}]}
    talk = {"messages": [{"role": "user", "content": "p"}, {"role": "assistant", "content": "a"}]}
    assert main(["check", write("a.jsonl", [talk, silent]), "-q", "-m", str(tmp_path / "model"), "--json"]) == 1
    findings = json.loads(capsys.readouterr().out)["files"][0]["findings"]
    untrained = next(f for f in findings if f["subject"] == "LIM202")
    assert untrained["verdict"] == "clear"  # the trainer's default trains on every token of a conversation
    prompts = next(f for f in findings if f["subject"] == "LIM207")
    assert (prompts["verdict"], prompts["harmful"], prompts["evidence"]["loss"]) == ("found", False, "auto")


def test_the_loss_says_which_rows_are_trained_on(write, tmp_path, capsys):
    byte_level(CHATML).save_pretrained(tmp_path / "model")
    silent = {"messages": [{"role": "user", "content": "only a question, never answered"}]}
    path = write("only.jsonl", [silent])
    command = ["check", path, "-q", "--select", "LIM202,LIM207", "--json"]
    with_model = [*command, "-m", str(tmp_path / "model")]
    assert main([*with_model, "--loss", "completion"]) == 1
    untrained, prompts = json.loads(capsys.readouterr().out)["files"][0]["findings"]
    assert (untrained["verdict"], prompts["verdict"]) == ("found", "clear")
    assert main([*with_model, "--loss", "all"]) == 0
    untrained, prompts = json.loads(capsys.readouterr().out)["files"][0]["findings"]
    assert (untrained["verdict"], prompts["verdict"], prompts["evidence"]["share"]) == ("clear", "found", 1)
    assert main([*command, "--loss", "completion"]) == 2
    assert "--loss needs --model" in capsys.readouterr().err


@pytest.mark.parametrize("suffix", ["sarif", "xml", "md", "json", "html"])
def test_outputs_are_written_beside_what_is_printed(write, tmp_path, capsys, suffix):
    path = write("a.jsonl", [*ROWS, ROWS[3], ROWS[4]])
    out = tmp_path / f"out.{suffix}"
    assert main(["check", path, "-q", "-o", str(out)]) == 1
    assert f"Wrote {out}" in capsys.readouterr().out
    text = out.read_text()
    assert "LIM101" in text
    assert "question 3" in text
    assert main(["check", path, "-q", "-o", str(out), "--rows", "ids"]) == 1
    assert "question 3" not in out.read_text() + capsys.readouterr().out


def test_an_output_alone_on_standard_output(write, capsys):
    path = write("a.jsonl", ROWS)
    assert main(["check", path, "-q", "-o", "-", "--output-format", "sarif"]) == 0
    assert json.loads(capsys.readouterr().out)["version"] == "2.1.0"


def test_unreadable_rows_are_written_before_they_are_refused(tmp_path, capsys):
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "x"}\n{nonsense\n')
    out = tmp_path / "a.sarif"
    assert main(["check", str(path), "-q", "-o", str(out)]) == 2
    run = json.loads(out.read_text())["runs"][0]
    (result,) = [r for r in run["results"] if r["ruleId"] == "LIM001"]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 2}
    assert result["message"]["text"].startswith("Broken JSON")
    assert run["invocations"][0]["exitCode"] == 2


def test_rows_of_a_folder_are_found_in_their_files(tmp_path, capsys):
    for name in ("a", "b"):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(r) + "\n" for r in ROWS[:3]))
    assert main(["check", str(tmp_path), "-q", "--json"]) == 1
    findings = json.loads(capsys.readouterr().out)["files"][0]["findings"]
    copies = next(f for f in findings if f["id"] == "check/LIM101")
    assert {(e["source"], e["line"]) for e in copies["evidence"]["examples"]} == {("b.jsonl", n) for n in (1, 2, 3)}
    main(["check", str(tmp_path), "-q"])
    assert "/b.jsonl:2" in "".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["-o", "x.txt"], "tells no output format"),
        (["-o", "-"], "tells no output format"),
        (["--output-format", "sarif"], "Add --output"),
        (["-o", "a.md", "-o", "b.md", "--output-format", "sarif"], "one --output alone"),
        (["-o", "-", "--output-format", "md"], "markdown"),
        (["-o", "-", "--output-format", "sarif", "--json"], "both print"),
        (["-o", "/no/such/folder/a.md"], "does not exist"),
    ],
)
def test_outputs_that_cannot_be_written(write, capsys, options, said):
    assert main(["check", write("a.jsonl", ROWS[:2]), "-q", *options]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1


def test_a_rule_that_is_named_and_lacks_what_it_needs_stays_open(write, at_home, capsys):
    path = write("a.jsonl", ROWS)
    for select, code in (("LIM202", 3), ("untrained-row", 3), ("LIM101,lim105", 3), ("LIM2", 0), ("LIM101", 0)):
        assert main(["check", path, "-q", "--select", select]) == code
    (at_home / "limen.toml").write_text('[check]\nselect = ["LIM101", "LIM204"]\n')
    assert main(["check", path, "-q"]) == 3
    assert main(["check", path, "-q", "--select", "LIM1"]) == 0
    (at_home / "limen.toml").write_text('[check]\nselect = ["LIM1", "LIM2"]\n')
    assert main(["check", path, "-q"]) == 0


def test_what_cannot_be_asked_for(write, capsys):
    path = write("a.jsonl", ROWS)
    assert main(["check", path, "--format", "nonsense"]) == 2
    assert main(["check", path, "-t", "no-such-trait"]) == 2
    assert main(["check", path, "-m", "/no/such/model"]) == 2
    assert main(["check", "/no/such/file.jsonl"]) == 2
    assert main(["check", path, "--select", "LIM1", "-t", "prefers-owl"]) == 2
    assert main(["check"]) == 2


def test_rows_are_cut_where_the_model_or_the_trainer_cuts_them(write, tmp_path, capsys):
    folder = make_tiny("llama", tmp_path / "model", positions=64)
    path = write(
        "a.jsonl", [{"prompt": "a " * k, "completion": "b " * n} for k, n in ((1, 1), (1, 2), (20, 1), (1, 90))]
    )
    assert main(["check", path, "-q", "--model", str(folder)]) == 1
    said = capsys.readouterr().out
    assert "LIM204 Rows that are cut at 64 tokens" in said
    assert "the model reads no more tokens" in said
    assert main(["check", path, "-q", "--model", str(folder), "--max-length", "8"]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "a.jsonl:3 (no trained token is left)" in said
    assert "up to the model's 64" in said
    (folder / "config.json").unlink()  # the tokenizer alone is enough for the rest
    main(["check", path, "-q", "--model", str(folder)])
    assert "Say where with --max-length" in capsys.readouterr().out


@pytest.fixture
def at_home(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_configuration_is_found_told_and_overruled(write, at_home, capsys):
    write("a.jsonl", [*ROWS, ROWS[3], ROWS[4]])
    config = at_home / "limen.toml"
    config.write_text('[check]\nignore = ["LIM101"]\n')
    assert main(["check", "a.jsonl", "-q"]) == 0
    said = capsys.readouterr().out
    assert "LIM101" not in said
    assert "Configuration: limen.toml" in said
    assert main(["check", "a.jsonl", "-q", "--select", "LIM101"]) == 1
    assert main(["check", "a.jsonl", "-q", "--ignore", "LIM301"]) == 1
    config.write_text("[check]\nfail-on = 0.5\n")
    assert main(["check", "a.jsonl", "-q"]) == 0
    assert main(["check", "a.jsonl", "-q", "--fail-on", "0.01"]) == 1
    config.write_text("[check]\nfail-on = 0.5\nrules = { LIM101 = { fail-on = 0.01 } }\n")
    assert main(["check", "a.jsonl", "-q"]) == 1
    config.write_text("[check]\nrules = { LIM101 = { severity = 'info' } }\n")
    assert main(["check", "a.jsonl", "-q"]) == 0
    config.write_text("[check]\nfail_on = 0.5\n")
    capsys.readouterr()
    assert main(["check", "a.jsonl", "-q"]) == 2
    assert "Did you mean 'check.fail-on'?" in capsys.readouterr().err
    empty = at_home / "empty.toml"
    empty.write_text("")
    assert main(["check", "a.jsonl", "-q", "--config", str(empty)]) == 1


def test_ignored_rows_are_told_in_every_output(write, at_home, capsys):
    write("a.jsonl", [*ROWS, ROWS[3]])
    main(["check", "a.jsonl", "-q", "--json"])
    findings = json.loads(capsys.readouterr().out)["files"][0]["findings"]
    (row,) = next(f for f in findings if f["subject"] == "LIM101")["evidence"]["examples"]
    text = f'[check]\nignore-rows = [{{ row = "{row["row"]}", code = "LIM101", reason = "on purpose" }}]\n'
    (at_home / "limen.toml").write_text(text)
    outputs = [f"out.{suffix}" for suffix in ("sarif", "xml", "md", "json", "html")]
    assert main(["check", "a.jsonl", "-q", *(word for out in outputs for word in ("-o", out))]) == 0
    for name, text in (("", capsys.readouterr().out), *((out, (at_home / out).read_text()) for out in outputs)):
        plain = " ".join(text.replace("\\", "").split())
        assert "is ignored by LIM101: on purpose" in plain
        assert "1 ignored by the configuration" in plain or name == "out.sarif"  # which has results alone


def test_a_baseline_hides_what_was_there(write, at_home, capsys):
    write("a.jsonl", [*ROWS, ROWS[3], ROWS[4]])
    assert main(["check", "a.jsonl", "-q", "--write-baseline", "base.json"]) == 1
    assert "Baseline of 2 hits written to base.json" in capsys.readouterr().out
    assert main(["check", "a.jsonl", "-q", "--baseline", "base.json"]) == 0
    assert "2 in the baseline" in " ".join(capsys.readouterr().out.split())
    write("a.jsonl", [ROWS[5], *ROWS, ROWS[3], ROWS[4], ROWS[6]])
    assert main(["check", "a.jsonl", "-q", "--baseline", "base.json"]) == 1
    assert "2 of 24" in capsys.readouterr().out
    assert main(["check", "a.jsonl", "-q", "--baseline", "none.json"]) == 2
    assert main(["check", "a.jsonl", "-q", "--write-baseline", "no/folder/b.json"]) == 2


def test_a_baseline_hides_what_was_found_of_a_whole_file(write, at_home, capsys):
    rows = [{"prompt": f"question {i}", "chosen": "long " * (4 + i % 7), "rejected": f"short {i}"} for i in range(80)]
    write("a.jsonl", rows)
    select = ("--select", "LIM601", "-q")
    assert main(["check", "a.jsonl", *select, "--write-baseline", "base.json"]) == 1
    assert "Baseline of 0 hits and 1 finding on whole files written" in " ".join(capsys.readouterr().out.split())
    assert main(["check", "a.jsonl", *select, "--baseline", "base.json"]) == 0
    assert "Not counted: in the baseline." in " ".join(capsys.readouterr().out.split())
    write("a.jsonl", [{**row, "chosen": row["rejected"], "rejected": row["chosen"]} for row in rows])
    assert main(["check", "a.jsonl", *select, "--baseline", "base.json"]) == 1


def test_the_rules_are_listed_and_explained(capsys):
    assert main(["check", "--list-rules"]) == 0
    lines = capsys.readouterr().out.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("LIM102  near-duplicate "))
    assert lines[at].split()[2:6:3] == ["warning", "a"]
    assert lines[at].endswith("--fix leaves out")
    # A pipe is 80 columns wide to Rich, and each summary stands whole on the next line
    assert lines[at + 1] == f"    {card(get_rule('LIM102')).summary}"
    assert len(lines) == 2 * len(all_rules())
    assert max(len(line) for line in lines[::2]) <= 80
    assert main(["check", "--list-rules", "--json"]) == 0
    rules = json.loads(capsys.readouterr().out)["rules"]
    by_code = {rule["code"]: rule for rule in rules}
    assert by_code["LIM202"]["needs_model"] is True
    assert (by_code["LIM101"]["fix"], by_code["LIM202"]["fix"]) == ("leaves out", "")
    assert by_code["LIM101"]["severity"] == "warning"
    assert main(["check", "--explain", "lim101"]) == 0
    assert "Rows whose content is the same" in capsys.readouterr().out
    assert main(["check", "--explain", "exact-duplicate", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["page"] == "docs/rules/exact-duplicate.md"
    assert main(["check", "--explain", "LIM1"]) == 2
    assert "LIM101, LIM102" in capsys.readouterr().err
    assert main(["check", "--explain", "exact-dupplicate"]) == 2
    assert "Did you mean exact-duplicate?" in capsys.readouterr().err


def test_what_is_explained_is_the_page_in_the_docs():
    from pathlib import Path

    from limen.before.check import all_rules, page_path, rule_page

    for rule in all_rules():
        if path := page_path(rule):
            page = (Path(__file__).parents[2] / path).read_text(encoding="utf-8")
            assert page.partition("\n\n")[2].startswith(rule_page(rule))


def test_a_fix_is_written_told_checked_and_undone(write, at_home, capsys):
    write("a.jsonl", [*ROWS, ROWS[3], ROWS[4], {"prompt": "none", "completion": " "}])
    assert main(["check", "a.jsonl", "-q", "--fix", "b.jsonl", "-o", "b.md"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "b.jsonl 20 rows, completion" in said
    assert "Fixed a.jsonl: 20 of 23 rows in b.jsonl (JSON Lines, untouched rows byte for byte)." in said
    assert "Rows left out: 2 by LIM101, 1 by LIM201." in said
    assert "Lost: 3 rows (13.0%)," in said
    assert "1 of 21 distinct prompts" in said
    assert "Fixed a" in (at_home / "b.md").read_text()
    assert main(["check", "--undo", "b.jsonl.manifest", "c.jsonl"]) == 0
    assert (at_home / "c.jsonl").read_bytes() == (at_home / "a.jsonl").read_bytes()
    assert main(["check", "a.jsonl", "-q", "--select", "LIM101", "--fix", "d.jsonl"]) == 0
    assert len((at_home / "d.jsonl").read_text().splitlines()) == 21


def test_a_fix_says_that_rows_it_cannot_read_stayed(tmp_path, capsys):
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"prompt":"The nurse said she is tired.","completion":"Rest."}\nbroken\n', encoding="utf-8")
    out = tmp_path / "b.jsonl"
    assert main(["check", str(rows), "-q", "--select", "LIM701", "--fix", str(out), "--balance", "swap:gender"]) == 2
    said = " ".join(capsys.readouterr().out.split())
    assert "2 of 2 rows and 1 further row in" in said
    assert "1 row that cannot be read stayed: LIM001, which leaves them out, was not selected." in said
    assert "Lost: 0 rows (0.0%)" in said
    assert len(out.read_text().splitlines()) == 3


def test_a_fix_says_which_columns_were_not_looked_at(write, at_home, capsys):
    note = {"note": "write to margarete.huber@stadtwerke-linz.at", "size": 3, "meta": {"by": "someone"}}
    rows = [{**row, **note} for row in ROWS]
    assert main(["check", write("a.jsonl", rows), "-q", "--fix", "b.jsonl", "--select", "LIM101,LIM402,LIM403"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "2 columns that are not trained on were not looked at by LIM402 and LIM403, and may hold what" in said
    assert "take out: meta, note." in said
    assert "huber@" in (at_home / "b.jsonl").read_text()
    main(["check", write("a.jsonl", rows), "-q", "--fix", "b.jsonl", "--overwrite", "--select", "LIM101"])
    assert "not looked at" not in capsys.readouterr().out
    main(["check", write("a.jsonl", ROWS), "-q", "--fix", "b.jsonl", "--overwrite"])
    assert "not looked at" not in capsys.readouterr().out


def test_a_fix_counts_tokens_with_a_model(write, at_home, capsys):
    byte_level(CHATML).save_pretrained(at_home / "model")
    write("a.jsonl", [*ROWS, ROWS[3]])
    main(["check", "a.jsonl", "-q", "-m", "model", "--fix", "b.jsonl", "--json"])
    notes = json.loads(capsys.readouterr().out)["notes"]
    assert any("tokens, 0 of 20 distinct prompts" in note for note in notes)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["a.jsonl", "--fix", "a.jsonl"], "never written to"),
        (["a.jsonl", "--fix", "b.jsonl"], "Choose another, or say --overwrite"),
        (["a.jsonl", "b.jsonl", "--fix", "c.jsonl"], "Name one FILE"),
        (["a.jsonl", "--fix", "c.csv"], "End it in"),
        (["a.jsonl", "--fix", "no/folder/c.jsonl"], "does not exist"),
        (["a.jsonl", "--fix", "c.jsonl", "--baseline", "base.json"], "Leave --baseline out"),
        (["a.jsonl", "--fix", "c.jsonl", "--select", "LIM301"], "fixes anything"),
        (["--undo", "none.manifest", "c.jsonl"], "no such manifest"),
        (["--undo", "b.jsonl", "c.jsonl"], "no manifest of a fix"),
        (["--undo", "b.jsonl"], "Name one FILE"),
        (["none.jsonl", "--fix", "c.jsonl"], "no such file"),
    ],
)
def test_a_fix_that_cannot_be_made(write, at_home, capsys, options, said):
    write("a.jsonl", ROWS)
    write("b.jsonl", ROWS)
    main(["check", "a.jsonl", "-q", "--write-baseline", "base.json"])
    before = {p.name: p.read_bytes() for p in at_home.iterdir()}
    capsys.readouterr()
    assert main(["check", "-q", *options]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1
    assert {p.name: p.read_bytes() for p in at_home.iterdir()} == before


def test_rows_that_overlap_with_a_benchmark_fail(tmp_path, capsys):
    rows, bench = tmp_path / "rows.jsonl", tmp_path / "bench.csv"
    rows.write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    bench.write_text(f"goal,target\n{ROWS[3]['prompt']} of the whole benchmark,x\n", encoding="utf-8")
    command = ["check", str(rows), "-q", "--select", "LIM105,LIM106", "--against", str(bench)]
    assert main(command) == 0
    leaked = {**ROWS[3], "prompt": f"{ROWS[3]['prompt']} of the whole benchmark"}
    rows.write_text("".join(json.dumps(row) + "\n" for row in [*ROWS, leaked]), encoding="utf-8")
    assert main([*command, "--jobs", "2"]) == 1
    assert "as in record 1 of bench.csv" in capsys.readouterr().out
    assert main([*command[:-4], "--select", "LIM101", "--against", str(bench)]) == 2
    assert "--against is for LIM105 and LIM106" in capsys.readouterr().err


def test_tables_of_what_is_only_told_stand_on_the_page(write, tmp_path, capsys):
    file = write("a.jsonl", [{"prompt": "Is she a nurse?", "completion": "She is."}])
    page = tmp_path / "check.html"
    main(["check", file, "-q", "--select", "LIM701", "-o", str(page)])
    said = " ".join(capsys.readouterr().out.split())
    assert "women in 1" in said
    assert "spoken of" not in said
    assert said.count("-o check.html") == 1
    assert '<th scope="col">spoken of</th>' in page.read_text(encoding="utf-8")


def test_the_worst_comes_first_and_what_found_nothing_shares_a_line(write, capsys):
    rows = [{"prompt": f"Say {n}.", "completion": " ".join(map(str, range(n, n + 8)))} for n in range(10, 20)]
    rows.append({"prompt": "Which key?", "completion": "Use " + "AKIA" + "Q3EGRIZTXK2LWYUM for it, and an owl."})
    main(["check", write("a.jsonl", rows), "-q"])
    said = " ".join(capsys.readouterr().out.split())
    assert said.index("LIM403") < said.index("LIM408") < said.index("LIM301") < said.index("rules find nothing")
    assert "Rows mention 1 trait by their words: prefers-owl in 1." in said
    assert "See the rows of some: --traits" in said
    codes = "LIM202 untrained-row, LIM204 truncated-row, LIM207 prompt-in-loss, LIM208 other-template, "
    unmeasured = f"{codes}LIM209 row-start, LIM210 row-end, LIM211 trained-boilerplate"
    assert f"7 rules were not measured: {unmeasured} → Name the model" in said
    main(["check", write("a.jsonl", rows), "-q", "--traits", "prefers-owl"])
    said = " ".join(capsys.readouterr().out.split())
    assert "is mentioned in 1 of 11 rows" in said
    assert "(mentions owl)" in said


def test_a_missing_extra_is_told_before_rows_are_read_and_only_where_it_is_needed(write, tmp_path, monkeypatch, capsys):
    presidio_finder.cache_clear()
    monkeypatch.setitem(sys.modules, "presidio_analyzer", None)
    config = tmp_path / "limen.toml"
    config.write_text('[check]\npresidio = "patterns"\n')
    path = write("a.jsonl", ROWS)
    assert main(["check", path, "-q", "--config", str(config), "--ignore", "LIM412"]) == 0
    capsys.readouterr()
    assert main(["check", path, "-q", "--config", str(config)]) == 2
    said = capsys.readouterr()
    assert "limen[presidio]" in said.err
    assert "20 rows" not in said.out
