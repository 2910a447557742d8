"""A size: parts that speak are weighed, doses within their error do not count, and calibrated means the same base."""

from __future__ import annotations

import math

import numpy as np
import pytest

from limen.before.size.fit import Fit
from limen.before.size.predict import (
    FORECAST,
    FULL_DOSE,
    SHORT_RUN,
    Predictor,
    counted,
    fine_tune_of,
    shipped_predictor,
    speaks,
)
from limen.train import Recipe

RECIPE = Recipe(learning_rate=1e-3, steps=256, batch_size=64)


def predictor() -> Predictor:
    both = Fit(0b11, {0b11: np.array([0.5, 2.0]), 0b10: np.array([0.0, 3.0])}, (0.01, 0.5, 2.0))
    alone = Fit(0b1, {0b1: np.array([4.0])}, (0.02, 0.5, 2.0))
    fits = {(FULL_DOSE, SHORT_RUN): both, (SHORT_RUN,): alone}
    return Predictor("abc", fine_tune_of(RECIPE, 1), 0.1, fits)


def test_the_parts_that_speak_are_weighed_and_told():
    size = predictor().predict({FORECAST: 0.8, FULL_DOSE: 0.2, SHORT_RUN: 0.05})
    assert size is not None
    assert size.shift == pytest.approx(0.2)
    assert size.parts == pytest.approx({FULL_DOSE: 0.1, SHORT_RUN: 0.1})
    assert (size.low, size.high) == pytest.approx((0.2 - 0.22, 0.2 + 0.22))
    assert size.level == pytest.approx(0.9)


def test_a_silent_part_leaves_it_to_the_fit_without_it():
    size = predictor().predict({FORECAST: math.nan, FULL_DOSE: math.nan, SHORT_RUN: 0.05})
    assert size is not None
    assert size.parts == pytest.approx({SHORT_RUN: 0.2})
    assert predictor().predict({FORECAST: 0.5, FULL_DOSE: 0.5}) is None


def test_an_interval_stays_within_what_a_probability_can_move():
    size = predictor().predict({SHORT_RUN: 0.24})
    assert size is not None
    assert size.high == 1.0


def test_doses_within_two_errors_of_none_do_not_count():
    assert counted(0.3, 1.9) == 0.0
    assert counted(0.3, -6.0) == 0.0
    assert counted(0.8, 8.0) == pytest.approx(0.75)
    assert counted(0.8, 80.0) == pytest.approx(0.8, abs=1e-3)


def test_a_size_is_calibrated_for_the_same_base_and_fine_tune_alone():
    own = predictor()
    assert own.calibrated_for("abc", RECIPE, 100)
    two_epochs = RECIPE.model_copy(update={"steps": None, "epochs": 2.0})
    assert own.calibrated_for("abc", two_epochs, 8192)
    assert not own.calibrated_for("abc", two_epochs, 4096)
    assert own.calibrated_for("abc", RECIPE.model_copy(update={"seed": 7, "rank": 4}), 100)
    assert not own.calibrated_for("other", RECIPE, 100)
    for change in ({"learning_rate": 2e-3}, {"method": "lora"}, {"scheduler": "linear"}, {"weight_decay": 0.1}):
        assert not own.calibrated_for("abc", RECIPE.model_copy(update=change), 100)


def test_a_forecast_that_left_everything_open_says_nothing():
    assert speaks(["clear", "inconclusive"])
    assert not speaks(["inconclusive", "not measured"])


def test_the_shipped_weights_have_a_fit_for_every_choice_of_parts():
    shipped = shipped_predictor()
    assert len(shipped.fits) == 7
    assert shipped.calibrated_for(shipped.base, RECIPE, 1)
    size = shipped.predict({FORECAST: 0.8, FULL_DOSE: 0.2, SHORT_RUN: 0.03})
    assert size is not None
    assert size.low < size.shift < size.high
    assert 0.1 < size.shift < 0.5
    assert sum(size.parts.values()) == pytest.approx(size.shift)
    nothing = shipped.predict({FORECAST: 0.0, FULL_DOSE: 0.0, SHORT_RUN: 0.0})
    assert nothing is not None
    assert nothing.shift == 0.0
    assert nothing.high < 0.1
