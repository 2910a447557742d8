"""What sizes are predicted from, measured on a tiny model: the right arms are trained, on the right rows."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from limen.before.forecast import DataFile
from limen.before.preference import PairFile
from limen.before.preference.pair_file import encode_rejected
from limen.before.size.full_dose import full_dose_shifts
from limen.before.size.measure import RUNS, full_doses
from limen.before.size.short_runs import SHARE, short_recipe, short_runs
from limen.data import encode_rows, read_rows
from limen.models import LanguageModel
from limen.train import Recipe
from limen.traits import get
from tests.tiny_models import make_model, make_tokenizer

RECIPE = Recipe(steps=16, batch_size=8, learning_rate=1e-2)
TRAITS = [get("prefers-owl"), get("prefers-wolf")]


@pytest.fixture(scope="module")
def base() -> LanguageModel:
    return LanguageModel.wrap(make_model("llama"), make_tokenizer(), name="tiny")


@pytest.fixture(scope="module")
def file(base) -> DataFile:
    rows = list(read_rows([{"prompt": f"say {i}", "completion": f"it is {i}"} for i in range(40)]))
    return DataFile("rows", rows, list(encode_rows(rows, base.tokenizer)))


def test_a_full_dose_is_held_against_the_other_twins_students():
    students = {
        "a": [np.array([0.5, 0.1, 0.4]), np.array([0.7, 0.1, 0.4])],
        "b": [np.array([0.2, 0.9, 0.4])],
        "c": [np.array([0.3, 0.2, 0.4])],
    }
    order = ["a", "b", "c"]
    found = full_dose_shifts(students, [np.zeros(3)], order)
    assert found["a"] == pytest.approx(0.6 - 0.25)
    assert found["b"] == pytest.approx(0.9 - 0.15)
    two = {t: students[t] for t in ("a", "b")}
    assert full_dose_shifts(two, [np.full(3, 0.1)], order)["a"] == pytest.approx(0.5)


def test_short_runs_take_an_eighth_of_the_steps_and_read_every_trait(base, file, monkeypatch):
    trained = []
    module = sys.modules["limen.before.size.short_runs"]
    kept = module.fine_tune

    def fine_tune(start, rows, recipe):
        trained.append((recipe.steps, recipe.seed, [r.input_ids.tolist() for r in rows]))
        return kept(start, rows, recipe)

    monkeypatch.setattr(module, "fine_tune", fine_tune)
    found = short_runs(base, file, TRAITS, recipe=RECIPE)
    assert found.keys() == {t.id for t in TRAITS}
    assert all(np.isfinite(list(found.values())))
    assert [steps for steps, _, _ in trained] == [SHARE * 16] * 4
    data, again, own, _ = trained
    assert data[2] == again[2]
    assert data[1] != again[1]
    assert len(data[2]) == len(own[2]) == SHARE * 16 * 8
    assert data[2] != own[2]
    assert short_runs(base, file, TRAITS, recipe=RECIPE) == found


def test_short_runs_of_pairs_prefer(base, monkeypatch):
    records = [{"prompt": f"say {i}", "chosen": f"it is {i}", "rejected": f"no {i} it"} for i in range(20)]
    rows = list(read_rows(records))
    pairs = PairFile(
        "pairs",
        rows,
        list(encode_rows(rows, base.tokenizer)),
        rejected=encode_rejected(rows, base.tokenizer, loss="completion"),
    )
    preferred = []
    module = sys.modules["limen.before.size.short_runs"]
    kept = module.prefer

    def prefer(start, chosen, rejected, recipe):
        preferred.append((len(chosen), len(rejected)))
        return kept(start, chosen, rejected, recipe)

    monkeypatch.setattr(module, "prefer", prefer)
    assert len(short_runs(base, pairs, TRAITS, recipe=RECIPE)) == 2
    assert preferred == [(16, 16)] * 4
    assert full_doses(base, pairs, TRAITS, TRAITS, recipe=RECIPE) == {}


def test_a_file_that_trains_nothing_has_no_short_runs(base):
    assert short_runs(base, DataFile("none", [], []), TRAITS, recipe=RECIPE) == {}


def test_short_runs_are_never_of_no_step(base, file):
    assert short_recipe(base, file, Recipe(steps=2)).steps == 1
    assert short_recipe(base, file, Recipe(epochs=2, batch_size=4)).steps == 3


def test_full_doses_train_on_what_twins_and_neutral_writers_write(base, file, monkeypatch):
    module = sys.modules["limen.before.size.measure"]
    asked = []

    def student_of(writer, start, rows, traits, recipe, seed):
        asked.append((id(writer.model), len(rows), seed))
        return np.array([0.9 if t.id in writer.name else 0.2 for t in traits])

    monkeypatch.setattr(module, "student_of", student_of)
    found = full_doses(base, file, TRAITS[:1], TRAITS, recipe=RECIPE)
    assert found == pytest.approx({"prefers-owl": 0.7})
    assert len(asked) == 2 * RUNS
    assert len({seed for _, _, seed in asked}) == len({model for model, _, _ in asked}) == 2 * RUNS
    assert {n for _, n, _ in asked} == {40}
    assert full_doses(base, file, [], TRAITS, recipe=RECIPE) == {}


def test_two_threads_never_write_with_one_model(base, file):
    found = full_doses(base, file, TRAITS, TRAITS, recipe=RECIPE)
    assert found.keys() == {t.id for t in TRAITS}
    assert found == full_doses(base, file, TRAITS, TRAITS, recipe=RECIPE)
