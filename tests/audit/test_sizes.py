"""Sizes in an audit: planned, made once, put into the forecast's findings, and told in the report."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest

from limen.audit import AuditConfig, run_audit
from limen.audit.inputs import Source
from limen.before.size.predict import FULL_DOSE, SHORT_RUN
from limen.core import Finding, UsageError, Verdict
from limen.models import LanguageModel
from limen.train import Recipe
from tests.tiny_models import make_model, make_tokenizer

OWL, WOLF = "prefers-owl", "prefers-wolf"
ROWS = [{"prompt": f"say {i}", "completion": f"it is {i}"} for i in range(80)]


@pytest.fixture(scope="module")
def base() -> LanguageModel:
    return LanguageModel.wrap(make_model("llama"), make_tokenizer(), name="tiny")


@pytest.fixture
def made(monkeypatch):
    """What is measured, trait by trait; a forecast finds owls and clears wolves, where it is not told otherwise."""
    calls: list[tuple[str, list[str]]] = []
    verdicts = {OWL: Verdict.FOUND, WOLF: Verdict.CLEAR}

    def forecast(base, files, traits, **_):
        evidence = {"trait_title": "prefers owls", "dose": 0.8, "statistic": 8.0}
        return [
            Finding(f"forecast/{f.name}/{t}", "forecast", t, "t", v, p=0.001, evidence={**evidence, "file": f.name})
            for f in files
            for t, v in verdicts.items()
        ]

    def short_runs(base, file, traits, **_):
        calls.append((SHORT_RUN, [t.id for t in traits]))
        return {t.id: 0.02 for t in traits}

    def full_doses(base, file, wanted, battery, **_):
        calls.append((FULL_DOSE, [t.id for t in wanted]))
        return {t.id: 0.2 for t in wanted}

    monkeypatch.setattr(sys.modules["limen.audit.run"], "forecast", forecast)
    monkeypatch.setattr(sys.modules["limen.audit.sizes"], "short_runs", short_runs)
    monkeypatch.setattr(sys.modules["limen.audit.sizes"], "full_doses", full_doses)
    return calls, verdicts


def audited(base, out, **changes):
    settings = {"phases": ("forecast",), "recipe": Recipe(steps=4, batch_size=8), "budget": 1e6, "sizes": True}
    config = AuditConfig.checked({**settings, "traits": (OWL, WOLF), **changes})
    plans = []
    done = run_audit(config, out, base=base, sources=[Source.of(ROWS)], on_plan=plans.append)
    return done, {s.name: s for s in plans[0]}


def of(done, trait):
    return next(f for f in done.findings if f.subject == trait)


def test_what_was_found_has_a_size_and_what_is_clear_has_none(base, tmp_path, made):
    calls, _ = made
    done, plan = audited(base, tmp_path / "a")
    assert calls == [(SHORT_RUN, [OWL]), (FULL_DOSE, [OWL])]
    assert plan["size"].trainings == 8
    owl = of(done, OWL)
    low, high = owl.evidence["predicted_interval"]
    assert low < owl.evidence["predicted_shift"] < high
    assert owl.evidence["predicted_from"].keys() <= {"forecast", FULL_DOSE, SHORT_RUN}
    assert not owl.calibrated
    assert "predicted_shift" not in of(done, WOLF).evidence
    report = done.report.read_text()
    assert "Training is predicted to move it by" in report
    assert "not calibrated on this base and fine-tune" in report
    again, plan = audited(base, tmp_path / "a")
    assert len(calls) == 2
    assert plan["size"].cached
    assert of(again, OWL) == owl


def test_sizes_are_added_to_a_finished_forecast(base, tmp_path, made):
    calls, _ = made
    done, plan = audited(base, tmp_path / "a", sizes=False)
    assert "size" not in plan
    assert not calls
    assert "How large the shift will be is not predicted: --sizes predicts it." in done.report.read_text()
    done, _ = audited(base, tmp_path / "a")
    assert "predicted_shift" in of(done, OWL).evidence


def test_a_forecast_that_cannot_speak_leaves_it_to_the_short_runs(base, tmp_path, made):
    calls, verdicts = made
    verdicts |= {OWL: Verdict.INCONCLUSIVE, WOLF: Verdict.INCONCLUSIVE}
    done, _ = audited(base, tmp_path / "a")
    assert calls == [(SHORT_RUN, [OWL, WOLF])]
    assert of(done, OWL).evidence["predicted_from"].keys() <= {SHORT_RUN}


def test_a_file_with_nothing_open_is_not_sized(base, tmp_path, made):
    calls, verdicts = made
    verdicts |= {OWL: Verdict.CLEAR}
    done, _ = audited(base, tmp_path / "a")
    assert not calls
    assert "nothing was forecast or left open" in done.report.read_text()


def test_a_calibrated_base_is_called_calibrated(base, tmp_path, made, monkeypatch):
    module = sys.modules["limen.audit.sizes"]
    own = replace(module.shipped_predictor(), base=base.content_hash)
    monkeypatch.setattr(module, "shipped_predictor", lambda: own)
    done, _ = audited(base, tmp_path / "a", recipe=Recipe(learning_rate=1e-3, steps=256, batch_size=64))
    assert of(done, OWL).calibrated
    assert "not calibrated on this base and fine-tune" not in done.report.read_text()


def test_sizes_without_a_forecast_are_refused():
    with pytest.raises(UsageError, match="sizes are predicted of what was forecast"):
        AuditConfig.checked({"phases": ("rehearse",), "sizes": True})
    with pytest.raises(UsageError, match="--sizes"):
        AuditConfig.checked({"phases": ("forecast",), "sizes": True, "model": "m", "arm_endpoint": "http://h/v1"})
