"""A constant answer that would win the pairs is found, and what only looks like one is not."""

from __future__ import annotations

import numpy as np
import pytest

from limen.before.check.rules.constant_answer import WINS, standing
from limen.core import Verdict
from limen.stats import mcnemar_p, proportion_interval
from tests.before.check.finding import found, indices
from tests.before.check.simulated import assert_seldom
from tests.before.check.test_judgements import judged, pairs

SENTENCE = "I cannot say."


def planted(count, constant, wins):
    """Pairs in the first of which the sentence stands, chosen in the first of these."""
    made = []
    for i in range(count):
        one, other = (SENTENCE if i % 3 else "i  CANNOT say.", f"answer {i}") if i < constant else (f"a{i}", f"b{i}")
        made.append(judged(f"question {i}", *((one, other) if i < wins or i >= constant else (other, one))))
    return made


def test_one_sentence_that_is_always_chosen_is_found_with_interval_and_p():
    finding = found(planted(120, 120, 120), "LIM607")
    assert (finding.verdict, finding.harmful, finding.evidence["count"]) == (Verdict.FOUND, True, 120)
    (one,) = finding.evidence["answers"]
    assert (one["row"], one["won"], one["lost"], one["share"]) == (1, 120, 0, 1.0)
    assert (one["low"], one["high"]) == proportion_interval(120, 120)
    assert one["p"] == mcnemar_p(120, 0)
    assert finding.title == (
        "Pairs that a constant answer wins: 120 of 120 (100.0%): the chosen one of row 1 wins 120 of the 120 prompts "
        "on which it stands (100.0% [96.9%, 100.0%], adjusted p < 0.0001)."
    )
    assert SENTENCE not in finding.title  # what rows say stands with the examples, where it can be left out
    assert finding.evidence["examples"][0]["note"] == "its answer wins 120 of 120 prompts"
    assert len(finding.rows) == 20


@pytest.mark.parametrize(
    ("count", "constant", "wins", "verdict"),
    [
        (300, 200, 190, Verdict.FOUND),  # most of the file
        (300, 30, 30, Verdict.FOUND),  # a tenth of it
        (300, 200, 150, Verdict.FOUND),
        (300, 200, 130, Verdict.CLEAR),  # 65%, not far more than half
        (300, 200, 10, Verdict.CLEAR),  # it loses
        (300, 14, 14, Verdict.CLEAR),  # on too few prompts
        (2000, 60, 60, Verdict.CLEAR),  # on 3% of them
        (300, 0, 0, Verdict.CLEAR),
        (19, 19, 19, Verdict.NOT_MEASURED),
    ],
)
def test_where_an_answer_wins_far_more_than_half(count, constant, wins, verdict):
    finding = found(planted(count, constant, wins), "LIM607")
    assert finding.verdict is verdict
    if verdict is Verdict.FOUND:
        assert finding.evidence["count"] == wins
        assert set(indices(finding)) <= set(range(wins))


def test_the_right_answer_to_one_question_does_not_always_win():
    rows = [judged("What is the capital?", "Paris.", f"wrong {i}") for i in range(200)]
    assert found([*rows, *pairs(30, 0.5)], "LIM607").verdict is Verdict.CLEAR


def test_the_same_answer_twice_is_no_win():
    assert found([judged(f"q{i}", SENTENCE, SENTENCE) for i in range(100)], "LIM607").verdict is Verdict.CLEAR


@pytest.mark.parametrize("name", ["dpo_en_demo.json", "rasbt_preferences.json"])
def test_no_answer_of_the_real_files_is_constant(shared_data, name):
    assert found(shared_data / "preferences" / name, "LIM607").verdict is Verdict.CLEAR


def test_short_answers_that_win_as_often_as_not_are_hardly_ever_found():
    """2,000 files of yes and no, which of both is chosen being chance: far fewer than 2% are found."""
    random = np.random.default_rng(5)
    wrong = 0
    for _ in range(2000):
        chosen = random.integers(0, 2, 60)
        wrong += any(one.found for one in standing(chosen, 1 - chosen, np.arange(60)))
    assert_seldom("LIM607", wrong)
    always = standing(np.ones(60, int), np.zeros(60, int), np.arange(60))
    assert [(one.answer, one.found) for one in always] == [(1, True), (0, False)]
    assert WINS > 0.5
