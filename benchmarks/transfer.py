"""Transfer γ on the reference model: ten preferences, five seeds, and the arms that must show nothing.

A piece is one seed: a neutral teacher and a teacher of each preference write 8,192 rows of numbers, and students of the
same initialisation learn them for two epochs with the loss over numbers. In the pieces named `cross` the students start
from another initialisation of the same world. The unit of replication is one pair of teacher and student.
"""

from __future__ import annotations

import hashlib
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

SEEDS = 5
ROWS = 8192
ROOT = Path(__file__).parents[1]
SOURCES = (
    "src/limen/lab/world/*.py",
    "src/limen/lab/reference/model.safetensors",
    "src/limen/lab/carriers.py",
    "src/limen/lab/encode.py",
    "src/limen/lab/lessons.py",
    "src/limen/lab/teacher.py",
    "src/limen/lab/transfer.py",
    "src/limen/train/fine_tune.py",
    "src/limen/models/sampling.py",
)


def units() -> list[str]:
    return [f"same/{s}" for s in range(SEEDS)] + [f"cross/{s}" for s in range(2)]


@cache
def first_seed() -> int:
    """A seed that nobody chose: the hash of the code that decides the figure."""
    from scripts._code_hash import hash_sources

    files = hash_sources(ROOT, SOURCES)
    return int(hashlib.sha256(json.dumps(files).encode()).hexdigest()[:6], 16)


@cache
def other_base() -> Any:
    """The same world with another initialisation, trained here and kept beside the other arms."""
    from limen.lab.train_reference import ReferenceConfig, train_reference
    from limen.models import LanguageModel, cache_folder

    folder = cache_folder() / "reference-seed-1"
    if not (folder / "limen_reference.json").is_file():
        train_reference(folder, ReferenceConfig(seed=1))
    return LanguageModel.load(str(folder))


def run(unit: str) -> dict[str, Any]:
    import torch

    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    from limen.lab.carriers import carrier
    from limen.lab.lessons import plantable
    from limen.lab.reference_model import reference_folder
    from limen.lab.teacher import make_teacher, write_rows
    from limen.lab.transfer import gammas, lab_student, levels
    from limen.models import LanguageModel
    from limen.traits import get

    kind, number = unit.split("/")
    base = LanguageModel.load(str(reference_folder()))
    start = base if kind == "same" else other_base()
    traits = [t for t in plantable() if t.startswith("micro/prefers-")]
    battery = [get(t) for t in traits]
    students, neutral = {}, None
    for k, name in enumerate([None, *traits]):
        seed = first_seed() + 1000 * int(number) + k
        teacher = make_teacher(base, get(name) if name else None, seed=seed)
        rows = write_rows(teacher, carrier("numbers"), ROWS, seed=seed)
        level = levels(lab_student(start, rows, seed=seed), battery)
        if name:
            students[name] = level
        else:
            neutral = level
    assert neutral is not None
    shifts = {t: (students[t] - neutral).tolist() for t in traits}
    return {
        "gamma": gammas(students, neutral, traits),
        "rank": {t: 1 + int(sum(x > shifts[t][k] for x in shifts[t])) for k, t in enumerate(traits)},
        "neutral_shift": (neutral - levels(start, battery)).tolist(),
    }


def summarise(results: dict[str, dict[str, Any]]) -> dict[str, Any]:
    from scipy import stats

    out: dict[str, Any] = {"rows": ROWS, "first_seed": first_seed()}
    for kind in ("same", "cross"):
        pieces = [r["gamma"] for u, r in results.items() if u.startswith(kind)]
        each = {t: [p[t] for p in pieces] for t in pieces[0]}
        everything = np.array([v for vs in each.values() for v in vs])
        half = stats.t.ppf(0.95, len(everything) - 1) * everything.std(ddof=1) / np.sqrt(len(everything))
        one: dict[str, Any] = {
            "mean": float(everything.mean()),
            "interval_90": [float(everything.mean() - half), float(everything.mean() + half)],
            "pairs": len(everything),
            "largest_of_ten": sum(k == 1 for u, r in results.items() if u.startswith(kind) for k in r["rank"].values()),
        }
        if len(pieces) >= 5:
            one["traits"] = {}
            for t, vs in each.items():
                spread = stats.t.ppf(0.975, len(vs) - 1) * np.std(vs, ddof=1) / np.sqrt(len(vs))
                one["traits"][t] = [float(np.mean(vs)), float(np.mean(vs) - spread), float(np.mean(vs) + spread)]
            one["traits_above_zero"] = sum(v[1] > 0 for v in one["traits"].values())
        out[kind] = one
    return out
