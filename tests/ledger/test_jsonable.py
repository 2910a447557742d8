from __future__ import annotations

import dataclasses
import json
import math
from enum import Enum
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limen.core import Finding, Interval, LedgerError, RowBlame, Verdict
from limen.ledger import finding_from_dict, finding_to_dict, to_jsonable

numbers = st.floats(allow_nan=False)
texts = st.text()
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
findings = st.builds(
    Finding,
    id=texts,
    phase=texts,
    subject=texts,
    title=texts,
    verdict=st.sampled_from(Verdict),
    effect=st.none() | st.builds(Interval, numbers, numbers, numbers, numbers, texts, texts),
    p=st.none() | numbers,
    p_adjusted=st.none() | numbers,
    p_reachable=st.none() | numbers,
    smallest_detectable=st.none() | numbers,
    reason=texts,
    harmful=st.booleans(),
    asked=st.booleans(),
    rows=st.lists(
        st.builds(
            RowBlame,
            texts,
            st.integers(0, 10**9),
            numbers,
            st.lists(texts, max_size=3).map(tuple),
            st.lists(numbers, max_size=3).map(tuple),
        ),
        max_size=3,
    ).map(tuple),
    evidence=st.dictionaries(texts, json_values, max_size=4),
)


@given(findings)
def test_a_finding_comes_back_exactly(finding):
    text = json.dumps(finding_to_dict(finding), allow_nan=False)
    assert finding_from_dict(json.loads(text)) == finding


def test_nan_comes_back_as_nan():
    finding = Finding("a", "b", "c", "d", Verdict.INCONCLUSIVE, effect=Interval(math.nan, -math.inf, math.inf))
    back = finding_from_dict(json.loads(json.dumps(finding_to_dict(finding), allow_nan=False)))
    assert back.effect is not None
    assert math.isnan(back.effect.estimate)
    assert (back.effect.low, back.effect.high) == (-math.inf, math.inf)


def test_free_form_values_have_null_for_no_number():
    finding = Finding("a", "b", "c", "d", Verdict.CLEAR, evidence={"x": [1.0, math.nan, {"y": math.inf}]})
    assert finding_to_dict(finding)["evidence"] == {"x": [1.0, None, {"y": None}]}


class Colour(Enum):
    RED = "red"


@dataclasses.dataclass
class Thing:
    path: Path
    values: np.ndarray


def test_other_kinds_of_values():
    value = {
        1: (np.float32(0.5), np.int64(3), np.bool_(True)),
        "thing": Thing(Path("a/b"), np.array([[1, 2]])),
        "colour": Colour.RED,
        "verdict": Verdict.FOUND,
        "set": {"b", "a"},
    }
    assert to_jsonable(value) == {
        "1": [0.5, 3, True],
        "thing": {"path": "a/b", "values": [[1, 2]]},
        "colour": "red",
        "verdict": "found",
        "set": ["a", "b"],
    }
    with pytest.raises(TypeError, match="object"):
        to_jsonable({"x": object()})


def test_half_a_surrogate_pair_becomes_visible():
    assert to_jsonable({"\ud800": "a\udfff"}) == {"\\ud800": "a\\udfff"}


@pytest.mark.parametrize("values", [{}, {"id": 3}, {"verdict": "maybe"}])
def test_what_is_no_finding_is_refused(values):
    good = finding_to_dict(Finding("a", "b", "c", "d", Verdict.CLEAR))
    with pytest.raises(LedgerError, match="cannot be read"):
        finding_from_dict({**good, **values} if values else {})
