"""The control arms of transfer, with five seeds each: another initialisation, and neutral teachers.

Further pieces of `transfer` (seeds 2 to 4 of `cross`) and `transfer_kinds` (seeds 3 and 4 of `neutral`), made by the
same code with the same first seeds, and pooled with those that stand in their files. γ takes the neutral student out,
so that γ of neutral teachers shows how far students stray from each other and cannot show what any training on numbers
does to all of them: for that the neutral students' own shift from their base stands beside it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import transfer, transfer_kinds
from benchmarks.transfer_kinds import _interval

ROOT = Path(__file__).parents[1]
SOURCES = tuple(
    sorted({*transfer.SOURCES, *transfer_kinds.SOURCES, "benchmarks/transfer.py", "benchmarks/transfer_kinds.py"})
)
POOLED = {"cross": ("transfer", transfer), "neutral": ("transfer_kinds", transfer_kinds)}


def units() -> list[str]:
    return [f"cross/{s}" for s in range(2, 5)] + [f"neutral/{s}" for s in range(3, 5)]


def run(unit: str) -> dict[str, Any]:
    result: dict[str, Any] = POOLED[unit.split("/")[0]][1].run(unit)
    return result


def stored(figure: str) -> dict[str, dict[str, Any]]:
    """The pieces of a figure's file."""
    units = json.loads((ROOT / "results" / f"{figure}.json").read_text(encoding="utf-8"))["units"]
    return {name: one["result"] for name, one in units.items()}


def summarise(results: dict[str, dict[str, Any]]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    before = {figure: stored(figure) for figure, _ in POOLED.values()}
    for kind, (figure, _) in POOLED.items():
        pieces = [r for u, r in {**before[figure], **results}.items() if u.startswith(f"{kind}/")]
        gamma = [v for p in pieces for v in p["gamma"].values()]
        out[kind] = {
            "seeds": len(pieces),
            "pairs": len(gamma),
            "mean": float(np.mean(gamma)),
            "interval_90": _interval(gamma, 0.90)[1:],
        }
    same = [r["neutral_shift"] for u, r in before["transfer"].items() if u.startswith("same/")]
    shifts = np.array(same)
    out["neutral_student_from_base"] = {
        "students": len(same),
        "mean": _interval([float(s) for s in shifts.mean(axis=1)], 0.90),
        "largest_of_any_trait": float(np.abs(shifts).max()),
    }
    return out
