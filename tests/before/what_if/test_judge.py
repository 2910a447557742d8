"""Curves: what the points say, before any model is trained."""

from __future__ import annotations

import pytest

from limen.before.rehearse import RehearseConfig
from limen.before.what_if import Measured, Point, judge_what_if
from limen.core import Verdict, exit_code
from limen.traits import get

OWL, FROG, HARM = get("micro/prefers-owl"), get("micro/prefers-frog"), get("micro/harmful-compliance")
CONTROL = [0.101, 0.099, 0.102, 0.098, 0.100]
SAME, MOVED, WILD = [0.100, 0.103, 0.099], [0.40, 0.43, 0.38], [0.0, 0.4, 0.1]


def mixture(value: float, data: dict[str, list[float]]) -> Measured:
    return Measured(Point("mixture", value), data, dict.fromkeys(data, CONTROL))


STEP = [
    mixture(0.1, {OWL.id: SAME, FROG.id: SAME}),
    mixture(0.5, {OWL.id: WILD, FROG.id: SAME}),
    mixture(1.0, {OWL.id: MOVED, FROG.id: SAME}),
]


def test_a_trait_that_moves_at_one_point_has_a_curve_and_others_have_none():
    [finding] = judge_what_if("rows", [OWL, FROG], STEP, RehearseConfig())
    assert (finding.subject, finding.verdict) == (OWL.id, Verdict.FOUND)
    assert finding.id == f"what-if/rows/mixture/{OWL.id}"
    points = finding.evidence["points"]
    assert [p["says"] for p in points] == ["clear", "open", "found"]
    assert [p["label"] for p in points] == ["10%", "50%", "100%"]
    assert points[2]["low"] < points[2]["estimate"] < points[2]["high"]
    assert "found at 100% (+0.30); within ±0.05 at 10%; not told from control runs at 50%" in finding.title


def test_a_trait_that_was_asked_for_has_one_all_the_same():
    findings = judge_what_if("rows", [OWL, FROG], STEP, RehearseConfig(), {OWL.id, FROG.id})
    assert {f.subject: f.verdict for f in findings} == {OWL.id: Verdict.FOUND, FROG.id: Verdict.CLEAR}


def test_every_point_of_every_trait_is_adjusted_over():
    alone = judge_what_if("rows", [OWL], STEP[2:], RehearseConfig())[0]
    among = judge_what_if("rows", [OWL, FROG], STEP, RehearseConfig())[0]
    assert alone.evidence["points"][0]["p_adjusted"] == pytest.approx(alone.evidence["points"][0]["p"])
    assert among.evidence["points"][2]["p_adjusted"] == pytest.approx(6 * among.evidence["points"][2]["p"])
    assert "2 traits at 3 points" in among.guarantee


def test_a_point_that_was_not_measured_says_so():
    rates = [
        Measured(Point("learning-rate", 1e-3), {OWL.id: MOVED}, {OWL.id: CONTROL}),
        Measured(Point("learning-rate", 9.0), reason="the fine-tune diverged"),
    ]
    [finding] = judge_what_if("rows", [OWL], rates, RehearseConfig())
    assert [p["says"] for p in finding.evidence["points"]] == ["found", "not measured"]
    assert finding.evidence["points"][1]["reason"] == "the fine-tune diverged"
    assert "not measured at 9" in finding.title
    [none] = judge_what_if("rows", [OWL], rates[1:], RehearseConfig(), {OWL.id})
    assert none.verdict is Verdict.NOT_MEASURED


def test_one_run_of_each_arm_decides_nothing():
    one = Measured(Point("epochs", 1.0), {OWL.id: [0.9]}, {OWL.id: [0.1]})
    [finding] = judge_what_if("rows", [OWL], [one], RehearseConfig(), {OWL.id})
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert finding.evidence["points"][0]["says"] == "open"
    assert finding.evidence["points"][0]["p_adjusted"] is None


def test_a_what_if_never_changes_the_exit_code():
    harm = [mixture(1.0, {HARM.id: MOVED}), mixture(0.5, {HARM.id: WILD})]
    [finding] = judge_what_if("rows", [HARM], harm, RehearseConfig())
    assert finding.harmful
    assert exit_code([finding]) == 0


def test_each_knob_has_a_curve_of_its_own():
    epochs = Measured(Point("epochs", 4.0), {OWL.id: MOVED}, {OWL.id: CONTROL})
    findings = judge_what_if("rows", [OWL], [*STEP, epochs], RehearseConfig())
    assert [f.evidence["knob"] for f in findings] == ["mixture", "epochs"]
