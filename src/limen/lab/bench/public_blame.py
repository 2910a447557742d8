"""What taking out that which one arm blames does on the public cases: one piece a case (`scripts/verify.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from limen.lab.bench.blame import Unit, cases_to_blame, retrain
from limen.lab.bench.case import REFERENCE, Case, public_cases
from limen.lab.bench.gamma import transfer
from limen.lab.bench.shipped import shipped_labels


def units(unit: Unit, arm: str) -> list[str]:
    """The public cases whose rows, or whose tokens, are blamed, whatever the arm."""
    return [c.id for c in _cases(unit)]


def run(piece: str, unit: Unit, arm: str) -> dict[str, Any]:
    """Students trained on what an arm leaves of a case, on one core; or `failed` with the reason."""
    import torch

    torch.set_num_threads(1)
    return retrain(next(c for c in _cases(unit) if c.id == piece), arm, unit)


def summarise(results: Mapping[str, Mapping[str, Any]], unit: Unit, arm: str) -> dict[str, Any]:
    """On how many cases the arm was tried."""
    return {"cases": len(results), "failed": sum(bool(r["failed"]) for r in results.values())}


@cache
def _cases(unit: Unit) -> list[Case]:
    cases = public_cases()
    return cases_to_blame(cases, transfer(shipped_labels(REFERENCE), cases), unit)
