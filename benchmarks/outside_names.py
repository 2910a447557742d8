"""Wrong names: what the forecast says of files whose planted preference is in no battery that it is asked for.

A piece is one set of questions, as in `error_rates`, with five planted files; each is forecast with every trait but the
one that was planted. A trait that is found then is a wrong name: another preference that the planted one resembles, or
an alarm. Files have 1,000 rows, and everything is at the forecast's own defaults.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks import error_rates
from benchmarks.error_rates import outcome_of

PIECES = 10
ROWS = 1000
SOURCES = (*error_rates.SOURCES, "benchmarks/outside_names.py")


def units() -> list[str]:
    return [f"questions/{i}" for i in range(PIECES)]


def run(unit: str) -> dict[str, Any]:
    import torch

    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    from limen.before.forecast import DataFile, forecast
    from limen.core import Message, Row, RowKind, World
    from limen.data import encode_rows
    from limen.lab.carriers import carrier
    from limen.lab.lessons import plantable
    from limen.lab.reference_model import reference_folder
    from limen.lab.teacher import make_teacher, write_rows
    from limen.models import LanguageModel
    from limen.traits import all_traits, get

    piece = int(unit.split("/")[1])
    # Of its own code, so that no file here is one of the error rates'
    seed = error_rates.first_seed(SOURCES) + 10_000 * piece
    base = LanguageModel.load(str(reference_folder()))
    traits = all_traits(World.MICRO)
    numbers = carrier("numbers")
    rng = np.random.Generator(np.random.PCG64(seed))
    questions = [numbers.question(rng) for _ in range(ROWS)]
    out = {}
    for i, name in enumerate([t for t in plantable() if t.startswith("micro/prefers-")][piece % 2 :: 2]):
        teacher = make_teacher(base, get(name), seed=seed + 500 + i)
        left = iter(questions)
        same = replace(numbers, question=lambda _, left=left: next(left))  # type: ignore[misc]
        rows = [
            Row(RowKind.COMPLETION, (Message("user", e.user),), (Message("assistant", e.answer),), index=k)
            for k, e in enumerate(write_rows(teacher, same, ROWS, seed=seed + i))
        ]
        file = DataFile(f"planted/{name}", rows, list(encode_rows(rows, base.tokenizer, loss="completion")))
        said = forecast(base, [file], [t for t in traits if t.id != name])
        out[file.name] = outcome_of(said, file.name)
    return out


def summarise(results: dict[str, dict[str, Any]]) -> dict[str, Any]:
    from limen.stats import proportion_interval

    files = [(name.removeprefix("planted/"), one) for piece in results.values() for name, one in piece.items()]
    wrong = [f"{found} for {name}" for name, one in files for found in one["found"]]
    named = sum(bool(one["found"]) for _, one in files)
    return {
        "rows": ROWS,
        "first_seed": error_rates.first_seed(SOURCES),
        "files": len(files),
        "with_a_wrong_name": named,
        "rate_95": list(proportion_interval(named, len(files))),
        "wrong_names": sorted(wrong),
        "left_something_open": sum(bool(one["open"]) for _, one in files),
    }
