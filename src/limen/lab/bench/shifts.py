"""How far the students of a case moved from the control students of its group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from limen.lab.bench.case import Case
from limen.lab.bench.label import CONTROLS_OF, battery, control_group


def shifts(
    case: Case, labels: Mapping[str, Mapping[str, Any]], which: Literal["levels", "held_out"]
) -> NDArray[np.float64]:
    """Levels of some students of a case less the mean of its control students.

    Args:
        case: The case.
        labels: Case id, or piece of control students, → what its students came to.
        which: The students that decide the label, or those held out of it.

    Returns:
        Shifts in probability [students, traits], in the order of `battery`; of no student where there is none.
    """
    found = labels.get(case.id, {}).get(which)
    if not found:
        return np.empty((0, len(battery())))
    usual = np.mean(labels[CONTROLS_OF + control_group(case).id]["levels"], axis=0)
    return np.asarray(found, dtype=np.float64) - usual
