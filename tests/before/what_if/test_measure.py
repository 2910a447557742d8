"""Points measured on a tiny model: what is trained, on which rows, and what is taken from the rehearsal."""

from __future__ import annotations

import pytest

from limen.before.rehearse import RehearseConfig
from limen.before.what_if import Measured, Point, WhatIf
from limen.before.what_if import measure as measure_module
from limen.core import Finding, ModelError, Verdict
from limen.data import encode_rows, read_rows
from limen.models import LanguageModel
from limen.train import Recipe
from limen.traits import get
from tests.tiny_models import make_model, make_tokenizer

OWL = get("prefers-owl")
OWN = Recipe(epochs=2, learning_rate=1e-3)


@pytest.fixture(scope="module")
def base() -> LanguageModel:
    return LanguageModel.wrap(make_model("llama"), make_tokenizer(), name="tiny")


@pytest.fixture
def trained(monkeypatch):
    """Rows and recipe of every fine-tune, none of which is done."""
    seen = []

    def fine_tune(base, rows, recipe):
        seen.append((rows, recipe))
        return base

    monkeypatch.setattr(measure_module, "fine_tune", fine_tune)
    monkeypatch.setattr(measure_module, "control_writers", lambda base, traits, runs: list(runs))
    monkeypatch.setattr(measure_module, "written_by", lambda writer, rows, config, run: [(run, r) for r in rows])
    return seen


@pytest.fixture
def bench(base, trained):
    rows = list(read_rows([{"prompt": f"say {i}", "completion": f"it is {i}"} for i in range(40)]))
    encoded = list(encode_rows(rows, base.tokenizer, loss="completion"))
    evidence = {"data_runs": [0.5] * 5, "control_runs": [0.1] * 5}
    before = Finding("rehearse/x", "rehearse", OWL.id, "t", Verdict.FOUND, evidence=evidence)
    config = RehearseConfig(recipe=OWN, data_runs=3, control_runs=3)
    return WhatIf(base, "rows", encoded, [OWL, get("prefers-oak")], [before], config)


def test_a_mixture_keeps_the_share_of_rows_and_the_rehearsals_control(bench, trained):
    one, readings = bench.measure(Point("mixture", 0.25))
    assert len(trained) == 3
    own = [[not isinstance(r, tuple) for r in rows] for rows, _ in trained]
    assert [sum(x) for x in own] == [10, 10, 10]
    assert len({tuple(x) for x in own}) == 3, "other rows in each run"
    for run, (rows, recipe) in enumerate(trained):
        assert {r[0] for r in rows if isinstance(r, tuple)} == {run}
        assert recipe.model_copy(update={"seed": 0}) == OWN
    assert one.control == {OWL.id: [0.1] * 5}
    assert len(one.data[OWL.id]) == 3
    assert {r.arm for r in readings} == {"mixture=0.25 data"}
    assert {r.trait for r in readings} == {OWL.id}, "only what was rehearsed is read"


def test_another_recipe_trains_both_arms_with_it(bench, trained):
    one, readings = bench.measure(Point("epochs", 4.0))
    assert len(trained) == 6
    assert {recipe.epochs for _, recipe in trained} == {4.0}
    assert [isinstance(rows[0], tuple) for rows, _ in trained] == [False] * 3 + [True] * 3
    assert len({recipe.seed for _, recipe in trained}) == 6
    assert {r.arm for r in readings} == {"epochs=4 data", "epochs=4 control"}
    assert [len(x[OWL.id]) for x in (one.data, one.control)] == [3, 3]


@pytest.mark.parametrize("point", [Point("mixture", 1.0), Point("epochs", 2.0), Point("learning-rate", 1e-3)])
def test_the_rehearsal_itself_is_not_trained_again(bench, trained, point):
    one, readings = bench.measure(point)
    assert (one.data[OWL.id], readings, trained) == ([0.5] * 5, [], [])


def test_a_point_that_diverges_is_not_measured_and_the_next_one_is(bench, monkeypatch):
    def diverges(base, rows, recipe):
        if recipe.learning_rate > 1:
            raise ModelError("the fine-tune diverged.")
        return base

    monkeypatch.setattr(measure_module, "fine_tune", diverges)
    one, readings = bench.measure(Point("learning-rate", 50.0))
    assert (one.reason, one.data, readings) == ("the fine-tune diverged", {}, [])
    assert not bench.measure(Point("learning-rate", 0.01))[0].reason


def test_less_than_a_row_is_not_measured(bench):
    one, _ = bench.measure(Point("mixture", 0.001))
    assert "not one row" in one.reason


def test_a_point_comes_back_from_the_ledger_as_it_was():
    one = Measured(Point("epochs", 1.0), {"a": [0.1]}, {"a": [0.2]}, "")
    assert Measured.of(one.point, one.plain()) == one
