from __future__ import annotations

import dataclasses
import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import limen.ledger.ledger as ledger_module
from limen.core import LedgerError, Reading, Verdict
from limen.ledger import Ledger, LeftOut, PlanStep, Status, key_hash

CONFIG = {"base": "/home/somebody/models/tiny", "data": "rows.jsonl", "seed": 3, "budget": 30}


def test_what_is_written_is_read(tmp_path, finding, readings, data):
    with Ledger.create(tmp_path / "audit", "audit", CONFIG, inputs=[data]) as ledger:
        ledger.set_plan([PlanStep(name="twins", passes=2, trainings=8, seconds=60, memory_bytes=1 << 30)])
        ledger.add_left_out([LeftOut(what="diff", why="no tuned model", remedy="Pass --tuned.")])
        ledger.add_note("Rows come from people.")
        ledger.add_duration("twins", 1.5)
        ledger.add_duration("twins", 0.25)
        ledger.add_findings([finding])
        ledger.add_readings(readings)
    record = Ledger.open(tmp_path / "audit").record()
    assert record.model_dump() == ledger.record().model_dump()
    assert record.status is Status.DONE
    assert record.finished is not None
    assert record.findings == (finding,)
    assert record.config == CONFIG
    assert record.inputs == (data,)
    assert record.durations == {"twins": 1.75}
    assert record.plan[0].trainings == 8
    assert record.left_out[0].remedy == "Pass --tuned."
    assert record.environment.packages["numpy"]
    assert Ledger.open(tmp_path / "audit").readings() == readings


def test_the_record_names_no_host_and_no_user(tmp_path):
    import getpass
    import platform

    Ledger.create(tmp_path / "audit", "audit", {"data": "rows.jsonl"})
    text = (tmp_path / "audit" / "audit.json").read_text()
    values = json.loads(text)
    assert str(tmp_path) not in text
    assert platform.node() not in json.dumps(values["environment"])
    assert getpass.getuser() not in json.dumps(values["environment"])


def test_a_later_finding_of_one_id_takes_the_place(tmp_path, finding):
    ledger = Ledger.create(tmp_path, "audit", {})
    other = dataclasses.replace(finding, id="other")
    ledger.add_findings([finding, other])
    ledger.add_findings([dataclasses.replace(finding, verdict=Verdict.CLEAR)])
    for one in (ledger, Ledger.open(tmp_path)):
        assert [(f.id, f.verdict) for f in one.findings()] == [
            (finding.id, Verdict.CLEAR),
            ("other", Verdict.FOUND),
        ]


def test_findings_are_one_json_line_each(tmp_path, finding):
    Ledger.create(tmp_path, "audit", {}).add_findings([finding])
    lines = (tmp_path / "findings.jsonl").read_bytes().split(b"\n")
    assert lines[-1] == b""
    assert len(lines) == 2
    assert b"NaN" not in lines[0].replace(b'"NaN"', b"")
    json.loads(lines[0], parse_constant=lambda name: pytest.fail(name))


def test_an_interrupted_audit_resumes_where_it_stopped(tmp_path, readings, finding):
    key = key_hash(model="abc", seed=3)

    def run(stop: bool) -> int:
        worked = 0
        with Ledger.create(tmp_path, "audit", CONFIG) as ledger:
            if ledger.stage("read/base", key) is None:
                worked += 1
                ledger.add_readings(readings, stage="read/base")
                ledger.save_stage("read/base", key, {"mean": 0.5})
            ledger.add_findings([finding])
            if stop:
                raise KeyboardInterrupt
            if ledger.stage("read/tuned", key) is None:
                worked += 1
                ledger.add_readings(readings[:2], stage="read/tuned")
                ledger.save_stage("read/tuned", key, [1, 2])
        return worked

    with pytest.raises(KeyboardInterrupt):
        run(stop=True)
    stopped = Ledger.open(tmp_path)
    assert stopped.record().status is Status.INTERRUPTED
    assert stopped.readings() == readings
    assert stopped.findings() == [finding]
    assert run(stop=False) == 1
    assert Ledger.open(tmp_path).stage("read/base", key) == {"mean": 0.5}
    assert len(Ledger.open(tmp_path).readings()) == len(readings) + 2
    assert Ledger.open(tmp_path).record().status is Status.DONE
    assert run(stop=False) == 0


