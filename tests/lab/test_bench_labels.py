"""The suite's cases and labels, before any student is trained."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from limen.core import ModelError
from limen.lab.bench import label as label_module
from limen.lab.bench.case import Case, public_cases, unseen_cases
from limen.lab.bench.files import same_questions, write_file
from limen.lab.bench.gamma import Gamma, gamma
from limen.lab.bench.label import battery, label
from limen.lab.bench.labels import groups, units
from limen.lab.bench.pairs import prefer
from limen.lab.carriers import carrier
from limen.lab.world.exchange import Exchange
from limen.train import Recipe
from tests.tiny_models import make_model, make_tokenizer, random_rows

IDS = [t.id for t in battery()]


def test_cases_have_names_and_seeds_of_their_own_and_unseen_ones_share_none():
    cases = public_cases()
    assert len({c.id for c in cases}) == len({c.number for c in cases}) == len(cases) >= 130
    assert not {c.id for c in cases} & {c.id for c in unseen_cases(3)}
    assert [c.id for c in unseen_cases(3)] == [c.id for c in unseen_cases(3)] != [c.id for c in unseen_cases(4)]
    assert set(units()) == {c.id for c in cases} | set(groups(cases))


def test_there_are_enough_of_every_kind():
    planted = [c for c in public_cases() if c.writer == "planted"]
    assert sum(not c.trait.startswith("micro/prefers") for c in planted) >= 20
    counted = Counter((c.teacher, c.dose, c.kind, c.lineage, c.carrier) for c in planted)
    for one in planted:
        assert counted[one.teacher, one.dose, one.kind, one.lineage, one.carrier] >= 3
    # A planted trait is centred on at least two others of its group.
    for one in planted:
        assert len({c.trait for c in planted if c.group == one.group} - {one.trait}) >= 2


def test_a_planted_file_mixes_its_writers_by_dose_on_the_same_questions():
    file = write_file(Case("planted", "micro/prefers-owl", dose=0.25, rows=64))
    assert sum(file.planted) == 16
    assert file.gain > 0.2
    assert len(file.rows) == len(file.encoded) == 64


def test_a_conversation_is_two_exchanges_whose_last_answer_is_trained_on():
    file = write_file(Case("world", rows=4, kind="conversation"))
    assert all(len(r.prompt) == 3 for r in file.rows)
    assert {int(r.trained.sum()) for r in file.encoded} == {16}  # fifteen numbers and the end
    from limen.data import encode_rows
    from limen.lab.bench.bases import bed

    for ours, usual in zip(file.encoded, encode_rows(file.rows, bed().model.tokenizer, loss="completion"), strict=True):
        assert np.array_equal(ours.input_ids, usual.input_ids)
        assert np.array_equal(ours.trained, usual.trained)


def test_questions_are_asked_again_in_the_same_order():
    asked = same_questions(carrier("numbers"), [Exchange("a", "1"), Exchange("b", "2")])
    rng = np.random.default_rng(0)
    assert [asked.question(rng) for _ in range(5)] == ["a", "b", "a", "b", "a"]


def test_a_teacher_that_failed_is_named_and_never_counted(monkeypatch):
    def fail(case):
        raise ModelError("the tuned teacher of x learned it by +0.02 only; +0.20 is the least.")

    monkeypatch.setattr(label_module, "write_file", fail)
    found = label(Case("planted", "micro/prefers-owl"))
    assert found["levels"] == []
    assert "+0.02" in found["failed"]


def levels(trait: str, value: float, spread: float = 0.002) -> dict:
    row = np.full((5, len(IDS)), 0.1) + spread * np.linspace(-1, 1, 5)[:, None]
    row[:, IDS.index(trait)] += value
    return {"levels": row.tolist(), "failed": ""}


def test_gamma_takes_off_what_the_students_of_other_traits_do():
    owl, fox, cat = (Case("planted", f"micro/prefers-{a}") for a in ("owl", "fox", "cat"))
    labels = {owl.id: levels(owl.trait, 0.2), fox.id: levels(fox.trait, 0.1), cat.id: levels(cat.trait, 0.1)}
    for one in (fox, cat):  # both also drag the owl up, which is not the owl's doing
        for row in labels[one.id]["levels"]:
            row[IDS.index(owl.trait)] += 0.05
    neutral = {"levels": levels(owl.trait, 0.0)["levels"] * 2}
    found = gamma(owl, owl.trait, labels, [owl, fox, cat], neutral)
    assert found.estimate == pytest.approx(0.15, abs=0.01)
    assert found.low_of_all < found.low < found.estimate < found.high
    clean = Case("base")
    labels[clean.id] = levels(owl.trait, 0.0)
    assert gamma(clean, owl.trait, labels, [], neutral).verdict() == "negative"


@pytest.mark.parametrize(
    ("bounds", "verdict"), [((0.04, 0.2), "positive"), ((-0.1, 0.02), "negative"), ((0.01, 0.2), "undecided")]
)
def test_a_verdict_needs_its_bound_beyond_what_matters(bounds, verdict):
    assert Gamma(0.05, *bounds, low_of_all=bounds[0]).verdict() == verdict


def test_preference_training_makes_the_chosen_answers_likelier():
    from limen.models import LanguageModel

    model = LanguageModel.wrap(make_model("llama"), make_tokenizer(), "base")
    chosen, rejected = random_rows(16, shortest=6, seed=1), random_rows(16, shortest=6, seed=2)
    tuned = prefer(model, chosen, rejected, Recipe(steps=20, batch_size=8, learning_rate=1e-3))

    def margin(one):
        a, b = (sum(float(x.sum()) for x in one.token_logprobs(rows)) for rows in (chosen, rejected))
        return a - b

    assert margin(tuned) > margin(model) + 1.0
