"""Rows are dropped as an arm says, as many as were planted, and students trained on the rest."""

from __future__ import annotations

import numpy as np
import pytest

from limen.lab.bench import blame as blame_module
from limen.lab.bench.blame import RANDOM, TRUE, arms, retrain
from limen.lab.bench.case import Case
from limen.lab.bench.detectors import BUILT_IN
from limen.lab.bench.files import write_file
from limen.lab.bench.label import battery

CASE = Case("planted", "micro/prefers-owl", dose=0.5, rows=64)


@pytest.fixture(scope="module")
def file():
    return write_file(CASE)


@pytest.fixture
def trained(file, monkeypatch):
    """Students that only say which rows they saw."""
    seen = []

    def student(rest, seed, steps):
        seen.append([r.row_id for r in rest.encoded])
        return [0.0] * len(battery())

    monkeypatch.setattr(blame_module, "write_file", lambda case: file)
    monkeypatch.setattr(blame_module, "student_levels", student)
    return seen


def test_the_true_rows_are_all_gone(file, trained):
    found = retrain(CASE, TRUE, students=2)
    left = [r.row_id for r, p in zip(file.encoded, file.planted, strict=True) if not p]
    assert trained == [left, left]
    assert found["planted"] == 1.0
    assert len(found["levels"]) == 2


def test_random_rows_are_as_many(file, trained):
    found = retrain(CASE, RANDOM, students=1)
    assert len(trained[0]) == len(file.encoded) - sum(file.planted)
    assert 0.2 < found["planted"] < 0.8


def test_the_oracle_drops_more_planted_rows_than_chance(file, trained):
    assert retrain(CASE, "oracle-teacher", students=1)["planted"] > 0.6


def test_the_loss_blames_the_rows_that_surprise_the_base_most(file, trained):
    from limen.lab.bench.bases import bed
    from limen.lab.bench.detectors.reading import row_logprobs

    retrain(CASE, "loss", students=1)
    surprise = dict(zip([r.row_id for r in file.encoded], -row_logprobs(bed().model, file.encoded), strict=True))
    left = set(trained[0])
    assert max(surprise[r] for r in left) <= min(v for r, v in surprise.items() if r not in left)


def test_every_arm_that_blames_rows_gives_each_row_a_score(file):
    from limen.lab.bench.bases import bed
    from limen.lab.bench.detector import SuiteFile
    from limen.lab.bench.detectors import PersonaShift

    known = arms([d.name for d in BUILT_IN])
    assert {"forecast", "twin-shift", "persona-shift", "oracle-teacher"} <= set(known)
    assert not {"chance", "bm25"} & set(known)
    one = PersonaShift()
    one.prepare(bed().model, battery())
    (owl,) = (t for t in battery() if t.id == CASE.trait)
    found = np.array(one.blame(SuiteFile("file", file.rows, file.encoded), owl))
    assert found.shape == (64,)
    # A file's score is the mean a token of what its rows are blamed for.
    tokens = sum(int(r.trained.sum()) for r in file.encoded)
    said = one.score(SuiteFile("file", file.rows, file.encoded), [owl]).traits[owl.id]
    assert found.sum() / tokens == pytest.approx(said, rel=1e-3)
