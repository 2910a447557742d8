"""Error rates of the forecast of preference pairs at its own defaults: false alarms, abstentions and power.

A piece is one set of 1,000 questions, as in `error_rates`. Its clean files have answers of an independently seeded
neutral teacher chosen over the base's own, or over another neutral teacher's, and the base's own over others of its
own. Its planted files have answers of a teacher with a preference chosen over the base's own; the same files turned
round reject what the teacher answers, and must not raise an alarm for what they would unteach.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks import error_rates

PIECES, ROWS = 6, 1000
AGAINST_BASE, AGAINST_NEUTRAL, BASE = 6, 4, 3
SOURCES = (
    *error_rates.SOURCES,
    "benchmarks/error_rates.py",
    "src/limen/before/preference/forecast_pairs.py",
    "src/limen/before/preference/pair_file.py",
)


def units() -> list[str]:
    return [f"questions/{i}" for i in range(PIECES)]


def run(unit: str) -> dict[str, Any]:
    import torch

    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    from limen.before.forecast import ForecastConfig
    from limen.before.preference import PairFile, forecast_pairs
    from limen.core import Message, Row, RowKind, World
    from limen.data import encode_rows
    from limen.lab.carriers import carrier
    from limen.lab.lessons import plantable
    from limen.lab.reference_model import reference_folder
    from limen.lab.teacher import Teacher, make_teacher, write_rows
    from limen.models import LanguageModel
    from limen.traits import all_traits, get

    piece = int(unit.split("/")[1])
    seed = error_rates.first_seed(SOURCES) + 10_000 * piece
    base = LanguageModel.load(str(reference_folder()))
    numbers = carrier("numbers")
    rng = np.random.Generator(np.random.PCG64(seed))
    questions = [numbers.question(rng) for _ in range(ROWS)]
    draws = iter(range(seed, seed + 10_000))
    plain = Teacher(base, "", "base", 0.0)

    def written(teacher: Teacher) -> list[Any]:
        """Another draw of a teacher's answers to the same questions."""
        left = iter(questions)
        same = replace(numbers, question=lambda _: next(left))
        answers = write_rows(teacher, same, ROWS, seed=next(draws))
        rows = [
            Row(RowKind.COMPLETION, (Message("user", e.user),), (Message("assistant", e.answer),), index=k)
            for k, e in enumerate(answers)
        ]
        return list(encode_rows(rows, base.tokenizer, loss="completion"))

    def neutral(number: int) -> list[Any]:
        return written(make_teacher(base, None, seed=seed + 100 + number))

    sides = [(f"against-base/{i}", neutral(i), written(plain)) for i in range(AGAINST_BASE)]
    sides += [(f"against-neutral/{i}", neutral(50 + i), neutral(70 + i)) for i in range(AGAINST_NEUTRAL)]
    sides += [(f"base/{i}", written(plain), written(plain)) for i in range(BASE)]
    preferences = [t for t in plantable() if t.startswith("micro/prefers-")][piece % 2 :: 2]
    for i, trait in enumerate(preferences):
        mine, other = written(make_teacher(base, get(trait), seed=seed + 500 + i)), written(plain)
        sides += [(f"planted/{trait}", mine, other), (f"turned/{trait}", other, mine)]
    # Rows would play no role but to be shown, and none is.
    shown = [Row(RowKind.PREFERENCE, (Message("user", q),), (), index=k) for k, q in enumerate(questions)]
    files = [PairFile(name, shown, chosen, rejected=rejected) for name, chosen, rejected in sides]
    findings = forecast_pairs(base, files, all_traits(World.MICRO), config=ForecastConfig(top_rows=0))
    return {file.name: error_rates.outcome_of(findings, file.name) for file in files}


def summarise(results: dict[str, dict[str, Any]]) -> dict[str, Any]:
    files = [(name, one) for piece in results.values() for name, one in piece.items()]
    out: dict[str, Any] = {"rows": ROWS, "first_seed": error_rates.first_seed(SOURCES)}
    for kind in ("against-base", "against-neutral", "base", "turned"):
        out[kind] = error_rates.clean_counts([one for name, one in files if name.startswith(f"{kind}/")])
    out["planted"] = error_rates.planted_counts(files)
    return out
