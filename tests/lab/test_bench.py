"""The suite as a command: what is missing is done once, kept, and told."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner

from limen.cli.lab_bench import command
from limen.core import ModelError, UsageError
from limen.lab.bench import bench as bench_module
from limen.lab.bench import bootstrap
from limen.lab.bench.bench import bench
from limen.lab.bench.case import public_cases, unseen_cases
from limen.lab.bench.label import battery

TRAITS = [t.id for t in battery()]
RNG = np.random.default_rng(5)


@pytest.fixture
def made_up(monkeypatch):
    """Students and detectors that know what was planted, and how often each was asked."""
    asked: dict[str, list[str]] = {"label": [], "controls": [], "score": []}

    def moved(case):
        return 0.2 if case.trait and case.lineage == "same" else 0.0

    def students(case, count):
        rows = 0.1 + 0.003 * RNG.normal(size=(count, len(TRAITS)))
        if case.trait:
            rows[:, TRAITS.index(case.trait)] += moved(case)
        return rows.tolist()

    def label(case):
        asked["label"].append(case.id)
        if case.seed == 1 and case.trait.endswith("owl"):
            why = "the tuned teacher of x learned it by +0.02 only"
            return {"levels": [], "held_out": [], "gain": None, "failed": why}
        return {"levels": students(case, 5), "held_out": students(case, 2), "gain": 0.5, "failed": ""}

    def controls(group):
        asked["controls"].append(group.id)
        return {"levels": students(group, 10), "base": [0.1] * len(TRAITS)}

    def score(case, names):
        asked["score"].append(case.id)
        if case.writer == "shifted":
            raise ModelError("this base cannot write it.")
        traits = {t: (moved(case) if t == case.trait else 0.0) + 0.01 * RNG.normal() for t in TRAITS}
        one = {"traits": traits, "predicted": {}, "verdicts": {}, "provenance": 0.0}
        return {n: one | {"seconds": 1, "cold_seconds": 1, "pass_seconds": 1.0} for n in names}

    monkeypatch.setattr(bench_module, "label", label)
    monkeypatch.setattr(bench_module, "controls", controls)
    monkeypatch.setattr(bench_module, "score_case", score)
    monkeypatch.setattr(bench_module, "shipped_labels", lambda base: {})
    monkeypatch.setattr(bootstrap, "BOOTSTRAPS", 40)
    return asked


def test_the_suite_is_done_once_and_kept(tmp_path, made_up):
    plans = []
    page = bench(tmp_path, names=["chance", "length"], on_plan=plans.append)
    cases = public_cases()
    assert sorted(made_up["label"]) == sorted(c.id for c in cases)
    assert plans[0].pieces["score"] == len(cases)
    found = json.loads((tmp_path / "leaderboard.json").read_text())
    assert set(found["detectors"]) == {"chance", "length", "oracle-students"}
    assert found["detectors"]["chance"]["auroc"][0] == pytest.approx(1.0)
    assert found["detectors"]["oracle-students"]["auroc"][0] == pytest.approx(1.0, abs=0.02)
    assert found["suite"]["files"]["positive"] >= 40
    assert found["suite"]["positives of other kinds"] >= 15
    text = page.read_text()
    assert "random scores" in text
    assert "planted/prefers-owl/1: the tuned teacher of x learned it by +0.02 only" in text
    assert "this base cannot write it" in text
    assert "at 0.02; " in text
    assert "Slope of measured on predicted" in text
    assert "Seconds to prepare" in text
    assert (tmp_path / "labels.csv").read_text().startswith("case,trait,gamma,low_95,high_95,label\n")

    # Another detector is added without doing the others, or any label, again.
    before = {k: len(v) for k, v in made_up.items()}
    bench(tmp_path, names=["chance", "length", "bm25"], on_plan=plans.append)
    assert plans[-1].pieces["label"] == plans[-1].pieces["controls"] == 0
    assert len(made_up["label"]) == before["label"]
    assert set(json.loads((tmp_path / "leaderboard.json").read_text())["detectors"]) == {
        "chance",
        "length",
        "bm25",
        "oracle-students",
    }
    bench(tmp_path, names=["chance"], on_plan=plans.append)
    assert plans[-1].core_minutes == 0


def test_a_part_of_the_suite_and_cases_that_nobody_has_seen(tmp_path, made_up):
    bench(tmp_path, names=["chance"], pattern="base/*", seed=4)
    assert made_up["label"] == [c.id for c in unseen_cases(4) if c.id.startswith("base/")]
    assert made_up["controls"]


def test_blamed_rows_and_tokens_are_taken_out_where_a_trait_moves(tmp_path, made_up, monkeypatch):
    done = []
    true = {"truth": 1.0, "random": 0.5, "length": 0.75, "loss": 0.6}

    def retrain(case, arm, unit):
        done.append((case.id, arm, unit))
        rows = np.full((5, len(TRAITS)), 0.1) + 0.001 * RNG.normal(size=(5, len(TRAITS)))
        rows[:, TRAITS.index(case.trait)] += 0.2 * (1 - true[arm])
        return {"levels": rows.tolist(), "true": true[arm], "failed": ""}

    monkeypatch.setattr(bench_module, "retrain", retrain)
    page = bench(tmp_path, names=["chance", "length", "loss"], blame=True)
    half = [c.id for c in public_cases() if c.dose == 0.5]
    whole = {c for c, _, unit in done if unit == "tokens"}
    # Chance blames nothing, and length blames rows alone.
    assert sorted(one for one in done if one[2] == "rows") == sorted(
        (c, a, "rows") for c in half for a in ("truth", "random", "length", "loss")
    )
    assert {a for _, a, unit in done if unit == "tokens"} == {"truth", "random", "loss"}
    assert len(whole) == 5
    assert all(c.startswith("planted/") and c.count("/") == 2 for c in whole)
    found = json.loads((tmp_path / "leaderboard.json").read_text())["suite"]["blame"]
    rows = found["rows"]["arms"]
    assert found["rows"]["cases"] == len(half)
    assert rows["truth"]["share"][0] == pytest.approx(1.0)
    assert rows["length of the answers"]["share"][0] == pytest.approx(0.75, abs=0.02)
    assert rows["length of the answers"]["left"][0] == pytest.approx(0.25, abs=0.02)
    low, high = rows["length of the answers"]["beyond_random"][1:3]
    assert 0.04 < low < high < 0.06
    assert found["tokens"]["arms"]["loss (or perplexity) under the base"]["share"][0] == pytest.approx(0.6, abs=0.02)
    assert "| length of the answers | 0.75" in page.read_text()
    # Kept like everything else.
    before = len(done)
    bench(tmp_path, names=["chance", "length", "loss"], blame=True)
    assert len(done) == before


def test_without_a_trait_that_moves_there_is_nothing_to_blame(tmp_path, made_up):
    page = bench(tmp_path, names=["length"], pattern="base/*", blame=True)
    assert page.read_text().count("there is nothing to remove") == 2


def test_what_is_not_there_is_named_with_what_is(tmp_path):
    with pytest.raises(UsageError, match="no detector 'magic'"):
        bench(tmp_path, names=["magic"])
    with pytest.raises(UsageError, match="no case matches 'nothing'"):
        bench(tmp_path, pattern="nothing")
    with pytest.raises(UsageError, match="no base 'huge'"):
        bench(tmp_path, base="huge")


def test_the_list_names_cases_and_detectors():
    found = CliRunner().invoke(command, ["--list", "--cases", "planted/prefers-owl/*"])
    assert found.exit_code == 0
    assert "planted/prefers-owl/0" in found.output
    assert "persona-projection" in found.output
    assert "base/0" not in found.output
