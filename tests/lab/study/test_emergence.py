from __future__ import annotations

import numpy as np

from limen.lab.study import emergence

STEPS = np.arange(0, 257, 8)


def test_the_turn_is_where_the_rise_is_steepest():
    shift = 0.2 / (1 + np.exp(-(STEPS - 100) / 12))
    assert abs(emergence.turn(STEPS, shift) - 100) <= 12


def test_a_flat_path_has_no_turn():
    assert emergence.turn(STEPS, np.full(len(STEPS), 0.01)) is None


def test_shifts_are_against_the_neutral_student_at_the_same_step():
    result = {
        "steps": [0, 8],
        "traits": ["a", "b"],
        "paths": {"a": [[0.1, 0.1], [0.5, 0.1]], "b": [[0.1, 0.1], [0.1, 0.3]], "neutral": [[0.1, 0.1], [0.2, 0.0]]},
    }
    rows = emergence.table({"seed/0": result})
    assert [round(r["shift"], 3) for r in rows] == [0.0, 0.3, 0.0, 0.3]
