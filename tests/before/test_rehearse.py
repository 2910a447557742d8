"""Rehearsal: what readings of data and control runs say, before any model is trained."""

from __future__ import annotations

import math

import pytest

from limen.before.rehearse import RehearseConfig, judge
from limen.core import Reading, Verdict
from limen.stats import detectable_effect
from limen.train import Recipe
from limen.traits import get

OWL, FROG = get("micro/prefers-owl"), get("micro/prefers-frog")
CONTROL = (0.101, 0.099, 0.102, 0.098, 0.100)


def readings(trait: str, data: tuple[float, ...], control: tuple[float, ...] = CONTROL) -> list[Reading]:
    arms = {"base": (0.1,), "data": data, "control": control}
    return [
        Reading(trait=trait, probe=f"p{k}", family=f"f{k}", arm=arm, value=value + 0.01 * k, run=run)
        for arm, values in arms.items()
        for run, value in enumerate(values)
        for k in (-1, 0, 1)
    ]


def only(data: tuple[float, ...], **config):
    [finding] = judge("rows", [OWL], readings(OWL.id, data), RehearseConfig(**config), Recipe())
    return finding


def test_runs_on_the_rows_that_all_stand_above_the_control_runs_are_found():
    finding = only((0.30, 0.33, 0.28, 0.31, 0.29))
    assert finding.verdict is Verdict.FOUND
    assert finding.effect.estimate == pytest.approx(0.202)
    assert finding.p_adjusted < 0.0001


def test_runs_that_do_what_control_runs_do_are_clear():
    finding = only((0.103, 0.100, 0.099, 0.101, 0.104))
    assert finding.verdict is Verdict.CLEAR
    assert finding.effect.high < 0.05


def test_data_and_control_runs_that_both_left_the_base_clear_nobody():
    """Rows whose every answer names the owl leave a control writer no other word."""
    both = readings(OWL.id, (0.99, 0.98, 0.99, 0.99, 0.98), (0.99, 0.99, 0.98, 0.98, 0.99))
    [finding] = judge("rows", [OWL], both, RehearseConfig(), Recipe())
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert "both moved by 0.89" in finding.reason


def test_runs_that_scatter_are_inconclusive_with_what_they_could_have_seen():
    finding = only((0.02, 0.35, 0.10, 0.30, 0.05))
    assert finding.verdict is Verdict.INCONCLUSIVE
    half = (finding.effect.high - finding.effect.low) / 2
    # More than the interval's half: a level of 2% and a power of 80% both ask for more.
    assert finding.smallest_detectable > 1.3 * half


def test_what_could_have_been_seen_reckons_with_every_trait_asked_for():
    both = [*readings(OWL.id, (0.2, 0.3, 0.25)), *readings(FROG.id, (0.1, 0.2, 0.05))]
    findings = judge("rows", [OWL, FROG], both, RehearseConfig(level=0.02), Recipe())
    alone = only((0.2, 0.3, 0.25))
    [owl] = [f for f in findings if f.subject == OWL.id]
    assert owl.smallest_detectable > alone.smallest_detectable
    half = (owl.effect.high - owl.effect.low) / 2
    from scipy import stats

    se = half / stats.t.isf(0.025, 6)
    assert owl.smallest_detectable == pytest.approx(detectable_effect(se, 6, level=0.01), rel=1e-6)


def test_one_run_a_side_decides_nothing():
    [finding] = judge("rows", [OWL], readings(OWL.id, (0.9,), (0.1,)), RehearseConfig(), Recipe())
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert finding.p is None
    assert finding.p_reachable == 1.0
    assert not math.isfinite(finding.effect.low)
    assert "run" in finding.reason
