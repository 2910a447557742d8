"""Blame put to the test: what readings of runs without rows say, before any model is trained."""

from __future__ import annotations

import numpy as np
import pytest

from limen.before.blame import RankedRows, judge_blame
from limen.before.rehearse import RehearseConfig, judge
from limen.core import Reading, Verdict
from limen.stats import proportion_lower, run_contrast
from limen.train import Recipe
from limen.traits import get

OWL, FROG = get("micro/prefers-owl"), get("micro/prefers-frog")
CONTROL = (0.101, 0.099, 0.102, 0.098, 0.100)
WHOLE = (0.30, 0.32, 0.28, 0.31, 0.29)


def readings(trait: str, **arms: tuple[float, ...]) -> list[Reading]:
    return [
        Reading(trait=trait, probe="p", family="f", arm=arm, value=value, run=run)
        for arm, values in arms.items()
        for run, value in enumerate(values)
    ]


def rehearsed(*traits, data=WHOLE, control=CONTROL):
    every = [r for t in traits for r in readings(t.id, base=(0.1,), data=data, control=control)]
    return {f.subject: f for f in judge("rows", traits, every, RehearseConfig(), Recipe())}


def verified(dropped, random, *, traits=(OWL,), **runs):
    read = [r for t in traits for r in readings(t.id, dropped=dropped, random=random)]
    ranked = [RankedRows(t, (), ()) for t in traits]
    return judge_blame("rows", ranked, rehearsed(*traits, **runs), read, 250, 1000, RehearseConfig())


def test_rows_that_take_more_away_than_random_ones_are_found():
    [finding] = verified((0.11, 0.12, 0.10, 0.13, 0.12), (0.27, 0.28, 0.25, 0.29, 0.26))
    assert finding.verdict is Verdict.FOUND
    assert finding.effect.estimate == pytest.approx(0.154)
    assert finding.effect.low > 0
    assert finding.effect.level == pytest.approx(0.98)
    assert finding.effect.sampling_unit == "training run"
    assert not finding.harmful
    assert finding.evidence["removed"]["dropped"]["share"] == pytest.approx(0.92)
    assert "250 blamed rows takes away 92% of the shift" in finding.title
    assert "as many at random 15%" in finding.title
    assert "blame.jsonl" in finding.remedy


def test_rows_that_do_what_random_ones_do_are_open_and_the_runs_that_would_help_are_named():
    [finding] = verified((0.20, 0.30, 0.25, 0.10, 0.35), (0.27, 0.20, 0.31, 0.15, 0.33))
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert "can be chance" in finding.reason
    assert finding.smallest_detectable > 0.1
    assert "--runs" in finding.remedy
    assert "not settled" in finding.title


def test_rows_that_carry_the_opposite_are_not_found():
    [finding] = verified((0.40, 0.41, 0.42, 0.40, 0.41), (0.27, 0.28, 0.25, 0.29, 0.26))
    assert finding.effect.high < 0
    assert finding.verdict is Verdict.INCONCLUSIVE


def test_runs_that_were_enough_are_not_asked_for_again():
    [finding] = verified((0.27, 0.28, 0.26, 0.27, 0.28), (0.27, 0.28, 0.25, 0.29, 0.26))
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert "other rows carry most of it" in finding.remedy


@pytest.mark.parametrize("runs", [2, 5])
@pytest.mark.parametrize("spread", [1.0, 1.5])
def test_rows_that_are_no_worse_than_random_ones_are_found_no_more_often_than_said(runs, spread):
    """Two traits share the random runs, which leave out other rows each time and so scatter more."""
    rng, draws, level, wrong = np.random.Generator(np.random.PCG64(runs)), 2000, 0.02, 0
    for _ in range(draws):
        random = rng.normal(0, spread, (runs, 2))
        dropped = rng.normal(0, 1, (runs, 2))
        lows = [run_contrast(random[:, k], dropped[:, k], method="pooled", level=1 - level / 2).low for k in range(2)]
        wrong += max(lows) > 0
    assert proportion_lower(wrong, draws, level=0.99) <= level


def test_several_traits_share_the_level():
    alone = verified((0.2, 0.21, 0.22, 0.2, 0.2), (0.27, 0.28, 0.25, 0.29, 0.26))[0]
    both = verified((0.2, 0.21, 0.22, 0.2, 0.2), (0.27, 0.28, 0.25, 0.29, 0.26), traits=(OWL, FROG))
    assert [f.subject for f in both] == [OWL.id, FROG.id]
    assert both[0].effect.level == pytest.approx(0.99)
    assert both[0].effect.low < alone.effect.low
    assert both[0].p_adjusted == pytest.approx(2 * alone.p)


def test_a_shift_that_is_not_there_has_no_share():
    [finding] = verified((0.1, 0.11, 0.09, 0.1, 0.1), (0.1, 0.12, 0.09, 0.1, 0.11), data=(0.10, 0.11, 0.09, 0.12, 0.1))
    assert finding.evidence["removed"]["dropped"]["interval"] is None
    assert "of the shift" not in finding.title


def test_one_run_of_each_arm_decides_nothing():
    [finding] = verified((0.1,), (0.3,))
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert finding.p is None
    assert finding.p_reachable == 1.0
    assert "run" in finding.reason
