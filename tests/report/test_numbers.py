from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limen.report._numbers import DASH, day, digits_for, finite, number, p_value, seconds, share, size, spoken


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.3049, "+0.30"),
        (-1.2, "−1.20"),
        (-0.001, "0.00"),
        (1234.5, "+1,234.50"),
        (None, DASH),
        (math.nan, DASH),
        (-2e20, "−2e+20"),
    ],
)
def test_number(value: float | None, text: str) -> None:
    assert number(value, signed=True) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.0, "1.00"), (0.61, "0.61"), (0.0412, "0.041"), (0.0012, "0.0012"), (0.0008, "0.0008"), (3e-7, "< 0.0001")],
)
def test_p_value(value: float, text: str) -> None:
    assert p_value(value) == text


@settings(deadline=None)
@given(st.floats(0, 1))
def test_a_p_value_is_never_shown_as_zero(value: float) -> None:
    text = p_value(value)
    assert text.startswith("<") or float(text) > 0


@settings(deadline=None)
@given(st.one_of(st.none(), st.floats(), st.text(), st.booleans(), st.lists(st.floats())))
def test_whatever_a_ledger_holds_is_shown(value: object) -> None:
    for show in (number, p_value, share, seconds):
        assert isinstance(show(value), str)
    assert all(math.isfinite(v) for v in finite(value))


@pytest.mark.parametrize(
    ("value", "text"), [(0.41, "0.4 s"), (38.2, "38 s"), (185, "3 min 05 s"), (7800, "2 h 10 min")]
)
def test_seconds(value: float, text: str) -> None:
    assert seconds(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.05, "0.050"), (0.00449, "0.0045"), (3, "3.00"), (0, "0.00"), (None, "–")]
)
def test_size(value: float | None, text: str) -> None:
    assert size(value) == text


@pytest.mark.parametrize(
    ("low", "high", "unit", "digits"),
    [(0.1, 0.2, "probability", 2), (0.001, 0.0055, "nats/token", 4), (-1.0, 1.0, "nats/token", 2), (0, 0, "x", 2)],
)
def test_digits_fit_the_interval(low: float, high: float, unit: str, digits: int) -> None:
    assert digits_for(low, high, unit) == digits


def test_day() -> None:
    assert day("2026-11-03T04:02:11+00:00") == "3 November 2026, 04:02 UTC"
    assert day("yesterday") == "yesterday"


def test_spoken() -> None:
    assert spoken([]) == ""
    assert spoken(["a"]) == "a"
    assert spoken(["a", "b", "c"]) == "a, b and c"
    assert spoken(["a", "b", "c", "d"]) == "a, b, c and 1 more"
