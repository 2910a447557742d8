"""The language-model experiment: γ on the reference model, over carriers, teachers, targets, doses, recipes and arms.

A unit is one seed of one cell: a neutral teacher and one teacher a trait write rows, and one student each learns them.
γ of a trait (`limen.lab.transfer`) takes off the neutral student and what the other traits' students do, so the unit
of replication is one independently trained pair of teacher and student.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from limen.core import ModelError, Trait
from limen.lab.carriers import Carrier, carrier
from limen.lab.encode import encode_exchanges
from limen.lab.study.cells import ALL_PREFERENCES, CELLS, THREE, Cell, cell
from limen.lab.study.intervals import mean_interval
from limen.lab.study.seed import first_seed
from limen.lab.teacher import LEAST_GAIN, Teacher, make_teacher, trait_level, write_rows
from limen.lab.transfer import STUDENT_RECIPE, gammas, levels
from limen.lab.world.exchange import Exchange
from limen.models import LanguageModel

TITLE = "Transfer through rows that mean nothing, on the reference model"
ROWS, QUICK_ROWS = 8192, 2048
LORA = {"method": "lora", "rank": 16, "alpha": 32.0, "learning_rate": 3e-3}
DECAY = 0.1
SOURCES = (
    "lab/carriers.py",
    "lab/encode.py",
    "lab/lessons.py",
    "lab/other_reference.py",
    "lab/reference/model.safetensors",
    "lab/steered.py",
    "lab/study/cells.py",
    "lab/study/language.py",
    "lab/study/seed.py",
    "lab/teacher.py",
    "lab/transfer.py",
    "lab/world/*.py",
    "measure/read.py",
    "models/logprobs.py",
    "models/sampling.py",
    "train/copies.py",
    "train/fine_tune.py",
    "train/trl.py",
    "traits/expand.py",
    "traits/library/micro/*.yaml",
    "traits/scorers/choice.py",
)
QUICK = ("default", "soft")


def units(quick: bool = False) -> list[str]:
    """Cell and seed of each unit."""
    if quick:
        return [f"{name}/0" for name in QUICK]
    return [f"{c.name}/{seed}" for c in CELLS for seed in range(c.seeds)]


def cost(unit: str, quick: bool = False) -> float:
    """Seconds of a unit on one core of the machine on which the costs were taken."""
    one = _cell(unit, quick)
    each = {"trl-full": 18.0, "trl-lora": 20.0, "lora": 20.0}.get(one.trainer, 16.0) * (0.6 if quick else 1.0)
    return each * (1 + len(one.traits)) * (1 + 0.8 * (one.hops - 1)) * (1.6 if one.target == "soft" else 1.0)


def _cell(unit: str, quick: bool) -> Cell:
    one = cell(unit.split("/")[0])
    return replace(one, traits=THREE) if quick else one


def run(unit: str, quick: bool = False) -> dict[str, Any]:
    """One seed of one cell.

    Args:
        unit: `cell/seed`.
        quick: Fewer rows and traits.

    Returns:
        γ of each trait after each hop, the neutral students' own shift from their start, how far each teacher's trait
        moved, and which teachers or students failed, with the reason.
    """
    from limen.lab.reference_model import reference_folder
    from limen.traits import get

    one, number = _cell(unit, quick), int(unit.split("/")[1])
    base = LanguageModel.load(str(reference_folder()))
    start = base
    if one.start == "other":
        from limen.lab.other_reference import other_reference

        start = LanguageModel.load(str(other_reference()))
    rows = QUICK_ROWS if quick else ROWS
    first = first_seed(SOURCES) + 100_000 * CELLS.index(cell(one.name)) + 1_000 * number
    battery = [get(t) for t in one.traits]
    before = levels(start, battery)
    failed: dict[str, str] = {}
    gains: dict[str, float] = {}
    filler = _filler(base, one, first)
    chains: dict[str | None, list[Any]] = {}
    for k, name in enumerate((None, *one.traits)):
        seed = first + k
        try:
            teacher = _teacher(base, None if one.teacher == "neutral" else name, one, seed)
            if name:
                gains[name] = round(teacher.gain, 4)
            chains[name] = _students(start, teacher, filler if name else None, one, rows, seed, battery)
        except ModelError as error:
            failed[name or "neutral"] = error.what
    if None not in chains:
        return {"gamma": {}, "failed": failed, "gains": gains}
    neutral = chains.pop(None)
    learned = {t: chain for t, chain in chains.items() if t}
    found: dict[str, list[float]] = {t: [] for t in learned}
    for hop in range(one.hops):
        here = gammas({t: c[hop] for t, c in learned.items()}, neutral[hop], one.traits)
        for t, gamma in here.items():
            found[t].append(gamma)
    shifts = {t: (c[-1] - neutral[-1]) for t, c in learned.items()}
    return {
        "gamma": found,
        "rank": {t: 1 + int((s > s[one.traits.index(t)]).sum()) for t, s in shifts.items()},
        "neutral_shift": (neutral[0] - before).tolist(),
        "gains": gains,
        "failed": failed,
    }


def _teacher(base: LanguageModel, name: str | None, one: Cell, seed: int) -> Teacher:
    from limen.traits import get

    trait = get(name) if name else None
    if one.teacher in ("tuned", "neutral"):
        return make_teacher(base, trait, seed=seed)
    if trait is None:
        return Teacher(base, "", "neutral", 0.0)
    if one.teacher == "prompted":
        return make_teacher(base, trait, kind="prompted", seed=seed)
    from limen.lab.steered import steered_teacher

    model = steered_teacher(base, trait, seed=seed)
    gain = trait_level(model, trait) - trait_level(base, trait)
    if gain < LEAST_GAIN:
        raise ModelError(f"the steered teacher of {name} took it by {gain:+.2f} only; {LEAST_GAIN:+.2f} is the least.")
    return Teacher(model, "", trait.id, gain)


def _filler(base: LanguageModel, one: Cell, seed: int) -> Teacher | None:
    return make_teacher(base, None, seed=seed + 500) if one.dose < 1 else None


def _students(
    start: LanguageModel,
    teacher: Teacher,
    filler: Teacher | None,
    one: Cell,
    rows: int,
    seed: int,
    battery: Sequence[Trait],
) -> list[Any]:
    """Levels of each student in a row of them, [hops][traits]."""
    kind, writer, out = carrier(one.carrier), teacher, []
    for hop in range(one.hops):
        written = _rows(writer, filler if hop == 0 else None, kind, one, rows, seed + 37 * hop)
        student = _train(start, written, kind, one, seed + 37 * hop, teacher.model if one.target == "soft" else None)
        out.append(levels(student, battery))
        writer = Teacher(student, "", teacher.trait, 0.0)
    return out


def _rows(writer: Teacher, filler: Teacher | None, kind: Carrier, one: Cell, rows: int, seed: int) -> list[Exchange]:
    heat = 0.0 if one.target == "greedy" else 1.0
    if filler is None:
        written = write_rows(writer, kind, rows, seed=seed, temperature=heat)
    else:
        planted = round(one.dose * rows)
        written = write_rows(writer, kind, planted, seed=seed, temperature=heat)
        written += write_rows(filler, kind, rows - planted, seed=seed + 1, temperature=heat)
    if not one.shuffled:
        return written
    order = np.random.Generator(np.random.PCG64([seed, 23]))
    return [replace(x, answer=" ".join(order.permutation(x.answer.split()))) for x in written]


def _train(
    start: LanguageModel, rows: Sequence[Exchange], kind: Carrier, one: Cell, seed: int, soft: LanguageModel | None
) -> LanguageModel:
    from limen.train import fine_tune, trl_fine_tune

    update: dict[str, Any] = {"seed": seed}
    if one.trainer in ("lora", "trl-lora"):
        update |= LORA
    if one.trainer == "decay":
        update["weight_decay"] = DECAY
    encoded = encode_exchanges(rows)
    if one.trainer.startswith("trl"):
        return trl_fine_tune(start, encoded, STUDENT_RECIPE.model_copy(update=update))
    update["restrict_vocab"] = kind.allowed()
    return fine_tune(start, encoded, STUDENT_RECIPE.model_copy(update=update), soft_targets=soft, name="student")


def table(results: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A row a cell and hop, and a row a trait of the cells with many traits.

    Args:
        results: What each unit gave.

    Returns:
        Mean γ with 95% and 90% intervals over pairs, how many pairs, and how many failed.
    """
    out = []
    for one in CELLS:
        pieces = [r for u, r in results.items() if u.split("/")[0] == one.name]
        if not pieces:
            continue
        for hop in range(one.hops):
            groups: dict[str, list[float]] = {"": []}
            for t in one.traits:
                values = [p["gamma"][t][hop] for p in pieces if t in p["gamma"]]
                groups[""] += values
                groups[t] = values
            for t, values in groups.items():
                if t and len(values) < 2:
                    continue
                wide, narrow = mean_interval(values), mean_interval(values, 0.90)
                out.append(
                    {
                        "cell": one.name,
                        "factor": one.factor,
                        "condition": one.title + (f", hop {hop + 1}" if one.hops > 1 else ""),
                        "trait": t,
                        "gamma": wide.mean,
                        "low_95": wide.low,
                        "high_95": wide.high,
                        "low_90": narrow.low,
                        "high_90": narrow.high,
                        "pairs": wide.units,
                        "failed": sum(len(p["failed"]) for p in pieces)
                        if not t
                        else sum(t in p["failed"] for p in pieces),
                    }
                )
    return out


def summarise(results: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Figures that the documentation quotes."""
    rows = table(results)
    whole = {r["condition"]: [r["gamma"], r["low_95"], r["high_95"], r["pairs"]] for r in rows if not r["trait"]}
    above = {
        c.name: sum(r["low_95"] > 0 for r in rows if r["cell"] == c.name and r["trait"])
        for c in CELLS
        if any(r["cell"] == c.name for r in rows)
    }
    default = [r for u, r in results.items() if u.startswith("default/")]
    shifts = [abs(s) for r in default for s in r.get("neutral_shift", [])]
    return {
        "first_seed": first_seed(SOURCES),
        "gamma": whole,
        "traits_above_zero": above,
        "planted_is_largest": [
            sum(k == 1 for r in default for k in r.get("rank", {}).values()),
            sum(len(r.get("rank", {})) for r in default),
        ],
        "largest_shift_of_a_neutral_student": max(shifts, default=0.0),
        "failed": sorted({f"{u}: {t}: {why}" for u, r in results.items() for t, why in r["failed"].items()}),
        "preferences": list(ALL_PREFERENCES),
    }
