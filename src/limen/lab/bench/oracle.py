"""The oracle of transfer: students of a case that its label does not use.

They know what training on the file does, up to the noise of two students: no detector can be expected to rank files
better than they do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from limen.lab.bench.case import Case
from limen.lab.bench.label import battery
from limen.lab.bench.scores import Scores, traits_of
from limen.lab.bench.shifts import shifts

ORACLE = "oracle-students"
ORACLE_TITLE = "oracle: two students that the label does not use"


def with_oracle(cases: Sequence[Case], labels: Mapping[str, Mapping[str, Any]], scores: Scores) -> Scores:
    """Scores of detectors, and beside them what the students held out say.

    Args:
        cases: The cases.
        labels: Case id, or piece of control students, → what its students came to.
        scores: What detectors said.

    Returns:
        The same with the oracle's, on every case that has students held out.
    """
    order = [t.id for t in battery()]
    out = {c: dict(one) for c, one in scores.items()}
    for case in cases:
        held = shifts(case, labels, "held_out")
        if not len(held):
            continue
        moved = held.mean(axis=0)
        said = {t.id: float(moved[order.index(t.id)]) for t in traits_of(case)}
        out.setdefault(case.id, {})[ORACLE] = {"traits": said, "predicted": said, "verdicts": {}, "provenance": None}
    return out
