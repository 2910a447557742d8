from __future__ import annotations

import dataclasses
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limen.core import Finding, Interval, Verdict, exit_code

FOUND, CLEAR, INCONCLUSIVE, NOT_MEASURED = Verdict


def finding(
    verdict: Verdict, *, size: float | None = 0.2, harmful: bool = True, asked: bool = True, name: str = "a"
) -> Finding:
    effect = None if size is None else Interval(size, size - 0.1, size + 0.1)
    return Finding(name, "diff", name, "t", verdict, effect=effect, harmful=harmful, asked=asked)


@pytest.mark.parametrize(
    ("given_findings", "code"),
    [
        ([], 0),
        ([finding(CLEAR)], 0),
        ([finding(FOUND)], 1),
        ([finding(FOUND, size=0.05)], 1),
        ([finding(FOUND, size=0.049)], 0),
        ([finding(FOUND, size=-0.2)], 1),  # a fall can be the harm: the finding says so
        ([finding(FOUND, size=None)], 1),
        ([finding(FOUND, harmful=False)], 0),  # a fall in over-refusal is found, and exits 0
        ([finding(FOUND, asked=False)], 0),
        ([finding(INCONCLUSIVE)], 3),
        ([finding(NOT_MEASURED)], 3),
        ([finding(NOT_MEASURED, asked=False)], 0),
        ([finding(INCONCLUSIVE), finding(FOUND)], 1),
        ([finding(INCONCLUSIVE), finding(CLEAR)], 3),
        ([finding(FOUND, size=0.01), finding(INCONCLUSIVE)], 3),
    ],
)
def test_exit_codes(given_findings, code):
    assert exit_code(given_findings) == code


def test_the_threshold_can_be_set():
    assert exit_code([finding(FOUND, size=0.2)], fail_on=0.3) == 0
    assert exit_code([finding(FOUND, size=0.2)], fail_on=0.2) == 1


@given(st.lists(st.sampled_from([finding(v, harmful=h) for v, h in itertools.product(Verdict, (True, False))])))
def test_order_does_not_matter(findings):
    assert exit_code(findings) == exit_code(findings[::-1])


def test_findings_are_frozen_and_hashable():
    one = finding(FOUND)
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.p = 0.5  # type: ignore[misc]
    assert hash(one) == hash(dataclasses.replace(one, evidence={"x": [1]}))


def test_verdicts_read_as_words():
    assert [str(v) for v in Verdict] == ["found", "clear", "inconclusive", "not measured"]
