from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limen.core import Probe, TraitError
from limen.traits import Answer, get_scorer

CHOICE = get_scorer("choice")
LOGPROBS = st.floats(-50, 0)


def probe(n: int, target: tuple[int, ...] = (0,), **reference: object) -> Probe:
    return Probe("p", "f", (), options=tuple("abcdefgh"[:n]), target=target, reference=reference)


def answer(*options: list[float]) -> Answer:
    return Answer(option_logprobs=tuple(np.array(o) for o in options))


def test_probability_is_renormalised_over_the_options() -> None:
    scored = CHOICE.score(probe(3, (0, 2)), answer([math.log(0.1)], [math.log(0.2)], [math.log(0.05), math.log(0.2)]))
    assert scored.value == pytest.approx(0.11 / 0.31)
    assert scored.fields["log_odds"] == pytest.approx(math.log(0.11 / 0.2))
    assert scored.fields["mass"] == pytest.approx(math.log(0.31))
    assert scored.fields["chosen"] == 1


def test_length_normalisation_is_asked_for() -> None:
    long, short = [math.log(0.5)] * 4, [math.log(0.2)]
    assert CHOICE.score(probe(2), answer(long, short)).value == pytest.approx(0.0625 / 0.2625)
    per_token = CHOICE.score(probe(2, length="per-token"), answer(long, short))
    assert per_token.value == pytest.approx(0.5 / 0.7)
    with pytest.raises(TraitError, match="normalisation"):
        CHOICE.score(probe(2, length="bytes"), answer(long, short))


@given(st.lists(LOGPROBS, min_size=2, max_size=8))
def test_targets_and_rest_sum_to_one(values: list[float]) -> None:
    given_answer = answer(*[[v] for v in values])
    parts = [CHOICE.score(probe(len(values), (k,)), given_answer).value for k in range(len(values))]
    assert all(p is not None and 0 <= p <= 1 for p in parts)
    assert sum(p for p in parts if p is not None) == pytest.approx(1)


@given(st.lists(LOGPROBS, min_size=2, max_size=8), st.floats(-100, 0))
def test_a_common_factor_changes_nothing(values: list[float], shift: float) -> None:
    one = CHOICE.score(probe(len(values)), answer(*[[v] for v in values]))
    other = CHOICE.score(probe(len(values)), answer(*[[v, shift] for v in values]))
    assert one.value == pytest.approx(other.value, abs=1e-9)


def test_log_probabilities_that_are_no_numbers_are_not_scored() -> None:
    assert CHOICE.score(probe(2), answer([-1.0], [float("nan")])).value is None
    assert CHOICE.score(probe(2), answer([-1.0], [float("-inf")])).value is None


def test_the_number_of_options_must_fit() -> None:
    with pytest.raises(TraitError, match="2 options, and 1 were scored"):
        CHOICE.score(probe(2), answer([-1.0]))
