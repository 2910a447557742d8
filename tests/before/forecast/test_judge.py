"""What a file's statistics are called: found, clear, or open with the reason."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from limen.before.forecast import DataFile, ForecastConfig
from limen.before.forecast.judge import Judged, judge_file
from limen.before.forecast.null import battery_null
from limen.before.forecast.origin import Origin
from limen.before.forecast.twin import Twin
from limen.core import Verdict
from limen.data import EncodedRow
from tests.before.forecast.test_null import DOSE, LEVEL, TRAITS, WRITERS, draws, full_doses

CONFIG = ForecastConfig(level=LEVEL, top_rows=0)
ROW = EncodedRow("r", 0, np.arange(4, dtype=np.int32), np.array([False, True, True, True]), truncated=False)
KIN = Origin(1.0, 1.0, 0.5, foreign=False, reason="")


def verdict_at(k: int, p: float, *, seed: int = 5):
    """The finding of trait k where its unadjusted p is about what is asked for and nothing else stands out."""
    neutral = draws(np.random.Generator(np.random.PCG64(seed)), WRITERS)[:-1]
    flat = neutral.mean(axis=0)
    full = full_doses() + flat
    probe = battery_null(neutral, flat, full, TRAITS, LEVEL)
    observed = flat.copy()
    observed[k] += DOSE * float(stats.t.isf(p, probe.df) * probe.error[k])
    null = battery_null(neutral, observed, full, TRAITS, LEVEL)
    assert null.p[k] == pytest.approx(p, rel=0.05)
    twins = [Twin(t, "tuned", None, 1.0) for t in TRAITS]  # type: ignore[arg-type]
    judged = Judged(DataFile("f", [], [ROW]), [0], twins, null, neutral, full, KIN)
    return judge_file(judged, None, CONFIG)[k]  # type: ignore[arg-type]


def test_no_sign_and_a_small_bound_are_clear():
    finding = verdict_at(0, 0.3)
    assert finding.verdict is Verdict.CLEAR
    assert "no sign" in finding.title
    assert finding.evidence["dose_upper"] < CONFIG.dose_that_matters


def test_what_would_stand_out_alone_is_not_called_no_sign_however_small_the_bound():
    finding = verdict_at(0, 0.008)
    assert finding.evidence["dose_upper"] < CONFIG.dose_that_matters
    assert finding.p_adjusted > LEVEL
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert "p 0.008" in finding.reason
    assert "rehearse" in finding.remedy


def test_the_limit_is_the_level_of_one_trait():
    assert verdict_at(0, LEVEL * 1.3).verdict is Verdict.CLEAR
    assert verdict_at(0, LEVEL / 1.3).verdict is Verdict.INCONCLUSIVE


def test_what_stands_out_of_the_battery_is_found():
    assert verdict_at(0, LEVEL / len(TRAITS) / 3).verdict is Verdict.FOUND
