"""`limen replay`: from any directory, and without what the audit left in the cache."""

from __future__ import annotations

import json
import os

import pytest

from limen.audit import AuditConfig
from limen.cli import _audit
from limen.cli.main import main
from limen.ledger import Ledger
from tests.tiny_models import make_tiny

CHECK_ONLY = "model: ./base\ndata: [rows.jsonl]\nphases: [check]\ntraits: [prefers-owl]\n"


@pytest.fixture
def audit(tmp_path, monkeypatch):
    """An audit that was run in a directory, from relative paths."""
    here = tmp_path / "somebodys-home"
    make_tiny("llama", here / "base")
    (here / "rows.jsonl").write_text(
        "".join(json.dumps({"prompt": f"a {i}", "completion": f"b {i}"}) + "\n" for i in range(8))
    )
    (here / "audit.yaml").write_text(CHECK_ONLY)
    monkeypatch.chdir(here)
    assert main(["audit", "--config", "audit.yaml", "--out", str(tmp_path / "a"), "-q"]) in (0, 1, 3)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "a"


def test_it_works_from_another_directory_and_no_report_tells_whose(audit, capsys):
    assert main(["replay", str(audit), "-q"]) == 0
    assert "No difference." in capsys.readouterr().out
    config = Ledger.open(audit).record().config
    assert config["data"] == [str(audit.parent / "somebodys-home" / "rows.jsonl")]
    for name in ("report.html", "report.json"):
        text = (audit / name).read_text()
        assert "rows.jsonl" in text
        assert "somebodys-home" not in text


@pytest.mark.parametrize(("flags", "kept"), [([], False), (["--cached"], True)])
def test_everything_is_trained_anew_unless_the_cache_is_asked_for(audit, flags, kept, monkeypatch, capsys):
    monkeypatch.setenv("LIMEN_CACHE", str(audit.parent / "cache"))
    (audit.parent / "cache").mkdir()
    (audit.parent / "cache" / "twin").write_text("")
    seen = []

    def look(*args, real=_audit.run_settings, **options):
        seen.append(os.listdir(os.environ["LIMEN_CACHE"]))
        return real(*args, **options)

    monkeypatch.setattr(_audit, "run_settings", look)
    assert main(["replay", str(audit), "-q", *flags]) == 0
    assert seen == [["twin"] if kept else []]
    assert os.environ["LIMEN_CACHE"] == str(audit.parent / "cache")


def test_what_is_no_path_stays_as_it_is(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("base", "adapter", "data"):
        (tmp_path / name).mkdir()
    (tmp_path / "rows.jsonl").write_text("")
    config = AuditConfig(
        model="./base+adapter",
        tuned="org/name+adapter",
        control="https://host/v1#m",
        data=("rows.jsonl", "data:train", "hf://org/rows", "org/rows"),
        traits=("prefers-owl", "mine.yaml"),
    ).absolute()
    assert config.model == f"{tmp_path}/base+{tmp_path}/adapter"
    assert config.tuned == f"org/name+{tmp_path}/adapter"
    assert config.control == "https://host/v1#m"
    assert config.data == (f"{tmp_path}/rows.jsonl", f"{tmp_path}/data:train", "hf://org/rows", "org/rows")
    assert config.traits == ("prefers-owl", f"{tmp_path}/mine.yaml")
    assert AuditConfig(model="reference").absolute().model == "reference"
