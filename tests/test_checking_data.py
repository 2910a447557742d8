"""The guide to checking data and the pre-commit hook say what is true."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from limen.before.check import load_config
from limen.cli.main import main
from tests.test_docs import wrong_with

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "docs/checking-data.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


def test_the_configuration_in_the_guide_is_understood(tmp_path: Path) -> None:
    (text,) = blocks("toml")
    path = tmp_path / "limen.toml"
    path.write_text(text)
    config = load_config(path)
    assert (config.fail_on, config.rules["LIM201"].fail_on, len(config.ignore_rows)) == (0.01, 0.0, 1)


def test_the_rule_in_the_guide_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from limen.before.check import check_rows, registry
    from limen.before.check.fix import fix_file
    from limen.data import read_rows

    monkeypatch.setattr(registry, "_RULES", dict(registry._RULES))
    (text,) = blocks("python")
    made: dict[str, Any] = {}
    exec(text, made)
    (finding,) = check_rows(read_rows([{"text": "LOUD"}, {"text": "low"}]), rules=[made["Shouting"]]).findings
    assert finding.title == "Rows in capitals: 1 of 2 (50.0%)."
    assert finding.evidence["examples"][0]["text_span"] == [0, 4]
    (tmp_path / "a.txt").write_text("LOUD\nlow\n")
    fix_file(str(tmp_path / "a.txt"), tmp_path / "b.txt", rules=[made["Shouting"]])
    assert (tmp_path / "b.txt").read_text() == "low\n"


def hooks() -> list[dict[str, object]]:
    own = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    in_guide = [yaml.safe_load(text) for text in blocks("yaml") if text.startswith("repos")]
    return [*own, *(hook for one in in_guide for repo in one["repos"] for hook in repo["hooks"])]


def test_hooks_are_whole_and_their_commands_can_be_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own, published, local = hooks()
    assert {"id", "name", "entry", "language", "files"} <= own.keys()
    assert published["id"] == own["id"]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data/a.jsonl").write_text('{"text": "one two"}\n{"text": "one two"}\n')
    assert main(["check", "data/a.jsonl", "-q", "--write-baseline", "data/baseline.json"]) == 1
    for entry, code in (
        (str(own["entry"]), 1),
        (str(local["entry"]), 1),
        (shlex.join([*shlex.split(str(own["entry"])), *published["args"]]), 0),  # type: ignore[misc]
    ):
        words = shlex.split(entry)
        assert not wrong_with(words)
        assert main([*words[1:], "data/a.jsonl"]) == code
    for one in (own, published, local):
        assert re.search(str(one["files"]), "data/a.jsonl")
        assert not re.search(str(one["files"]), "package.json")


def test_the_job_in_the_guide_runs_and_uploads_what_it_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (job,) = [yaml.safe_load(text) for text in blocks("yaml") if text.startswith("name")]
    steps = job["jobs"]["check"]["steps"]
    (line,) = [step["run"] for step in steps if step.get("run", "").startswith("limen")]
    words = shlex.split(line)
    assert not wrong_with(words)
    (upload,) = [step for step in steps if "upload-sarif" in step.get("uses", "")]
    assert upload["with"]["sarif_file"] in words
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data/a.jsonl").write_text('{"text": "one two"}\n{"text": "three four"}\n')
    main(["check", "data/a.jsonl", "-q", "--write-baseline", "data/baseline.json"])
    assert main([w.replace("*", "a") for w in words[1:]]) == 0
    assert json.loads((tmp_path / "limen.sarif").read_text())["version"] == "2.1.0"
    assert (tmp_path / "limen.md").is_file()


def test_how_often_it_was_right_is_what_the_labels_say() -> None:
    read: dict[str, list[tuple[str, bool]]] = {}
    for path in sorted((ROOT / "tests/before/check/labels").glob("LIM*.jsonl")):
        if path.stem == "LIM412":  # off by default
            continue
        for one in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            if one["hit"]:
                read.setdefault(one["file"].rpartition("/")[2], []).append((path.stem, one["right"]))
    told = re.findall(r"^\| `([^`]+)` \| (\d+) \| (\d+) \| (\d+) \| ?(.*?) ?\|$", GUIDE, re.MULTILINE)
    assert {name for name, *_ in told} == read.keys()
    for name, rules, seen, right, wrong in told:
        hits = read[name]
        assert (int(rules), int(seen)) == (len({rule for rule, _ in hits}), len(hits))
        assert int(right) == sum(ok for _, ok in hits)
        counts = {rule: int(n) for rule, n in re.findall(r"(LIM\d+) (\d+)", wrong)}
        assert counts == {r: n for r in {rule for rule, _ in hits} if (n := hits.count((r, False)))}
