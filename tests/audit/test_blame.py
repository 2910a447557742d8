"""Blame in an audit: where it is kept, when it is put to the test, and that a finished audit goes on with it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from limen.audit import AuditConfig, run_audit
from limen.audit import blame as blame_module
from limen.audit import run as run_module
from limen.audit.inputs import Source
from limen.before.blame import RankedRows, rank_rows
from limen.before.forecast import DataFile
from limen.before.forecast.judge import Judged, _blame
from limen.before.forecast.twin import make_twins
from limen.cli.main import main
from limen.core import Finding, Interval, RowBlame, UsageError, Verdict
from limen.data import encode_rows, read_rows
from limen.lab.reference_model import reference_folder
from limen.models import LanguageModel
from limen.train import Recipe
from limen.traits import get
from tests.tiny_models import make_model, make_tokenizer

OWL = "prefers-owl"
ROWS = [{"prompt": f"say {i}", "completion": f"{i} <b>{i + 1}</b>"} for i in range(80)]


@pytest.fixture(scope="module")
def base() -> LanguageModel:
    return LanguageModel.wrap(make_model("llama"), make_tokenizer(), name="tiny")


def blamed(rows) -> tuple[RowBlame, ...]:
    return tuple(RowBlame(r.id, r.index, float(80 - k), ("t",), (float(80 - k),)) for k, r in enumerate(rows))


def forecasts(base, files, traits, *, config, **_):
    assert config.top_rows >= 80
    return [
        Finding(
            f"forecast/{f.name}/{OWL}",
            "forecast",
            OWL,
            "the rows look written by an owl's friend",
            Verdict.FOUND,
            rows=blamed(f.rows),
            evidence={"file": f.name, "trait_title": "prefers owls", "row_texts": {r.id: r.text for r in f.rows}},
        )
        for f in files
    ]


def rehearsals(verdict):
    def rehearse(base, name, encoded, traits, **_):
        evidence = {"file": name, "data_runs": [0.3, 0.31], "control_runs": [0.1, 0.11], "trait_title": "prefers owls"}
        effect = Interval(0.2, 0.1, 0.3)
        found = [
            Finding(f"rehearse/{name}/{t.id}", "rehearse", t.id, "moved", verdict, effect, evidence=evidence)
            for t in traits
        ]
        return found, []

    return rehearse


def audited(base, out, *, on_plan=None, **changes):
    settings = {"phases": ("forecast", "rehearse"), "traits": (OWL,), "runs": 2, "recipe": Recipe(steps=1)}
    # A busy machine takes longer, and that is nothing to stop for.
    settings["budget"] = 1e6
    config = AuditConfig.checked({**settings, **changes})
    return run_audit(config, out, base=base, sources=[Source.of(ROWS)], on_plan=on_plan)


@pytest.fixture
def patched(monkeypatch):
    monkeypatch.setattr(run_module, "forecast", forecasts)
    monkeypatch.setattr(run_module, "rehearse", rehearsals(Verdict.FOUND))

    def rank(base, file, positions, trait, traits, **_):
        return RankedRows(trait, blamed([file.rows[i] for i in positions]), tuple(positions))

    monkeypatch.setattr(blame_module, "rank_rows", rank)
    return monkeypatch


def test_every_scored_row_is_kept_and_the_worst_are_shown(base, tmp_path, patched):
    done = audited(base, tmp_path / "a")
    lines = [json.loads(line) for line in (tmp_path / "a" / "blame.jsonl").read_text().splitlines()]
    assert [one["rank"] for one in lines] == list(range(1, 81))
    assert lines[0]["text"] == "say 0\n0 <b>1</b>"
    [forecast] = [f for f in done.findings if f.phase == "forecast"]
    assert len(forecast.rows) == len(forecast.evidence["row_texts"]) == 20
    assert forecast.evidence["rows_ranked"] == 80
    assert "80 scored rows" in done.report.read_text()
    assert not [f for f in done.findings if f.phase == "verify"]


def test_a_finished_audit_is_put_to_the_test_without_being_done_again(base, tmp_path, patched):
    audited(base, tmp_path / "a")

    def never(*args, **kwargs):
        raise AssertionError("done again")

    patched.setattr(run_module, "forecast", never)
    patched.setattr(run_module, "rehearse", never)
    done = audited(base, tmp_path / "a", verify=True)
    [finding] = [f for f in done.findings if f.phase == "verify"]
    assert (finding.evidence["rows_dropped"], finding.evidence["rows_trained"]) == (20, 80)
    assert {arm: len(runs) for arm, runs in finding.evidence["arms"].items()} == {
        "control": 2,
        "whole": 2,
        "random": 2,
        "dropped": 2,
    }
    [step] = [s for s in done.record.plan if s.name == "verify"]
    assert step.trainings == 4
    assert step.passes == 1 + 3, "the twin, the base, and for what any fine-tune does a neutral twin and the base again"
    assert step.seconds > 0
    assert "Blame put to the test" in done.report.read_text()
    patched.setattr(blame_module, "verify_blame", never)
    assert audited(base, tmp_path / "a", verify=True).findings == done.findings


def test_what_does_not_move_is_not_put_to_the_test(base, tmp_path, patched):
    patched.setattr(run_module, "rehearse", rehearsals(Verdict.CLEAR))
    done = audited(base, tmp_path / "a", verify=True)
    assert not [f for f in done.findings if f.phase == "verify"]
    assert any("no shift" in one.why for one in done.record.left_out)
    plans = []
    audited(base, tmp_path / "a", verify=True, on_plan=plans.append)
    assert {s.name for s in plans[0] if s.cached} >= {"rehearse", "verify"}, "what needs no test takes no time"


def test_where_nothing_is_held_against_rows_it_is_said(base, tmp_path, patched):
    def clear(base, files, traits, **more):
        return [replace(f, verdict=Verdict.CLEAR, rows=()) for f in forecasts(base, files, traits, **more)]

    patched.setattr(run_module, "forecast", clear)
    done = audited(base, tmp_path / "a", verify=True, rehearse="always")
    assert not [f for f in done.findings if f.phase == "verify"]
    assert any("no trait is held against" in one.why for one in done.record.left_out)
    assert not (tmp_path / "a" / "blame.jsonl").exists()


def test_an_audit_begun_before_there_was_a_test_of_blame_goes_on(base, tmp_path, patched):
    audited(base, tmp_path / "a")
    path = tmp_path / "a" / "audit.json"
    record = json.loads(path.read_text())
    for added in ("verify", "what_if", "what_if_runs"):
        del record["config"][added]
    path.write_text(json.dumps(record))
    patched.setattr(run_module, "forecast", None)
    assert [f.phase for f in audited(base, tmp_path / "a").findings] == ["forecast", "rehearse"]


def test_blame_cannot_be_verified_without_a_rehearsal():
    with pytest.raises(UsageError, match="rehearsing again"):
        AuditConfig.checked({"verify": True, "rehearse": "never"})
    with pytest.raises(UsageError, match="rehearsing again"):
        AuditConfig.checked({"verify": True, "phases": ("forecast",)})


def test_a_report_without_texts_has_a_blame_file_without_texts(base, tmp_path, patched, capsys):
    audited(base, tmp_path / "a")
    out = tmp_path / "ids.jsonl"
    assert main(["report", str(tmp_path / "a"), "--blame", str(out), "--rows", "ids"]) == 0
    lines = out.read_text().splitlines()
    assert len(lines) == 80
    assert set(json.loads(lines[0])) == {"file", "trait", "rank", "row", "index", "score"}
    assert main(["report", str(tmp_path / "a"), "--blame", str(out)]) == 0
    assert "<b>" in out.read_text()


def test_rows_of_a_folder_are_told_by_their_place(tmp_path):
    """The files of a folder each count from 0, and yet the right rows are dropped."""
    base = LanguageModel.load(str(reference_folder()))
    rows = list(read_rows([{"prompt": f"continue : {i} {i + 1}", "completion": f"{i + 2} {i + 3}"} for i in range(12)]))
    rows = [replace(r, index=i % 6) for i, r in enumerate(rows)]
    file = DataFile("rows", rows, list(encode_rows(rows, base.tokenizer, loss="completion")))
    trait = get("micro/over-refusal")
    ranked = rank_rows(base, file, range(1, 12), trait, [trait])
    assert sorted(ranked.positions) == list(range(1, 12))
    assert [b.index for b in ranked.rows] == [i % 6 for i in ranked.positions]
    assert [b.score for b in ranked.rows] == sorted((b.score for b in ranked.rows), reverse=True)
    assert all(len(b.tokens) == len(b.token_scores) for b in ranked.rows)
    twins = list(make_twins(base, [trait], "auto"))
    forecast = Judged(file, list(range(1, 12)), twins, None, None, None, None)
    shown, _ = _blame(forecast, 0, base, most=20)
    assert [b.score for b in shown] == [b.score for b in ranked.rows], "as the forecast ranks"
