"""Sweeps as a user writes them, and the recipe of each point."""

from __future__ import annotations

import pytest

from limen.before.what_if import Point, read_sweeps
from limen.before.what_if.sweep import FULL
from limen.core import UsageError
from limen.train import Recipe


def test_values_are_read_in_order_of_size_and_none_twice():
    mixture, rank = read_sweeps(["mixture=1,0.25, 0.5,0.5", "rank=full,16,4"])
    assert [p.label for p in mixture.points] == ["25%", "50%", "100%"]
    assert [p.label for p in rank.points] == ["rank 4", "rank 16", "all weights"]
    assert [p.name for p in rank.points] == ["rank=4", "rank=16", "rank=full"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("doses=1", "expected one of mixture"),
        ("mixture", "above 0 and up to 1"),
        ("mixture=0", "above 0 and up to 1"),
        ("mixture=1.5", "above 0 and up to 1"),
        ("mixture=nan", "above 0 and up to 1"),
        ("epochs=inf", "above 0"),
        ("epochs=-1", "above 0"),
        ("learning-rate=fast", "above 0"),
        ("rank=2.5", "whole number"),
        ("rank=0", "whole number"),
        ("epochs=full", "above 0"),
        ("epochs=0", "above 0"),
        ("epochs=1e300", "up to 1000"),
        ("learning-rate=1e9", "up to 1000"),
        ("rank=1e9", "to 65536"),
        ("mixture=abc", "'abc'"),
        ("mixture=1e-400", "above 0 and up to 1"),
        ("mixture=0.5,", "above 0 and up to 1"),
        ("=1", "expected one of mixture"),
    ],
)
def test_a_sweep_that_makes_no_sense_is_named(text, says):
    with pytest.raises(UsageError, match=says):
        read_sweeps([text])


def test_what_has_one_name_is_one_point():
    [mixture] = read_sweeps(["mixture=0.1,0.10000000000000001,0.1000000000000004"])
    assert [p.name for p in mixture.points] == ["mixture=0.1"]


def test_one_knob_is_varied_once():
    with pytest.raises(UsageError, match="twice"):
        read_sweeps(["epochs=1", "epochs=2"])


def test_a_point_changes_one_thing():
    own = Recipe(steps=7, learning_rate=1e-3, rank=8, alpha=16.0)
    assert Point("epochs", 4.0).recipe(own) == own.model_copy(update={"epochs": 4.0, "steps": None})
    assert Point("learning-rate", 1e-4).recipe(own) == own.model_copy(update={"learning_rate": 1e-4})
    lora = Point("rank", 4.0).recipe(own)
    assert (lora.method, lora.rank, lora.alpha) == ("lora", 4, 8.0)
    assert Point("rank", FULL).recipe(lora).method == "full"
    assert Point("mixture", 0.5).recipe(own) == own


def test_the_rehearsal_itself_is_known():
    own = Recipe(epochs=2, learning_rate=1e-3)
    assert [Point("epochs", v).is_own(own) for v in (1.0, 2.0)] == [False, True]
    assert [Point("mixture", v).is_own(own) for v in (0.5, 1.0)] == [False, True]
    assert [Point("rank", v).is_own(own) for v in (16.0, FULL)] == [False, True]
    lora = Recipe(method="lora", rank=16, alpha=32.0)
    assert [Point("rank", v).is_own(lora) for v in (16.0, FULL)] == [True, False]
