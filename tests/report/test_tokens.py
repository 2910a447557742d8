from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limen.core import RowBlame
from limen.report._tokens import MOST_CHARACTERS, MOST_TOKENS, STEPS, bounds, colour, scale_of, show_rows


def row(tokens: tuple[str, ...], scores: tuple[float, ...], score: float = 1.0) -> RowBlame:
    return RowBlame("r", 3, score, tokens, scores)


@settings(deadline=None)
@given(st.floats(), st.floats(0.001, 100))
def test_colour_has_the_sign_of_the_score(score: float, scale: float) -> None:
    token = colour("x", score, scale)
    assert abs(token.step) <= STEPS
    assert token.step == 0 or (token.step > 0) == (score > 0)
    if scale <= abs(score) < 1e200:
        assert abs(token.step) == STEPS


@settings(deadline=None)
@given(st.floats(-1, 1), st.floats(-1, 1))
def test_a_higher_score_is_never_a_lower_step(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert colour("x", low, 1.0).step <= colour("x", high, 1.0).step


def test_the_number_is_in_words() -> None:
    assert colour("x", -0.25, 1.0).title == "−0.250 nats"
    assert colour("x", 0.5, 1.0).title == "+0.500 nats"


def test_one_outlier_does_not_bleach_the_rest() -> None:
    rows = [row(tuple("ab" * 100), (0.5, -0.5) * 100), row(("c",), (1000.0,))]
    assert scale_of(rows) == 0.5
    assert scale_of([]) == 0.0


def test_the_legend_names_where_each_step_begins() -> None:
    legend = dict(bounds(1.0))
    assert legend[0] == "0"
    assert legend[4] == "+0.875"
    assert legend[-1] == "−0.125"
    for step, text in legend.items():
        if step:
            begins = float(text.replace("−", "-"))
            assert colour("x", begins * 1.02, 1.0).step == step


def test_the_prompt_stands_before_its_answer() -> None:
    (shown,) = show_rows([row(("4", "2"), (0.1, 0.2))], {"r": "What is it?\n42\n"})
    assert shown.before == "What is it?\n"
    assert [t.text for t in shown.tokens] == ["4", "2"]


def test_a_text_that_does_not_end_in_the_tokens_is_shown_whole() -> None:
    (shown,) = show_rows([row(("4", "2"), (0.1, 0.2))], {"r": "other"})
    assert shown.before == "other"


def test_a_huge_row_is_cut_and_says_so() -> None:
    many = MOST_TOKENS + 7
    (shown,) = show_rows([row(("y",) * many, (0.0,) * many)], {"r": "x" * (MOST_CHARACTERS + 5)})
    assert len(shown.tokens) == MOST_TOKENS
    assert len(shown.before) == MOST_CHARACTERS
    assert shown.cut == "7 more tokens; 5 characters of its text left out"


def test_without_text_or_tokens_only_the_score_is_shown() -> None:
    (shown,) = show_rows([row((), (), -2.0)], {})
    assert (shown.score, shown.towards, shown.before, shown.tokens) == ("−2.00", False, "", ())


@pytest.mark.parametrize("score", [math.nan, math.inf])
def test_scores_that_are_none(score: float) -> None:
    (shown,) = show_rows([row(("a",), (score,), score)], {})
    assert (shown.score, shown.share) == ("–", 0)
