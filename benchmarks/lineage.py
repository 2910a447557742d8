"""Lineage: files by the base's own family against files by other hands, at `limen lineage`'s own defaults.

A piece is one set of questions with the world's own answers to them (what people would write). On the same questions
write, with seeds of their own: the base, neutral and planted teachers of it (the own family); another initialisation
of the base's world and teachers of it; and that one again after it was brought to behave like the base, with teachers
of it. Files have 1,000 rows. Counted are own files that are called foreign (alarms), foreign ones that are called own
(misses), and what stays open; the AUROC is of where a file lies between neutral writers and an unrelated model.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

PIECES = 8
ROWS = 1000
ROOT = Path(__file__).parents[1]
SOURCES = (
    "src/limen/before/forecast/data_file.py",
    "src/limen/before/forecast/forecast.py",
    "src/limen/before/lineage/*.py",
    "src/limen/lab/reference/model.safetensors",
    "src/limen/lab/bench/bases.py",
    "src/limen/lab/carriers.py",
    "src/limen/lab/encode.py",
    "src/limen/lab/lessons.py",
    "src/limen/lab/other_reference.py",
    "src/limen/lab/teacher.py",
    "src/limen/lab/world/*.py",
    "src/limen/models/logprobs.py",
    "src/limen/models/over_logits.py",
    "src/limen/models/sampling.py",
    "src/limen/models/sampling_to_lengths.py",
    "src/limen/stats/_student.py",
    "src/limen/stats/writers.py",
    "src/limen/train/control_rows.py",
    "src/limen/train/fine_tune.py",
    "src/limen/train/stand_in.py",
    "src/limen/train/twins.py",
    "src/limen/train/writers.py",
)
KINDS = ("same", "other", "matched", "world")


def units() -> list[str]:
    return [f"questions/{i}" for i in range(PIECES)]


@cache
def first_seed() -> int:
    """A seed that nobody chose: the hash of the code that decides the figure."""
    from scripts._code_hash import hash_sources

    return int(hashlib.sha256(json.dumps(hash_sources(ROOT, SOURCES)).encode()).hexdigest()[:6], 16)


def run(unit: str) -> dict[str, Any]:
    import torch

    torch.set_num_threads(1)
    from limen.before.forecast import DataFile
    from limen.before.lineage import lineage
    from limen.core import Message, Row, RowKind
    from limen.data import encode_rows
    from limen.lab.bench.bases import bed
    from limen.lab.lessons import plantable
    from limen.lab.teacher import Teacher, write_rows
    from limen.lab.world.numbers import number_exchange
    from limen.traits import get

    piece = int(unit.split("/")[1])
    seed = first_seed() + 10_000 * piece
    base, kind = bed("reference").model, bed("reference").carrier("numbers")
    rng = np.random.Generator(np.random.PCG64(seed))
    exchanges = {"world": [number_exchange(rng) for _ in range(ROWS)]}
    questions = [x.user for x in exchanges["world"]]
    traits = plantable()
    for k, family in enumerate(("reference", "other", "matched")):
        own, at = bed(family), seed + 1000 * k
        name = "same" if family == "reference" else family
        writers = {f"{name}/base/{i}": Teacher(own.model, "", "base", 0.0) for i in range(2 if k == 0 else 1)}
        writers |= {f"{name}/neutral/{i}": own.teacher(own.model, None, seed=at + i) for i in range(3 if k == 0 else 1)}
        for i in range(3 if k == 0 else 2):
            trait = traits[(5 * piece + 3 * k + i) % len(traits)]
            writers[f"{name}/{trait}/{i}"] = own.teacher(own.model, get(trait), seed=at + 50 + i)
        for i, (label, teacher) in enumerate(writers.items()):
            left = iter(questions)
            same = replace(kind, question=lambda _, left=left: next(left))  # type: ignore[misc]
            exchanges[label] = write_rows(teacher, same, ROWS, seed=at + 100 + i)
    files = []
    for label, written in exchanges.items():
        rows = [
            Row(RowKind.COMPLETION, (Message("user", x.user),), (Message("assistant", x.answer),), index=j)
            for j, x in enumerate(written)
        ]
        files.append(DataFile(label, rows, list(encode_rows(rows, base.tokenizer, loss="completion"))))
    return {
        str(f.evidence["file"]): {"verdict": f.verdict.value, "p": f.p, "way": round(float(f.evidence["way"]), 4)}
        for f in lineage(base, files)
    }


def summarise(results: dict[str, dict[str, Any]]) -> dict[str, Any]:
    from sklearn.metrics import roc_auc_score

    from limen.stats import proportion_interval

    files = [(name.split("/")[0], one) for piece in results.values() for name, one in piece.items()]
    out: dict[str, Any] = {"rows": ROWS, "first_seed": first_seed()}
    own = [one["way"] for kind, one in files if kind == "same"]
    for kind in KINDS:
        mine = [one for k, one in files if k == kind]
        counts = {v: sum(o["verdict"] == v for o in mine) for v in ("found", "clear", "inconclusive")}
        wrong = counts["found" if kind == "same" else "clear"]
        out[kind] = {"files": len(mine), **counts, "wrong_95": list(proportion_interval(wrong, len(mine)))}
        ways = [o["way"] for o in mine]
        out[kind]["way"] = [round(float(q), 3) for q in np.quantile(ways, [0, 0.5, 1])]
        if kind != "same":
            out[kind]["auroc"] = round(float(roc_auc_score([0] * len(own) + [1] * len(ways), own + ways)), 4)
    return out
