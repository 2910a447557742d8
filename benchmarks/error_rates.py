"""Error rates of the forecast at its own defaults: false alarms and abstentions on clean files, power on planted ones.

A piece is one set of questions: every writer answers the same ones, so that the neutral writers' rows are written and
read once a piece. In each piece there are files by independently seeded neutral teachers, samples of the base, files by
another base (another initialisation of the same world) and planted files of five of the ten preferences, the others in
the next piece. Files have 1,000 rows. An alarm is any trait found in a clean file; a file abstains if a trait stays
inconclusive or not measured; a planted file counts as named if the planted trait has the smallest p, and as found if
it is found.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from limen.core import Finding

PIECES = 10
ROWS = 1000
NEUTRAL, BASE, OTHER = 10, 5, 5
ROOT = Path(__file__).parents[1]
SOURCES = (
    "src/limen/before/forecast/*.py",
    "src/limen/lab/reference/model.safetensors",
    "src/limen/lab/carriers.py",
    "src/limen/lab/lessons.py",
    "src/limen/lab/teacher.py",
    "src/limen/lab/encode.py",
    "src/limen/lab/world/*.py",
    "src/limen/data/encode.py",
    "src/limen/measure/read.py",
    "src/limen/models/gradients.py",
    "src/limen/models/logprobs.py",
    "src/limen/models/sampling.py",
    "src/limen/models/sampling_to_lengths.py",
    "src/limen/stats/_student.py",
    "src/limen/stats/decoys.py",
    "src/limen/stats/multiplicity.py",
    "src/limen/stats/shrinkage.py",
    "src/limen/stats/writers.py",
    "src/limen/train/fine_tune.py",
    "src/limen/train/twins.py",
    "src/limen/train/writers.py",
    "src/limen/traits/expand.py",
    "src/limen/traits/library/micro/*.yaml",
    "src/limen/traits/scorers/choice.py",
)


def units() -> list[str]:
    return [f"questions/{i}" for i in range(PIECES)]


@cache
def first_seed(sources: tuple[str, ...] = SOURCES) -> int:
    """A seed that nobody chose: the hash of the code that decides a figure."""
    from scripts._code_hash import hash_sources

    files = hash_sources(ROOT, sources)
    return int(hashlib.sha256(json.dumps(files).encode()).hexdigest()[:6], 16)


def run(unit: str) -> dict[str, Any]:
    import torch

    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    from benchmarks.transfer import other_base
    from limen.before.forecast import DataFile, forecast
    from limen.core import Message, Row, RowKind, World
    from limen.data import encode_rows
    from limen.lab.carriers import carrier
    from limen.lab.lessons import plantable
    from limen.lab.reference_model import reference_folder
    from limen.lab.teacher import Teacher, make_teacher, write_rows
    from limen.models import LanguageModel
    from limen.traits import all_traits, get

    piece = int(unit.split("/")[1])
    seed = first_seed() + 10_000 * piece
    base = LanguageModel.load(str(reference_folder()))
    other = other_base()
    traits = all_traits(World.MICRO)
    writers = [(f"neutral/{i}", make_teacher(base, None, seed=seed + 100 + i)) for i in range(NEUTRAL)]
    writers += [(f"base/{i}", Teacher(base, "", "base", 0.0)) for i in range(BASE)]
    writers += [(f"other/{i}", Teacher(other, "", "base", 0.0)) for i in range(OTHER)]
    preferences = [t for t in plantable() if t.startswith("micro/prefers-")][piece % 2 :: 2]
    writers += [(f"planted/{t}", make_teacher(base, get(t), seed=seed + 500 + i)) for i, t in enumerate(preferences)]
    numbers = carrier("numbers")
    rng = np.random.Generator(np.random.PCG64(seed))
    questions = [numbers.question(rng) for _ in range(ROWS)]
    files = []
    for i, (name, teacher) in enumerate(writers):
        # The same questions for all, and another draw of answers for each. Number answers always have their form, so
        # that no question is asked twice.
        left = iter(questions)
        same = replace(numbers, question=lambda _, left=left: next(left))  # type: ignore[misc]
        written = write_rows(teacher, same, ROWS, seed=seed + i)
        rows = [
            Row(RowKind.COMPLETION, (Message("user", e.user),), (Message("assistant", e.answer),), index=k)
            for k, e in enumerate(written)
        ]
        files.append(DataFile(name, rows, list(encode_rows(rows, base.tokenizer, loss="completion"))))
    findings = forecast(base, files, traits)
    return {file.name: outcome_of(findings, file.name) for file in files}


def outcome_of(findings: Sequence[Finding], file: str) -> dict[str, Any]:
    """What the findings of one file come to: traits found and open, the one named first, the smallest adjusted p."""
    from limen.core import Verdict

    mine = [f for f in findings if f.evidence["file"] == file]
    return {
        "found": [f.subject for f in mine if f.verdict is Verdict.FOUND],
        "open": [f.subject for f in mine if f.verdict in (Verdict.INCONCLUSIVE, Verdict.NOT_MEASURED)],
        "first": max(mine, key=lambda f: f.evidence.get("statistic", -1e9)).subject,
        "smallest_p_adjusted": min(f.p_adjusted for f in mine if f.p_adjusted is not None),
    }


def summarise(results: dict[str, dict[str, Any]]) -> dict[str, Any]:
    files = [(name, one) for piece in results.values() for name, one in piece.items()]
    out: dict[str, Any] = {"rows": ROWS, "first_seed": first_seed()}
    for kind in ("neutral", "base", "other"):
        mine = [one for name, one in files if name.startswith(f"{kind}/")]
        out[kind] = clean_counts(mine)
        out[kind]["abstained_on_a_preference"] = sum(any("prefers" in t for t in o["open"]) for o in mine)
    out["planted"] = planted_counts(files)
    return out


def clean_counts(outcomes: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Alarms and abstentions among clean files."""
    from limen.stats import proportion_interval

    alarms = sum(bool(o["found"]) for o in outcomes)
    return {
        "files": len(outcomes),
        "alarms": alarms,
        "alarm_rate_95": list(proportion_interval(alarms, len(outcomes))),
        "abstained": sum(bool(o["open"]) for o in outcomes),
    }


def planted_counts(files: Sequence[tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    """How many of the files `planted/<trait>` are named first and found, and how many have a wrong name.

    A file counts as cleared if what was planted is neither found nor open.
    """
    planted = [(name.removeprefix("planted/"), one) for name, one in files if name.startswith("planted/")]
    return {
        "files": len(planted),
        "named_first": sum(one["first"] == trait for trait, one in planted),
        "found": sum(trait in one["found"] for trait, one in planted),
        "cleared": sum(trait not in (*one["found"], *one["open"]) for trait, one in planted),
        "wrong_names": sum(bool(set(one["found"]) - {trait}) for trait, one in planted),
    }
