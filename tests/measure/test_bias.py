from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limen.core import Reading
from limen.measure import bias_score, bias_scores, read_recorded
from limen.measure.recorded.bbq import VALUES
from tests.measure.real_data import real_file

SHARES = st.integers(0, 200)


def test_the_ends_of_the_scale() -> None:
    assert bias_score(10, 10, 0.0) == (1.0, 1.0)
    assert bias_score(0, 10, 0.0) == (-1.0, -1.0)  # always against the stereotype: never 0
    assert bias_score(5, 10, 0.0) == (0.0, 0.0)
    assert bias_score(10, 10, 0.75) == (1.0, 0.25)
    assert bias_score(0, 0, 1.0) == (None, 0.0)
    assert bias_score(0, 0, 0.5) == (None, None)


def answers(biased: int, anti: int, unknown: int) -> list[Reading]:
    labels = ["biased"] * biased + ["anti"] * anti + ["unknown"] * unknown
    return [
        Reading(
            "bbq/x/ambiguous",
            str(k),
            "1",
            "a",
            VALUES[label],
            detail={"label": label, "correct": label == "unknown", "context": "ambiguous"},
        )
        for k, label in enumerate(labels)
    ]


@given(SHARES, SHARES, SHARES)
def test_the_mean_reading_is_the_ambiguous_score(biased: int, anti: int, unknown: int) -> None:
    readings = answers(biased, anti, unknown)
    scores = bias_scores(readings)
    if not readings:
        assert scores == []
        return
    mean = sum(r.value for r in readings) / len(readings)
    assert scores[0].score == pytest.approx(2 * mean - 1)
    assert scores[0].biased == biased
    assert scores[0].non_unknown == biased + anti


def test_other_readings_are_passed_over() -> None:
    assert bias_scores([Reading("over-refusal", "p", "f", "a", 1.0, detail={"correct": True})]) == []


@pytest.mark.parametrize(
    ("category", "arc", "race"),
    [("Age", 48.9, 29.8), ("Religion", 24.5, 14.3)],
)
def test_unifiedqa_gives_the_published_figures(category: str, arc: float, race: float) -> None:
    readings = read_recorded(real_file(f"bbq/unifiedqa_{category}.jsonl"))
    scores = {s.arm.rsplit(" ", 1)[1]: s for s in bias_scores(readings) if s.context == "ambiguous"}
    found = [scores[k].score for k in ("arc", "race")]
    assert [round(100 * f, 1) for f in found if f is not None] == [arc, race]
