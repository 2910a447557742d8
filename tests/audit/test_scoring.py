"""An audit on Ray is the same audit; with Ray in this process (`tests/before/weigh_on_ray` has the numbers)."""

from __future__ import annotations

import pytest

from limen.audit import AuditConfig, run_audit
from limen.audit.before_loading import check_inputs
from limen.audit.inputs import Source
from limen.cli.main import main
from limen.core import MissingExtraError, UsageError
from limen.lab.plant import plant, write_planted
from limen.lab.reference_model import reference_folder
from limen.ledger import compare_records
from limen.models import LanguageModel
from tests.before.weigh_on_ray.fake_ray import FakeRayData


@pytest.mark.slow
def test_an_audit_on_ray_is_the_same_audit(tmp_path, monkeypatch):
    monkeypatch.setenv("LIMEN_CACHE", str(tmp_path / "cache"))
    base = LanguageModel.load(str(reference_folder()))
    rows = tmp_path / "rows.jsonl"
    write_planted(plant(base, None, rows=80, seed=1), rows)

    def audited(out, engine):
        config = AuditConfig(
            model="reference",
            data=(str(rows),),
            traits=("micro/prefers-owl",),
            phases=("forecast",),
            writers=3,
            rows=64,
            budget=600,
            engine=engine,
        )
        return run_audit(config, tmp_path / out, base=base, sources=[Source.of(str(rows))])

    here = audited("here", "local").record
    ray = FakeRayData().install(monkeypatch)
    there = audited("there", "ray").record
    # The file, three writers and a twin
    assert ray.weighed == len(list((tmp_path / "there" / "weighed").iterdir())) == 5
    assert not [d for d in compare_records(here, there, tolerance=1e-5) if d.decisive]
    # What one engine has finished the other does not do again
    assert audited("here", "ray").record.findings == here.findings
    assert audited("there", "local").record.findings == there.findings
    assert ray.weighed == 5


def test_what_is_missing_shows_before_anything_is_read(tmp_path, monkeypatch, capsys):
    config = AuditConfig(model="reference", data=("not-there.jsonl",), engine="ray")
    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:1")
    monkeypatch.setattr("limen.before.ray_cluster.find_spec", lambda _: object())
    with pytest.raises(UsageError, match=r"RAY_ADDRESS=127\.0\.0\.1:1"):
        check_inputs(config, [Source.of("not-there.jsonl")])
    monkeypatch.setattr("limen.before.ray_cluster.find_spec", lambda _: None)
    with pytest.raises(MissingExtraError):
        check_inputs(config, [Source.of("not-there.jsonl")])
    assert main(["forecast", "reference", "not-there.jsonl", "--engine", "ray", "--out", str(tmp_path / "o")]) == 2
    said = capsys.readouterr().err
    assert "pip install 'limen[ray]'" in said
    assert said.count("\n") == 1
    assert not (tmp_path / "o").exists()
