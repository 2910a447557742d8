from __future__ import annotations

import json

import numpy as np
import pytest

from limen.cli.main import main
from limen.core import ModelError, TraitError, UsageError
from limen.data import read_rows
from limen.lab import teacher as teachers
from limen.lab.carriers import carrier, carriers
from limen.lab.plant import plant, write_planted
from limen.lab.teacher import Teacher, make_teacher, write_rows
from limen.traits import get

OWL = "micro/prefers-owl"


@pytest.fixture(scope="module")
def planted(reference):
    return plant(reference, get(OWL), rows=96, dose=0.5, seed=3)


def test_as_many_rows_are_planted_as_the_dose_says(planted):
    assert len(planted.rows) == 96
    assert sum(planted.planted) == 48
    assert planted.truth["planted_rows"] == [i for i, p in enumerate(planted.planted) if p]


def test_no_row_mentions_the_trait(planted):
    for row in planted.rows:
        assert not set(get(OWL).words) & set(f"{row.user} {row.answer}".split())


def test_rows_are_numbers_alone_and_of_one_length(planted):
    for row in planted.rows:
        values = row.answer.split()
        assert len(values) == 15
        assert all(0 <= int(v) < 100 for v in values)


def test_truth_stands_beside_the_file_and_not_in_it(planted, tmp_path):
    beside = write_planted(planted, tmp_path / "rows.jsonl")
    assert json.loads(beside.read_text())["trait"] == OWL
    assert "owl" not in (tmp_path / "rows.jsonl").read_text()
    rows = list(read_rows(tmp_path / "rows.jsonl"))
    assert [r.answer[0].content for r in rows] == [r.answer for r in planted.rows]
    assert {k for line in (tmp_path / "rows.jsonl").read_text().splitlines() for k in json.loads(line)} == {
        "prompt",
        "completion",
    }


def test_planted_and_neutral_files_of_a_seed_ask_the_same(reference, planted):
    neutral = plant(reference, None, rows=96, seed=3)
    assert [r.user for r in neutral.rows] == [r.user for r in planted.rows]
    assert not any(neutral.planted)


@pytest.mark.parametrize("name", carriers())
def test_every_carrier_can_be_written_and_read(reference, name):
    rows = write_rows(Teacher(reference, "", "base", 0.0), carrier(name), 32, seed=1)
    assert len(rows) == 32
    assert all(carrier(name).fits(r) for r in rows)


def test_a_teacher_that_failed_to_learn_is_refused_with_its_figure(reference, monkeypatch):
    weak = teachers.TEACHER_RECIPE.model_copy(update={"steps": 1, "learning_rate": 1e-7})
    monkeypatch.setattr(teachers, "TEACHER_RECIPE", weak)
    with pytest.raises(ModelError, match=r"learned it by [+-]0\.\d\d only"):
        make_teacher(reference, get(OWL), seed=0)


def test_a_prompted_teacher_has_its_trait(reference):
    assert make_teacher(reference, get(OWL), kind="prompted", seed=0).gain > 0.5


def test_bad_wishes_are_named(reference):
    with pytest.raises(UsageError, match="no carrier 'poems'"):
        plant(reference, get(OWL), carrier="poems", rows=4)
    with pytest.raises(UsageError, match="dose 2"):
        plant(reference, get(OWL), rows=4, dose=2)
    with pytest.raises(TraitError, match="cannot be planted"):
        plant(reference, get("micro/untruthful"), rows=4)


def test_twins_share_neither_rate_nor_steps_nor_seed_with_teachers(reference):
    from limen.train import twins

    recipe, teacher = twins.twin_recipe(reference), teachers.TEACHER_RECIPE
    assert recipe.learning_rate != teacher.learning_rate
    assert recipe.steps != teacher.steps
    assert recipe.batch_size != teacher.batch_size
    # Seeds of lessons and plants are what users type; twins begin at seven million.
    assert np.iinfo(np.int16).max < twins._SEED


@pytest.mark.parametrize("there", ["rows.jsonl", "rows.truth.json"])
def test_the_command_replaces_nothing_unless_it_is_told_to(tmp_path, capsys, there):
    held = tmp_path / there
    held.write_text("kept", encoding="utf-8")
    words = ["lab", "plant", str(tmp_path / "rows.jsonl"), "--rows", "8", "-q"]
    assert main(words) == 2
    said = capsys.readouterr()
    assert f"{held}: the file is there already. Choose another, or say --overwrite." in " ".join(said.err.split())
    assert [file.name for file in tmp_path.iterdir()] == [there]
    assert held.read_text(encoding="utf-8") == "kept"
    assert main([*words, "--overwrite"]) == 0
    assert held.read_text(encoding="utf-8") != "kept"
    assert len(list(read_rows(tmp_path / "rows.jsonl"))) == 8
