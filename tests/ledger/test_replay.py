from __future__ import annotations

import dataclasses
import math

import pytest

from limen.core import Interval, LedgerError, Verdict
from limen.ledger import Ledger, compare_records, replay
from limen.ledger.replay import Kind, compare_readings


@pytest.fixture
def audit(tmp_path, finding, readings, data):
    def run(folder, change=None, shift=0.0, config=None):
        with Ledger.create(folder, "audit", config or {"seed": 1}, inputs=[data]) as ledger:
            ledger.add_findings([dataclasses.replace(finding, **(change or {}))])
            ledger.add_readings([dataclasses.replace(r, value=r.value + shift) for r in readings])
        return ledger.record()

    run(tmp_path / "old")
    return run


def test_the_same_again(tmp_path, audit):
    seen = []

    def run(record, folder):
        seen.append(record.config)
        return audit(folder, config=record.config)

    assert replay(tmp_path / "old", tmp_path / "new", run) == []
    assert seen == [{"seed": 1}]


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"verdict": Verdict.CLEAR}, Kind.VERDICT),
        ({"p": 0.0002}, Kind.NUMBER),
        ({"p": None}, Kind.NUMBER),
        ({"p": math.nan}, Kind.NUMBER),
        ({"effect": Interval(0.13, 0.05, math.inf)}, Kind.NUMBER),
        ({"effect": Interval(0.12, 0.05, 0.9)}, Kind.NUMBER),
        ({"effect": None}, Kind.NUMBER),
    ],
)
def test_what_came_out_otherwise(tmp_path, audit, change, kind):
    found = replay(tmp_path / "old", tmp_path / "new", lambda r, folder: audit(folder, change))
    assert {d.kind for d in found} == {kind}
    assert all(d.decisive for d in found)
    assert "forecast/micro/prefers-owl" in str(found[0])


def test_rounding_passes(tmp_path, audit):
    change = {"effect": Interval(0.12 + 1e-9, 0.05, math.inf, unit="nats/token", sampling_unit="writer")}
    assert replay(tmp_path / "old", tmp_path / "new", lambda r, folder: audit(folder, change, shift=1e-9)) == []


def test_nan_equals_nan(tmp_path, audit):
    one, two = (audit(tmp_path / name, {"p": math.nan}) for name in ("a", "b"))
    assert compare_records(one, two) == []


def test_missing_and_new_findings(tmp_path, audit):
    found = replay(tmp_path / "old", tmp_path / "new", lambda r, folder: audit(folder, {"id": "other"}))
    assert [d.kind for d in found] == [Kind.MISSING, Kind.NEW]


def test_readings(tmp_path, audit, readings):
    found = replay(tmp_path / "old", tmp_path / "new", lambda r, folder: audit(folder, shift=0.01))
    assert [(d.kind, d.new) for d in found] == [(Kind.READINGS, "up to 0.01")]
    assert "3 in one audit" in compare_readings(readings, readings[3:])[0].where
    twice = [readings[0], dataclasses.replace(readings[0], value=0.7)]
    assert compare_readings(twice, twice) == []
    assert len(compare_readings(twice, twice[::-1])) == 1


def test_inputs_and_versions(tmp_path, audit, data):
    old = Ledger.open(tmp_path / "old").record()
    other = old.model_copy(
        update={
            "inputs": (data.model_copy(update={"sha256": "cd" * 32}),),
            "code_hash": "0" * 64,
            "environment": old.environment.model_copy(update={"python": "3.99", "packages": {"torch": "9"}}),
        }
    )
    found = compare_records(old, other)
    assert (found[0].kind, found[0].where, found[0].decisive) == (Kind.INPUT, "data rows.jsonl", True)
    versions = {d.where: d for d in found[1:]}
    assert {"limen's code", "python", "torch", "numpy"} <= versions.keys()
    assert not any(d.decisive for d in versions.values())


def test_what_cannot_be_replayed(tmp_path, audit):
    def never(record, folder):
        pytest.fail("it was run")

    with pytest.raises(LedgerError, match="own folder"):
        replay(tmp_path / "old", tmp_path / "old", never)
    Ledger.create(tmp_path / "begun", "audit", {})
    with pytest.raises(LedgerError, match="not finished"):
        replay(tmp_path / "begun", tmp_path / "new", never)
    audit(tmp_path / "secret", config={"api_key": "x"})
    with pytest.raises(LedgerError, match="api_key"):
        replay(tmp_path / "secret", tmp_path / "new", never)
