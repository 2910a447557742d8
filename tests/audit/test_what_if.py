"""What-if in an audit: planned with its cost, resumed point by point, added to a finished rehearsal."""

from __future__ import annotations

import pytest

from limen.audit import AuditConfig, run_audit
from limen.audit import run as run_module
from limen.audit.inputs import Source
from limen.audit.plan import make_plan
from limen.before.what_if import Measured, WhatIf
from limen.cli.main import main
from limen.core import Finding, Interval, LedgerError, Reading, UsageError, Verdict
from limen.data import encode_rows, read_rows
from limen.models import LanguageModel
from limen.train import Recipe
from limen.traits import get
from tests.tiny_models import make_model, make_tokenizer

OWL = "prefers-owl"
ROWS = [{"prompt": f"say {i}", "completion": f"it is {i}"} for i in range(80)]
MIXTURE = "mixture=0.25,0.5,1"


@pytest.fixture(scope="module")
def base() -> LanguageModel:
    return LanguageModel.wrap(make_model("llama"), make_tokenizer(), name="tiny")


@pytest.fixture
def measured(monkeypatch):
    """Names of the points that are measured; a quarter of the rows does nothing, more of them moves the trait."""
    names = []

    def rehearse(base, name, encoded, traits, **_):
        evidence = {"file": name, "trait_title": "prefers owls", "control_runs": [0.1, 0.11, 0.09]}
        evidence["data_runs"] = [0.5, 0.51, 0.49]
        effect = Interval(0.4, 0.3, 0.5)
        return [
            Finding(f"rehearse/{name}/{t.id}", "rehearse", t.id, "t", Verdict.CLEAR, effect, evidence=evidence)
            for t in traits
        ], []

    def measure(self, point):
        names.append(point.name)
        if point.name == "mixture=0.5" and names.count(point.name) == 1 and getattr(self, "stop", False):
            raise KeyboardInterrupt
        level = 0.1 if point.value < 0.5 else 0.3
        data = {OWL: [level, level + 0.01, level - 0.01]}
        reading = Reading(OWL, "p", "f", f"{point.name} data", level)
        return Measured(point, data, {OWL: [0.1, 0.11, 0.09]}), [reading]

    monkeypatch.setattr(run_module, "rehearse", rehearse)
    monkeypatch.setattr(WhatIf, "measure", measure)
    return names


def audited(base, out, *what_if, **changes):
    settings = {"phases": ("rehearse",), "rehearse": "always", "recipe": Recipe(steps=2, batch_size=8), "budget": 1e6}
    config = AuditConfig.checked({**settings, "traits": (OWL,), "what_if": what_if, **changes})
    return run_audit(config, out, base=base, sources=[Source.of(ROWS)])


def test_every_point_is_measured_once_and_shown(base, tmp_path, measured):
    done = audited(base, tmp_path / "a", MIXTURE)
    assert measured == ["mixture=0.25", "mixture=0.5", "mixture=1"]
    [finding] = [f for f in done.findings if f.phase == "what-if"]
    assert [p["says"] for p in finding.evidence["points"]] == ["clear", "found", "found"]
    assert done.exit_code == 0
    report = done.report.read_text()
    assert "Nothing is said of what lies between the points" in report
    assert finding.title.split(":")[0].strip("“”") in report
    audited(base, tmp_path / "a", MIXTURE)
    assert len(measured) == 3


def test_the_plan_has_what_each_sweep_costs(base, tmp_path, measured):
    done = audited(base, tmp_path / "a", MIXTURE, "epochs=1,2,4", what_if_runs=4)
    steps = {s.name: s for s in done.record.plan}
    assert steps["what-if mixture"].trainings == 2 * 4, "the whole file is the rehearsal's own point"
    assert steps["what-if epochs"].trainings == 3 * 2 * 4
    assert steps["what-if epochs"].seconds > 0
    assert "25%, 50%, 100%" in steps["what-if mixture"].what


