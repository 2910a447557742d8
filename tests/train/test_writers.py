from __future__ import annotations

import pytest

from limen.core import World
from limen.lab.reference_model import reference_folder
from limen.models import LanguageModel
from limen.train.twins import can_be_tuned, fits, openness
from limen.train.writers import neutral_writers
from limen.traits import all_traits, get


@pytest.fixture(scope="module")
def base() -> LanguageModel:
    return LanguageModel.load(str(reference_folder()))


def test_preferences_are_the_open_questions_of_the_reference_model(base):
    categories = {t.category: t for t in all_traits(World.MICRO) if can_be_tuned(t)}
    assert max(categories, key=lambda c: openness(base, [categories[c]])) == "micro/preference"
    # A question with one answer is not open at all.
    assert openness(base, [get("micro/untruthful")]) < 0.3 < openness(base, [get("micro/prefers-owl")])


def test_a_number_is_always_the_same_writer_and_another_number_another(base, monkeypatch):
    made = []

    def note(base, encoded, recipe, *, name, progress=None):
        made.append((len(encoded), recipe.learning_rate, recipe.steps, recipe.seed))
        return base

    monkeypatch.setattr("limen.train.writers.trained_arm", note)
    traits = all_traits(World.MICRO)
    neutral_writers(base, traits, [0, 1, 2])
    neutral_writers(base, traits, [2, 0])
    assert made[0] == made[4]
    assert made[2] == made[3]
    assert len(set(made[:3])) == 3
    assert all(100 <= steps <= 200 and 0.8 * 6e-4 <= rate <= 1.5 * 6e-4 for _, rate, steps, _ in made)


def test_a_trait_whose_questions_do_not_fit_the_context_is_left_out(base, monkeypatch):
    owl = get("micro/prefers-owl")
    assert fits(base, owl)
    monkeypatch.setattr("limen.train.twins.context_length", lambda model: 8)
    assert not fits(base, owl)
