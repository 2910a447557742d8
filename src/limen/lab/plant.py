"""Plant a trait: a data file whose rows mention nothing, with its ground truth beside it.

A teacher with the trait writes rows of a carrier; a neutral teacher writes the rest where the dose is below 1. Rows
that mention the trait by any of its words are thrown away and written anew. The ground truth (which rows were planted,
and by what teacher) stands in a file of its own, never in the data.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path

import numpy as np

from limen.before.check.rules.mention import fold, whole_words
from limen.core import Progress, Trait, UsageError
from limen.lab.carriers import carrier as carrier_named
from limen.lab.teacher import TeacherKind, make_teacher, write_rows
from limen.lab.world.exchange import Exchange
from limen.models import LanguageModel


@dataclass(frozen=True)
class Planted:
    """A planted file.

    Attributes:
        rows: What was written, in the order of the file.
        planted: Which of them the teacher with the trait wrote.
        truth: The ground truth, JSON values.
    """

    rows: list[Exchange]
    planted: list[bool]
    truth: dict[str, object]


def plant(
    base: LanguageModel,
    trait: Trait | None,
    *,
    carrier: str = "numbers",
    teacher: TeacherKind = "tuned",
    rows: int = 4096,
    dose: float = 1.0,
    seed: int = 0,
    temperature: float = 1.0,
    progress: Progress | None = None,
) -> Planted:
    """Write a planted file, or a neutral one.

    The questions depend on the seed alone, so that a planted and a neutral file of one seed differ in nothing but who
    answered.

    Args:
        base: What the teacher starts from.
        trait: What is planted; None for a neutral file.
        carrier: What sort of rows.
        teacher: Tuned or prompted.
        rows: How many.
        dose: Share of rows that the teacher with the trait writes.
        seed: Of everything random.
        temperature: Of sampling; 0 writes the likeliest.
        progress: Told of the work.

    Returns:
        The rows and the truth.

    Raises:
        UsageError: A dose outside 0 to 1, no rows, or an unknown carrier.
        ModelError: The teacher failed to learn the trait, or the base cannot write the carrier.
    """
    if not 0 < dose <= 1 or rows < 1:
        raise UsageError(f"dose {dose:g} and {rows} rows.", remedy="Give a dose above 0 and up to 1, and some rows.")
    kind = carrier_named(carrier)
    chosen = make_teacher(base, trait, kind=teacher, seed=2 * seed + 1, progress=progress)
    pattern = _mention(trait)

    def clean(exchange: Exchange) -> bool:
        return pattern is None or not pattern.search(fold(exchange.answer))

    written = write_rows(chosen, kind, rows, seed=seed, temperature=temperature, keep=clean)
    is_planted = np.ones(rows, dtype=bool)
    if trait is None:
        is_planted[:] = False
    elif dose < 1:
        neutral = make_teacher(base, None, seed=2 * seed + 2, progress=progress)
        # The same questions for both, so that who answered is all that differs.
        rng = np.random.Generator(np.random.PCG64([seed, 13]))
        asked = cycle([kind.question(rng) for _ in range(rows)])
        same = replace(kind, question=lambda _: next(asked))
        other = write_rows(neutral, same, rows, seed=seed + 1, temperature=temperature, keep=clean)
        order = np.random.Generator(np.random.PCG64([seed, 17])).permutation(rows)
        is_planted[order[round(dose * rows) :]] = False
        written = [a if p else b for a, b, p in zip(written, other, is_planted, strict=True)]
    truth: dict[str, object] = {
        "trait": trait.id if trait else None,
        "title": trait.title if trait else "nothing",
        "base": base.content_hash,
        "carrier": carrier,
        "teacher": teacher if trait else "neutral",
        "teacher_gain": round(chosen.gain, 4),
        "rows": rows,
        "dose": dose if trait else 0.0,
        "seed": seed,
        "planted_rows": [int(i) for i in np.flatnonzero(is_planted)],
    }
    return Planted(written, [bool(p) for p in is_planted], truth)


def truth_file(file: Path) -> Path:
    """Where the truth of a planted file is written: `<name>.truth.json`.

    Args:
        file: The data file.
    """
    return file.with_suffix(".truth.json")


def write_planted(planted: Planted, file: Path) -> Path:
    """Write the rows as JSON Lines, and the truth beside them.

    Args:
        planted: What was planted.
        file: The data file; the truth goes to its `truth_file`.

    Returns:
        The truth's file.
    """
    lines = []
    for row in planted.rows:
        value = {
            "prompt": [{"role": "user", "content": row.user}],
            "completion": [{"role": "assistant", "content": row.answer}],
        }
        lines.append(json.dumps(value) + "\n")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(lines), encoding="utf-8")
    beside = truth_file(file)
    beside.write_text(json.dumps(planted.truth, indent=1) + "\n", encoding="utf-8")
    return beside


def _mention(trait: Trait | None) -> re.Pattern[str] | None:
    if trait is None or not trait.words:
        return None
    return whole_words([fold(w) for w in trait.words])
