"""What one detector says of the public cases, piece by piece: one piece a case (`scripts/verify.py`)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from limen.core import LimenError
from limen.lab.bench.case import REFERENCE, public_cases
from limen.lab.bench.scores import score_case

_CLOSE = 1e-2


def units(detector: str, base: str = REFERENCE) -> list[str]:
    """The public cases of a base, whatever the detector."""
    return [c.id for c in public_cases(base)]


def run(unit: str, detector: str, base: str = REFERENCE) -> dict[str, Any]:
    """A detector's scores on a case, on one core; or `failed` with the reason."""
    import torch

    torch.set_num_threads(1)
    case = next(c for c in public_cases(base) if c.id == unit)
    try:
        return score_case(case, [detector])[detector]
    except LimenError as error:
        return {"failed": error.what}


def summarise(results: Mapping[str, Mapping[str, Any]], detector: str, base: str = REFERENCE) -> dict[str, Any]:
    """On how many cases the detector has scores."""
    return {"cases": len(results), "failed": sum("failed" in r for r in results.values())}


def agrees(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether two runs say the same: scores within rounding of the largest, verdicts equal; times may differ."""
    if old.get("failed") != new.get("failed") or old.get("verdicts") != new.get("verdicts"):
        return False
    a, b = old.get("traits", {}), new.get("traits", {})
    largest = max((abs(v) for v in a.values()), default=0.0)
    return a.keys() == b.keys() and all(math.isclose(a[t], b[t], rel_tol=_CLOSE, abs_tol=_CLOSE * largest) for t in a)
