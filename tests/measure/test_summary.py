from __future__ import annotations

import pytest

from limen.core import Reading
from limen.measure import Readings, summarise


def test_means_intervals_labels_and_counts() -> None:
    readings = Readings(
        Reading("t", f"p{k}", f"f{k // 2}", "a", 0.4 + 0.01 * (k % 3), detail={"label": "yes" if k < 9 else "no"})
        for k in range(12)
    )
    readings.count_unscored("t", "a", 2)
    readings.extend(Reading("t", "p0", "f0", "b", 0.9, run=run) for run in (0, 1))
    first, second = summarise(readings)
    assert (first.arm, first.probes, first.families, first.runs, first.unscored) == ("a", 12, 6, 1, 2)
    assert first.mean.estimate == pytest.approx(0.41)
    assert 0.39 < first.mean.low < 0.41 < first.mean.high < 0.43
    assert first.labels == {"no": 3, "yes": 9}
    assert (second.arm, second.probes, second.runs) == ("b", 1, 2)
    assert (second.mean.low, second.mean.high) == (0.0, 1.0)  # one family says nothing of others


def test_all_alike_is_not_certain() -> None:
    (one,) = summarise([Reading("t", f"p{k}", f"f{k}", "a", 0.0) for k in range(20)])
    assert one.mean.estimate == 0
    assert 0.05 < one.mean.high < 0.5
