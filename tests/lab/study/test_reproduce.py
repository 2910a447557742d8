from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ElementTree

import pytest

from limen.core import UsageError
from limen.lab.study import classifier, emergence, experiments, reproduce, theorem
from limen.lab.study.page import page
from limen.lab.study.store import Store

ACCURACY = {"teacher": 0.97, "untrained": 0.1, "aux": 0.4, "aux-cross": 0.12}


def fake_classifier(unit: str, quick: bool = False):
    return {"accuracy": [ACCURACY[unit.split("/")[1]] + 0.01 * k for k in range(4)]}


@pytest.fixture
def small(monkeypatch):
    done = []

    def run(unit, quick=False):
        done.append(unit)
        return fake_classifier(unit)

    monkeypatch.setattr(classifier, "run", run)
    return done


def test_a_study_leaves_a_page_a_table_and_a_figure(small, tmp_path):
    path = reproduce.reproduce(tmp_path, names=("classifier",), quick=True)
    text = path.read_text(encoding="utf-8")
    assert "It reproduces" in text
    assert "quick study" in text
    rows = list(csv.DictReader(io.StringIO((tmp_path / "classifier.csv").read_text())))
    assert {r["value"] for r in rows} == set(ACCURACY)
    assert ElementTree.parse(tmp_path / "classifier.svg").getroot().tag.endswith("svg")


def test_what_is_done_is_not_done_again(small, tmp_path):
    reproduce.reproduce(tmp_path, names=("classifier",), quick=True)
    first = len(small)
    seen = []
    reproduce.reproduce(tmp_path, names=("classifier",), quick=True, on_estimate=seen.append)
    assert len(small) == first
    assert seen[0].done == first
    assert seen[0].core_minutes == 0


def test_an_interrupted_study_goes_on(monkeypatch, tmp_path):
    done = []

    def run(unit, quick=False):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(unit)
        return fake_classifier(unit)

    monkeypatch.setattr(classifier, "run", run)
    with pytest.raises(KeyboardInterrupt):
        reproduce.reproduce(tmp_path, names=("classifier",), quick=True)
    assert len(done) == 2
    monkeypatch.setattr(classifier, "run", lambda unit, quick=False: done.append(unit) or fake_classifier(unit))
    reproduce.reproduce(tmp_path, names=("classifier",), quick=True)
    assert len(done) == len(set(done)) == 4


def test_other_code_makes_pieces_anew(tmp_path):
    store = Store(tmp_path, "classifier", ("lab/study/seed.py",), quick=False)
    store.put("arm/aux", {"accuracy": [0.5]})
    assert Store(tmp_path, "classifier", ("lab/study/seed.py",), quick=False).get("arm/aux") == {"accuracy": [0.5]}
    assert Store(tmp_path, "classifier", ("lab/study/mlp.py",), quick=False).get("arm/aux") is None
    assert Store(tmp_path, "classifier", ("lab/study/seed.py",), quick=True).get("arm/aux") is None


def test_an_unknown_experiment_is_named(tmp_path):
    with pytest.raises(UsageError, match="alchemy"):
        reproduce.reproduce(tmp_path, names=("alchemy",))


def test_the_page_says_what_does_not_reproduce():
    same = {f"arm/{name}": {"accuracy": [0.11, 0.12, 0.1]} for name in ACCURACY}
    assert "does not reproduce" in page({"classifier": same})
    turned = {"classifier/soft": {"100": {"gradient": [-0.1, -0.2, -0.1]}, "0.01": {"gradient": [0.3, 0.2, 0.4]}}}
    text = page({"theorem": turned})
    assert "Where large steps turn it round, on average: classifier, teacher's step 100." in text
    assert "0 of 3 inner products are negative" in text


@pytest.mark.parametrize("name", experiments.NAMES)
@pytest.mark.parametrize("quick", [True, False])
def test_every_unit_has_a_cost_and_a_name_of_its_own(name, quick):
    one = experiments.experiment(name)
    units = one.units(quick)
    assert len(units) == len(set(units)) == len({u.replace("/", "-") for u in units})
    assert all(one.cost(u, quick) > 0 for u in units)


def test_the_whole_study_is_planned_to_fit_twelve_hours_on_two_cores():
    seconds = sum(
        experiments.experiment(n).cost(u) for n in experiments.NAMES for u in experiments.experiment(n).units()
    )
    assert seconds / 2 < 12 * 3600


def test_figures_of_every_kind_are_drawn():
    path = {"steps": [0, 8, 16], "traits": ["a"], "paths": {"a": [[0.1], [0.2], [0.4]], "neutral": [[0.1]] * 3}}
    from limen.lab.study.figures import draw

    rows = {
        "emergence": emergence.table({"seed/0": path}),
        "theorem": theorem.table({"reference/soft": {"1": {"gradient": [0.1, 0.2]}}}),
    }
    for name, table in rows.items():
        assert draw(name, table).startswith("<svg")