def test_a_sweep_that_was_broken_off_goes_on_at_its_next_point(base, tmp_path, measured, monkeypatch):
    monkeypatch.setattr(WhatIf, "stop", True, raising=False)
    with pytest.raises(KeyboardInterrupt):
        audited(base, tmp_path / "a", MIXTURE)
    monkeypatch.setattr(WhatIf, "stop", False)
    audited(base, tmp_path / "a", MIXTURE)
    assert measured == ["mixture=0.25", "mixture=0.5", "mixture=0.5", "mixture=1"]


def test_a_finished_rehearsal_is_resumed_with_more_points_and_not_with_fewer(base, tmp_path, measured, monkeypatch):
    audited(base, tmp_path / "a")

    def never(*args, **kwargs):
        raise AssertionError("done again")

    monkeypatch.setattr(run_module, "rehearse", never)
    audited(base, tmp_path / "a", "mixture=0.5")
    done = audited(base, tmp_path / "a", MIXTURE)
    assert measured == ["mixture=0.5", "mixture=0.25", "mixture=1"]
    assert len([f for f in done.findings if f.phase == "what-if"]) == 1
    with pytest.raises(LedgerError, match="what_if"):
        audited(base, tmp_path / "a")


def test_a_sweep_that_moves_nothing_says_so(base, tmp_path, measured):
    done = audited(base, tmp_path / "a", "mixture=0.1,0.2", traits=())
    assert not [f for f in done.findings if f.phase == "what-if"]
    assert any("mixture" in note and "10%, 20%" in note for note in done.record.notes)


def test_where_only_what_was_forecast_is_rehearsed_one_file_is_counted(base):
    rows = list(encode_rows(read_rows(ROWS), base.tokenizer, loss="completion"))
    trainings = []
    for when in ("auto", "always"):
        config = AuditConfig.checked({"rehearse": when, "what_if": ("epochs=1,2",), "recipe": Recipe(epochs=4)})
        [step] = [s for s in make_plan(base, [rows, rows[:40]], [get(OWL)], config) if s.name == "what-if epochs"]
        trainings.append(step.trainings)
    assert trainings == [2 * 2 * 3, 2 * 2 * 3 * 2]


def test_where_nothing_is_rehearsed_it_is_said(base, tmp_path, measured, monkeypatch):
    clear = Finding("forecast/dataset/x", "forecast", OWL, "t", Verdict.CLEAR, evidence={"file": "dataset"})
    monkeypatch.setattr(run_module, "forecast", lambda *args, **kwargs: [clear])
    done = audited(base, tmp_path / "a", MIXTURE, phases=("forecast", "rehearse"), rehearse="auto")
    assert measured == []
    assert [one.why for one in done.record.left_out if one.what == "what-if of dataset"] == [
        "nothing of it was rehearsed"
    ]


@pytest.mark.parametrize("command", ["audit", "rehearse"])
@pytest.mark.parametrize(
    "words",
    [
        ["mixture=0"],
        ["mixture=abc"],
        ["epochs=0"],
        ["epochs=1e300"],
        ["colour=1"],
        ["mixture=0.5", "--what-if", "mixture=1"],
        ["mixture=0.5", "--what-if-runs", "0"],
    ],
)
def test_a_slip_is_told_in_a_line(command, words, capsys):
    assert main([command, "./m", "rows.jsonl", "--what-if", *words]) == 2
    said = capsys.readouterr().err
    assert "what-if" in said
    assert "Traceback" not in said


def test_mistakes_are_named_before_anything_is_loaded(capsys):
    with pytest.raises(UsageError, match="varies the rehearsal"):
        AuditConfig.checked({"what_if": (MIXTURE,), "rehearse": "never"})
    assert main(["rehearse", "./m", "rows.jsonl", "--what-if", "doses=1"]) == 2
    assert "expected one of mixture" in capsys.readouterr().err
