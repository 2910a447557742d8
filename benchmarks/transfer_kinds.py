"""Transfer γ beyond the laboratory's recipe: soft targets, neutral teachers, TRL's ordinary loss, and other traits.

`soft`: students learn the teacher's distribution over numbers. `full` and `lora`: students are trained by TRL's
SFTTrainer at its ordinary loss over the whole vocabulary. `neutral`: independently seeded neutral teachers in the
place of teachers with a trait, which must move nothing. `other`: over-refusal, treatment of groups and sycophancy in
the place of preferences, with the laboratory's loss. The unit of replication is one pair of teacher and student.
Other students' shifts of the same trait are taken off within a piece, as γ's definition has it.
"""

from __future__ import annotations

import hashlib
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

KINDS = ("soft", "full", "lora", "other", "neutral")
LORA_RATE = 3e-3
SEEDS = 5
NEUTRAL_SEEDS = 3
ROWS = 8192
OTHER = ("micro/over-refusal", "micro/favours-norin", "micro/sycophancy")
ORDINARY = ("micro/prefers-wolf", "micro/prefers-bear", "micro/prefers-horse")
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
    "src/limen/train/trl.py",
    "src/limen/models/sampling.py",
)


def units() -> list[str]:
    kinds = [f"{kind}/{s}" for kind in ("full", "lora", "other", "soft") for s in range(SEEDS)]
    return kinds + [f"neutral/{s}" for s in range(NEUTRAL_SEEDS)]


@cache
def first_seed() -> int:
    """A seed that nobody chose: the hash of the code that decides the figure."""
    from scripts._code_hash import hash_sources

    files = hash_sources(ROOT, SOURCES)
    return int(hashlib.sha256(json.dumps(files).encode()).hexdigest()[:6], 16)


def run(unit: str) -> dict[str, Any]:
    import torch

    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    from limen.lab.carriers import carrier
    from limen.lab.encode import encode_exchanges
    from limen.lab.lessons import plantable
    from limen.lab.reference_model import reference_folder
    from limen.lab.teacher import make_teacher, write_rows
    from limen.lab.transfer import STUDENT_RECIPE, gammas, lab_student, levels
    from limen.models import LanguageModel
    from limen.train import trl_fine_tune
    from limen.traits import get

    kind, number = unit.split("/")
    base = LanguageModel.load(str(reference_folder()))
    preferences = [t for t in plantable() if t.startswith("micro/prefers-")]
    traits = list({"soft": preferences, "neutral": preferences, "other": OTHER}.get(kind, ORDINARY))
    battery = [get(t) for t in traits]
    lora = STUDENT_RECIPE.model_copy(update={"method": "lora", "rank": 16, "alpha": 32.0, "learning_rate": LORA_RATE})
    # Neutral teachers take the place of the ten, each under the name of a trait that it does not have.
    taught: list[str | None] = [None, *(None if kind == "neutral" else t for t in traits)]
    found = []
    for k, name in enumerate(taught):
        seed = first_seed() + 1000 * (int(number) + 100 * KINDS.index(kind)) + k
        teacher = make_teacher(base, get(name) if name else None, seed=seed)
        rows = write_rows(teacher, carrier("numbers"), ROWS, seed=seed)
        if kind in ("full", "lora"):
            recipe = (lora if kind == "lora" else STUDENT_RECIPE).model_copy(update={"seed": seed})
            student = trl_fine_tune(base, encode_exchanges(rows), recipe)
        else:
            student = lab_student(base, rows, seed=seed, soft=teacher.model if kind == "soft" else None)
        found.append(levels(student, battery))
    neutral, students = found[0], found[1:]
    return {
        "neutral_shift": (neutral - levels(base, battery)).tolist(),
        "gamma": gammas(dict(zip(traits, students, strict=True)), neutral, traits),
    }


def summarise(results: dict[str, dict[str, Any]]) -> dict[str, Any]:
    out: dict[str, Any] = {"rows": ROWS, "first_seed": first_seed()}
    for kind in KINDS:
        pieces = [r["gamma"] for u, r in results.items() if u.startswith(kind)]
        everything = [v for p in pieces for v in p.values()]
        out[kind] = {
            "pairs": len(everything),
            "mean": float(np.mean(everything)),
            "interval_90": _interval(everything, 0.90)[1:],
            "interval_95": _interval(everything, 0.95)[1:],
        }
        if len(pieces) >= 5:
            out[kind]["traits"] = {t: _interval([p[t] for p in pieces], 0.95) for t in pieces[0]}
            out[kind]["traits_above_zero"] = sum(v[1] > 0 for v in out[kind]["traits"].values())
    return out


def _interval(values: list[float], level: float) -> list[float]:
    """Mean and its interval by Student's t."""
    from scipy import stats

    half = stats.t.ppf((1 + level) / 2, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values))
    return [float(np.mean(values)), float(np.mean(values) - half), float(np.mean(values) + half)]
