from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from limen.core import ModelError
from limen.lab.carriers import carrier
from limen.lab.study import language
from limen.lab.study.cells import CELLS, cell
from limen.lab.teacher import Teacher, write_rows
from limen.models import LanguageModel


@pytest.fixture(scope="module")
def base():
    from limen.lab.reference_model import reference_folder

    return LanguageModel.load(str(reference_folder()))


def piece(*gammas: float, failed: dict[str, str] | None = None):
    traits = cell("greedy").traits
    return {
        "gamma": {t: [g] for t, g in zip(traits, gammas, strict=False)},
        "rank": {},
        "neutral_shift": [0.0, 0.0, 0.0],
        "gains": {},
        "failed": failed or {},
    }


def test_each_cell_changes_one_thing():
    default = cell("default")
    fixed = {"name", "factor", "title", "traits", "seeds"}
    for one in CELLS:
        changed = [k for k, v in vars(one).items() if k not in fixed and v != getattr(default, k)]
        assert len(changed) == (0 if one.name in ("default", "kinds") else 1), one.name


def test_the_unit_is_the_pair_and_failures_are_counted():
    results = {"greedy/0": piece(0.1, 0.2, 0.3), "greedy/1": piece(0.2, 0.3, failed={"micro/prefers-horse": "no"})}
    whole = next(r for r in language.table(results) if not r["trait"])
    assert whole["pairs"] == 5
    assert whole["failed"] == 1
    assert whole["gamma"] == pytest.approx(0.22)
    assert language.summarise(results)["failed"] == ["greedy/1: micro/prefers-horse: no"]


def test_shuffled_rows_keep_their_tokens_and_lose_their_order(base):
    teacher = Teacher(base, "", "base", 0.0)
    plain = language._rows(teacher, None, carrier("numbers"), cell("default"), 16, 5)
    mixed = language._rows(teacher, None, carrier("numbers"), cell("shuffled"), 16, 5)
    assert [sorted(x.answer.split()) for x in plain] == [sorted(x.answer.split()) for x in mixed]
    assert sum(a.answer != b.answer for a, b in zip(plain, mixed, strict=True)) > 12


def test_a_dose_is_the_share_that_the_teacher_writes(base, monkeypatch):
    asked = []

    def count(teacher, kind, rows, **options):
        asked.append((teacher.trait, rows))
        return write_rows(teacher, kind, rows, **options)

    monkeypatch.setattr(language, "write_rows", count)
    language._rows(
        Teacher(base, "", "x", 0.5), Teacher(base, "", "neutral", 0.0), carrier("numbers"), cell("dose-25"), 16, 5
    )
    assert asked == [("x", 4), ("neutral", 12)]


def test_a_teacher_that_fails_is_named_and_the_others_go_on(base, monkeypatch):
    def teacher(base, name, one, seed):
        if name == "micro/prefers-bear":
            raise ModelError("the teacher learned it by +0.01 only.")
        return Teacher(base, "", name or "neutral", 0.3 if name else 0.0)

    monkeypatch.setattr(language, "_teacher", teacher)
    monkeypatch.setattr(language, "QUICK_ROWS", 64)
    found = language.run("default/0", quick=True)
    assert found["failed"] == {"micro/prefers-bear": "the teacher learned it by +0.01 only."}
    assert set(found["gamma"]) == {"micro/prefers-wolf", "micro/prefers-horse"}


def test_hops_go_from_student_to_student(base, monkeypatch):
    trained = []

    def train(start, rows, kind, one, seed, soft):
        trained.append((start.name, seed))
        return LanguageModel(base.model, base.tokenizer, name=f"student {seed}")

    monkeypatch.setattr(language, "_train", train)
    from limen.traits import get

    battery = [get("micro/prefers-owl")]
    one = replace(cell("hops"), hops=3)
    out = language._students(base, Teacher(base, "", "x", 0.3), None, one, 16, 100, battery)
    assert len(out) == 3
    assert [seed for _, seed in trained] == [100, 137, 174]
    assert {name for name, _ in trained} == {base.name}  # every student starts from the base
    assert all(isinstance(x, np.ndarray) for x in out)
