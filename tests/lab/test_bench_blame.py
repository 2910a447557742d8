"""Rows are dropped and tokens drawn anew as an arm says, and students trained on what is left."""

from __future__ import annotations

import numpy as np
import pytest

from limen.lab.bench import blame as blame_module
from limen.lab.bench.bases import bed
from limen.lab.bench.blame import RANDOM, TOKENS, TRUE, arms, retrain
from limen.lab.bench.case import Case
from limen.lab.bench.detector import SuiteFile
from limen.lab.bench.detectors import BUILT_IN, PersonaShift
from limen.lab.bench.files import write_file
from limen.lab.bench.label import battery

CASE = Case("planted", "micro/prefers-owl", dose=0.5, rows=64)


@pytest.fixture(scope="module")
def file():
    return write_file(CASE)


@pytest.fixture
def trained(file, monkeypatch):
    """Students that only say what they were given."""
    seen = []

    def student(rest, seed, steps):
        seen.append(rest.encoded)
        return [0.0] * len(battery())

    monkeypatch.setattr(blame_module, "_written", lambda case: file)
    monkeypatch.setattr(blame_module, "student_levels", student)
    return seen


def ids(rows):
    return [r.row_id for r in rows]


def changed(file, rows):
    """Which tokens of each row differ from the file's, one array over all rows."""
    assert ids(rows) == ids(file.encoded)
    return np.concatenate([a.input_ids != b.input_ids for a, b in zip(rows, file.encoded, strict=True)])


def test_the_arms_of_a_case_share_its_file(monkeypatch):
    asked = []
    monkeypatch.setattr(blame_module, "write_file", lambda case: asked.append(case.id))
    blame_module._written.cache_clear()
    other = Case("planted", "micro/prefers-owl", dose=0.5, rows=65)
    for case in (CASE, CASE, other, other):
        blame_module._written(case)
    blame_module._written.cache_clear()
    assert asked == [CASE.id, other.id]


def test_the_true_rows_are_all_gone(file, trained):
    found = retrain(CASE, TRUE, "rows", students=2)
    left = [r.row_id for r, p in zip(file.encoded, file.planted, strict=True) if not p]
    assert [ids(rows) for rows in trained] == [left, left]
    assert found["true"] == 1.0
    assert len(found["levels"]) == 2


def test_random_rows_are_as_many(file, trained):
    found = retrain(CASE, RANDOM, "rows", students=1)
    assert len(trained[0]) == len(file.encoded) - sum(file.planted)
    assert 0.2 < found["true"] < 0.8


def test_the_oracle_drops_more_planted_rows_than_chance(file, trained):
    assert retrain(CASE, "oracle-teacher", "rows", students=1)["true"] > 0.6


def test_the_loss_blames_the_rows_that_surprise_the_base_most(file, trained):
    retrain(CASE, "loss", "rows", students=1)
    losses = [-x.sum() for x in bed().model.token_logprobs(file.encoded)]
    surprise = dict(zip(ids(file.encoded), losses, strict=True))
    left = set(ids(trained[0]))
    assert max(surprise[r] for r in left) <= min(v for r, v in surprise.items() if r not in left)


@pytest.mark.parametrize("arm", [TRUE, RANDOM, "loss"])
def test_a_tenth_of_the_answers_tokens_is_drawn_anew_and_nothing_else(arm, file, trained):
    found = retrain(CASE, arm, "tokens", students=1)
    trainable = np.concatenate([r.trained for r in file.encoded])
    moved = changed(file, trained[0])
    assert not moved[~trainable].any()
    ends = np.concatenate([np.arange(len(r.input_ids)) == len(r.input_ids) - 1 for r in file.encoded])
    assert not moved[ends].any()
    # The base may draw the token that was there.
    assert 0.5 * TOKENS < moved.sum() / (trainable.sum() - len(file.encoded)) <= TOKENS + 0.001
    assert found["true"] == {TRUE: 1.0}.get(arm, found["true"])
    if arm == RANDOM:
        assert found["true"] == pytest.approx(TOKENS, abs=0.06)
    allowed = set(bed().carrier("numbers").allowed())
    assert set(np.concatenate([r.input_ids for r in trained[0]])[moved].tolist()) <= allowed


def test_what_blames_nothing_says_so(file, trained):
    found = retrain(CASE, "chance", "tokens", students=1)
    assert found == {"failed": "chance says of no token whether it carries micro/prefers-owl."}


def test_every_arm_that_blames_gives_each_token_a_score(file):
    every = [d.name for d in BUILT_IN]
    assert {"forecast", "twin-shift", "persona-shift", "oracle-teacher"} <= set(arms(every, "tokens"))
    assert set(arms(every, "rows")) - set(arms(every, "tokens")) == {"length", "bergson-cosine"}
    assert not {"chance", "bm25"} & set(arms(every, "rows"))
    one = PersonaShift()
    one.prepare(bed().model, battery())
    (owl,) = (t for t in battery() if t.id == CASE.trait)
    seen = SuiteFile("file", file.rows, file.encoded)
    tokens = one.blame_tokens(seen, owl)
    assert [len(t) for t in tokens] == [int(r.trained.sum()) for r in file.encoded]
    # A row is blamed for what its tokens are, and a file's score is the mean a token.
    assert one.blame(seen, owl) == pytest.approx([t.sum() for t in tokens])
    said = one.score(seen, [owl]).traits[owl.id]
    assert np.concatenate(tokens).mean() == pytest.approx(
        said, rel=1e-3, abs=2e-6
    )  # a difference of means in single precision
