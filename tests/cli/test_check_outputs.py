"""What a check writes is never what it reads, and is there only once it is whole."""

from __future__ import annotations

import json
import os

import pytest

from limen.cli import _check_outputs
from limen.cli.main import main

ROWS = [{"prompt": f"question {i}", "completion": " ".join(f"word{k}of{i}" for k in range(40))} for i in range(6)]


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("rows.json", "other.json"):
        (tmp_path / name).write_text(json.dumps(ROWS))
    (tmp_path / "limen.toml").write_text("[check]\nfail-on = 0.5\n")
    os.symlink("rows.json", tmp_path / "link.json")
    os.link(tmp_path / "rows.json", tmp_path / "hard.json")
    assert main(["check", "rows.json", "-q", "--write-baseline", "known.json"]) == 0
    return tmp_path


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["-o", "rows.json"], "never written to"),
        (["-o", "link.json"], "never written to"),
        (["-o", "hard.json"], "never written to"),
        (["-o", "limen.toml", "--output-format", "json"], "never written to"),
        (["-o", "other.json", "--against", "other.json"], "never written to"),
        (["-o", "known.json", "--baseline", "known.json"], "never written to"),
        (["--write-baseline", "hard.json"], "never written to"),
        (["--write-baseline", "other.json", "--against", "other.json"], "never written to"),
        (["--write-baseline", "known.json", "--baseline", "known.json"], "never written to"),
        (["--write-baseline", "limen.toml"], "never written to"),
        (["-o", "a.json", "-o", "./a.json"], "--output twice would write to the same file"),
        (["-o", "a.json", "--write-baseline", "a.json"], "--write-baseline and --output would write to the same file"),
        (["-o", "out.json", "--fix", "out.json"], "--fix and --output would write to the same file"),
        (["--write-baseline", "out.json.manifest", "--fix", "out.json"], "the manifest of --fix"),
        (["--fix", "other.json", "--overwrite", "--against", "other.json"], "never written to"),
        (["--fix", "known.json", "--overwrite", "--write-baseline", "hard.json"], "never written to"),
    ],
)
def test_nothing_that_is_read_is_written_to(here, capsys, options, said):
    before = {path.name: path.read_bytes() for path in here.iterdir()}
    capsys.readouterr()
    assert main(["check", "rows.json", *options]) == 2
    printed = capsys.readouterr()
    assert said in printed.err
    assert ("Write to another file." in printed.err) == ("never" in said)
    assert not printed.out
    assert {path.name: path.read_bytes() for path in here.iterdir()} == before


def test_a_report_in_a_folder_that_is_read_ends_as_no_data_does(here, capsys):
    (here / "data").mkdir()
    (here / "data" / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    assert main(["check", "data", "-q", "-o", "data/found.json"]) == 2
    assert "which is read, and it is never written to. Write to another folder." in " ".join(
        capsys.readouterr().err.split()
    )
    assert main(["check", "data", "-q", "-o", "data/a.jsonl", "--output-format", "json"]) == 2
    for _ in range(2):
        assert main(["check", "data", "-q", "-o", "data/found.html"]) == 0


def test_an_earlier_report_is_replaced_only_by_a_whole_one(here, monkeypatch, capsys):
    report = here / "found.md"
    report.write_text("the earlier report")
    report.chmod(0o600)
    os.symlink("found.md", here / "latest.md")
    with monkeypatch.context() as broken:
        broken.setattr(_check_outputs, "check_renderer_for", lambda path: lambda checked: "half of it\ud800")
        assert main(["check", "rows.json", "-q", "-o", "found.md"]) != 0
    assert report.read_text() == "the earlier report"
    assert main(["check", "rows.json", "-q", "-o", "latest.md"]) == 0
    assert report.read_text().startswith("# Limen check")
    assert (here / "latest.md").is_symlink()
    assert report.stat().st_mode & 0o777 == 0o600
    assert not [path for path in here.iterdir() if path.name.endswith(".part")]


def test_a_pipe_is_written_to_as_it_is(here, capsys):
    assert main(["check", "rows.json", "-q", "-o", "/dev/null", "--output-format", "json"]) == 0
    assert not os.path.isfile("/dev/null")


@pytest.mark.parametrize("command", ["measure", "diff"])
def test_recorded_answers_are_not_written_over(here, capsys, command):
    recorded = here / "answers.csv"
    recorded.write_text("arm,prompt,outcome\nbase,p,1\ntuned,p,0\n")
    assert main([command, "--from", "answers.csv", "--json", "answers.csv"]) == 2
    assert "answers.csv: this is the file that is read" in capsys.readouterr().err
    assert recorded.read_text().startswith("arm,")