def test_a_killed_audit_keeps_what_it_had(tmp_path, monkeypatch):
    # The sources may be edited while the test runs; the audit's code is taken to stay the same.
    monkeypatch.setattr(ledger_module, "code_hash", lambda: "0" * 64)
    script = (
        "import os, sys\n"
        "import limen.ledger.ledger as module\n"
        "module.code_hash = lambda: '0' * 64\n"
        "from limen.core import Reading\n"
        "from limen.ledger import Ledger\n"
        "l = Ledger.create(sys.argv[1], 'audit', {})\n"
        "l.add_readings([Reading('t', 'p', 'f', 'base', 0.5)], stage='a')\n"
        "l.save_stage('a', 'k', 1)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    source = Path(ledger_module.__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], env={**os.environ, "PYTHONPATH": str(source)})
    assert done.returncode == -9
    ledger = Ledger.create(tmp_path, "audit", {})
    assert ledger.stage("a", "k") == 1
    assert ledger.readings() == [Reading("t", "p", "f", "base", 0.5)]


def test_a_stage_of_another_key_is_not_reused(tmp_path, readings):
    ledger = Ledger.create(tmp_path, "audit", {})
    ledger.add_readings(readings, stage="a/b")
    ledger.add_readings(readings[:1], stage="a-b")
    ledger.save_stage("a/b", "k1", 7)
    assert ledger.stage("a/b", "k1") == 7
    assert ledger.stage("a/b", "k2") is None
    assert ledger.readings() == readings[:1]  # the stale ones are gone, the other stage's are not


def test_a_stage_of_other_code_is_not_reused(tmp_path, monkeypatch):
    Ledger.create(tmp_path, "audit", {}).save_stage("a", "k", 7)
    monkeypatch.setattr(ledger_module, "code_hash", lambda: "f" * 64)
    ledger = Ledger.create(tmp_path, "audit", {})
    assert ledger.stage("a", "k") is None
    assert "other code" in ledger.record().notes[0]


def test_a_repeated_stage_counts_once(tmp_path, readings):
    ledger = Ledger.create(tmp_path, "audit", {})
    ledger.add_readings(readings, stage="a")
    ledger.add_readings(readings[:3], stage="a")
    ledger.add_readings(readings[3:4])
    ledger.add_readings(readings[4:5])
    assert len(ledger.readings()) == 5


def test_a_stage_without_a_result_is_refused(tmp_path):
    with pytest.raises(ValueError, match="None"):
        Ledger.create(tmp_path, "audit", {}).save_stage("a", "k", None)


def test_another_audit_is_not_overwritten(tmp_path):
    Ledger.create(tmp_path, "audit", CONFIG)
    with pytest.raises(LedgerError, match="differs from this one: in data, seed"):
        Ledger.create(tmp_path, "audit", {**CONFIG, "data": "other.jsonl", "seed": 4})
    with pytest.raises(LedgerError, match="made by `audit`"):
        Ledger.create(tmp_path, "diff", CONFIG)


def test_a_larger_budget_resumes(tmp_path):
    Ledger.create(tmp_path, "audit", CONFIG).save_stage("a", "k", 7)
    ledger = Ledger.create(tmp_path, "audit", {**CONFIG, "budget": 90})
    assert ledger.stage("a", "k") == 7
    assert ledger.record().config["budget"] == 90


def test_beginning_anew_deletes_only_the_audits_own(tmp_path, finding, readings):
    ledger = Ledger.create(tmp_path, "audit", CONFIG)
    ledger.add_findings([finding])
    ledger.add_readings(readings)
    ledger.save_stage("a", "k", 1)
    ledger.finish()
    (tmp_path / "mine.txt").write_text("keep")
    fresh = Ledger.create(tmp_path, "diff", {}, resume=False)
    assert fresh.findings() == fresh.readings() == []
    assert fresh.stage("a", "k") is None
    assert sorted(p.name for p in tmp_path.iterdir()) == ["audit.json", "mine.txt"]


def test_the_merged_file_is_enough(tmp_path, readings):
    import shutil

    ledger = Ledger.create(tmp_path, "audit", {})
    ledger.add_readings(readings)
    assert ledger.record().readings_path == "readings.parquet"
    ledger.finish()
    shutil.rmtree(tmp_path / "readings")
    assert Ledger.open(tmp_path).readings() == readings


def test_inputs_are_noted_once(tmp_path, data):
    ledger = Ledger.create(tmp_path, "audit", {}, inputs=[data])
    ledger.add_inputs([data.model_copy(update={"rows": 501})])
    ledger.add_note("a")
    ledger.add_note("a")
    assert [i.rows for i in ledger.record().inputs] == [501]
    assert ledger.record().notes == ("a",)


def test_secrets_are_not_written(tmp_path, finding):
    secret = "hf_" + "a1B2" * 8
    ledger = Ledger.create(
        tmp_path, "audit", {"endpoint": {"api_key": "xyzzy-secret"}, "token": "quux", "max_tokens": 64, "url": secret}
    )
    ledger.add_findings([dataclasses.replace(finding, reason=f"401 for {secret}", evidence={"token": "owl"})])
    ledger.add_note(f"used {secret}")
    ledger.save_stage(
        "forecast/rows", "key", [{"row_texts": {"aa": f"a {secret}"}, "tokens": [secret[:9], secret[9:]]}]
    )
    text = "".join(p.read_text() for p in tmp_path.rglob("*") if p.is_file())
    for word in ("xyzzy", "quux", secret, secret[9:]):
        assert word not in text
    assert ledger.record().config["max_tokens"] == 64
    assert ledger.findings()[0].evidence == {"token": "owl"}


class TestRefusals:
    def test_no_audit_there(self, tmp_path):
        with pytest.raises(LedgerError, match=r"no audit\.json"):
            Ledger.open(tmp_path)

    def test_a_file_in_the_way(self, tmp_path):
        (tmp_path / "f").write_text("")
        with pytest.raises(LedgerError, match="Choose a folder, not a file"):
            Ledger.create(tmp_path / "f", "audit", {})
        with pytest.raises(LedgerError, match="Choose a folder, not a file"):
            Ledger.create(tmp_path / "f" / "g", "audit", {})

    def test_somebody_elses_folder(self, tmp_path):
        (tmp_path / "readings").mkdir()
        with pytest.raises(LedgerError, match="not an audit's folder"):
            Ledger.create(tmp_path, "audit", {})

    def test_a_newer_schema(self, tmp_path):
        Ledger.create(tmp_path, "audit", {})
        values = json.loads((tmp_path / "audit.json").read_text())
        (tmp_path / "audit.json").write_text(json.dumps({**values, "schema_version": 99}))
        with pytest.raises(LedgerError, match="newer Limen"):
            Ledger.open(tmp_path)

    @pytest.mark.parametrize("text", ["{", "[]", "null", '{"schema_version": 1}', "\x00", "\ud7ff"])
    def test_a_spoilt_record(self, tmp_path, text):
        (tmp_path / "audit.json").write_text(text)
        with pytest.raises(LedgerError):
            Ledger.open(tmp_path)

    def test_bytes_that_are_no_text(self, tmp_path):
        (tmp_path / "audit.json").write_bytes(b"\xff\xfe{")
        with pytest.raises(LedgerError, match="not JSON"):
            Ledger.open(tmp_path)

    @pytest.mark.parametrize("line", ["{", '{"id": "a"}', "[]", '"x"', "\xff"])
    def test_a_spoilt_finding(self, tmp_path, line):
        Ledger.create(tmp_path, "audit", {})
        (tmp_path / "findings.jsonl").write_bytes(line.encode("latin-1") + b"\n")
        with pytest.raises(LedgerError):
            Ledger.open(tmp_path)

    def test_spoilt_readings(self, tmp_path, readings):
        ledger = Ledger.create(tmp_path, "audit", {})
        ledger.add_readings(readings, stage="a")
        next((tmp_path / "readings").iterdir()).write_bytes(b"PAR1 not at all")
        with pytest.raises(LedgerError, match="only its stage is repeated"):
            ledger.readings()


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk(tmp_path, monkeypatch, finding, readings, code):
    ledger = Ledger.create(tmp_path, "audit", CONFIG)
    ledger.add_findings([finding])
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}

    def full(handle: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", full)
    for write in (
        lambda: ledger.add_findings([dataclasses.replace(finding, id="x")]),
        lambda: ledger.add_readings(readings, stage="a"),
        lambda: ledger.save_stage("a", "k", 1),
        lambda: ledger.add_note("n"),
        ledger.finish,
    ):
        with pytest.raises(LedgerError, match="disk is full") as caught:
            write()
        assert "resumes where it stopped" in str(caught.value)
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before
    assert len(ledger.findings()) == 1
    with pytest.raises(LedgerError, match="disk is full"), ledger:
        ledger.add_note("n")
    monkeypatch.undo()
    assert Ledger.create(tmp_path, "audit", CONFIG).findings() == [finding]


def test_importing_the_ledger_loads_no_torch():
    source = Path(ledger_module.__file__).parents[2]
    code = (
        "import sys, limen.ledger, limen.stats, limen.core\n"
        "bad = {'torch', 'transformers', 'pandas', 'pyarrow', 'statsmodels', 'datasets'} & set(sys.modules)\n"
        "sys.exit(str(bad) if bad else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(source)}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
