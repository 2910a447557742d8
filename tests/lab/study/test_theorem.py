from __future__ import annotations

import pytest

from limen.lab.study import theorem


@pytest.fixture(scope="module")
def soft():
    return theorem._classifiers(sampled=False, models=32, seed=11)


def test_a_small_step_of_the_student_never_leads_away_from_the_teacher(soft):
    for size in ("0.01", "0.1"):
        assert min(soft[size]["gradient"]) > 0


def test_another_initialisation_has_no_such_direction(soft):
    cosines = soft["0.01"]["other initialisation"]
    assert min(cosines) < 0
    assert max(soft["0.01"]["gradient"]) > max(cosines)


def test_sampled_targets_lead_there_on_average(monkeypatch):
    monkeypatch.setattr(theorem, "SIZES", (1.0,))
    cosines = theorem._classifiers(sampled=True, models=100, seed=12)["1"]["gradient"]
    rows = theorem.table({"classifier/sampled": {"1": {"gradient": cosines}}})
    assert rows[0]["low_95"] > 0
    assert rows[0]["negative"] > 0  # a single draw may lead elsewhere


def test_the_table_counts_what_is_negative():
    [row] = theorem.table({"classifier/soft": {"1": {"gradient": [0.5, -0.1, 0.2]}}})
    assert (row["negative"], row["trials"], row["smallest"]) == (1, 3, -0.1)
