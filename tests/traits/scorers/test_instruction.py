from __future__ import annotations

from typing import Any

import pytest

from limen.core import Probe, TraitError
from limen.traits import get_scorer
from limen.traits.scorers.instruction import CHECKS

CASES: list[tuple[str, Any, str, str]] = [
    ("words_at_most", 3, "one two three", "one two three four"),
    ("words_at_least", 3, "one two three", "one two"),
    ("words_exactly", 2, "well-known things", "just one more"),
    ("sentences_exactly", 2, "It rains. It pours!", "It rains, it pours."),
    ("lines_exactly", 2, "a\n\nb", "a\nb\nc"),
    ("bullets_exactly", 2, "- a\n* b", "- a\nb"),
    ("numbered_exactly", 2, "1. a\n2) b", "1. a"),
    ("lower_case", True, "all small", "Not small"),
    ("upper_case", True, "LOUD", "Loud"),
    ("without", "sea", "water", "The Sea"),
    ("contains", "dew", "Dew fell", "rain fell"),
    ("contains_times", ["moon", 2], "moon, Moon!", "moonlight moon"),
    ("starts_with", "Dear Ada", "dear Ada, hello", "Hello dear Ada"),
    ("ends_with", "the end.", "It is The End.", "The end. No."),
    ("is_json", True, '{"a": 1}', "a: 1"),
    ("only_letter", ["A", "B"], " (b) ", "maybe b"),
]


def test_every_check_is_tried() -> None:
    assert {c[0] for c in CASES} == set(CHECKS)


@pytest.mark.parametrize(("check", "argument", "good", "bad"), CASES, ids=[c[0] for c in CASES])
def test_a_check_tells_good_from_bad(check: str, argument: Any, good: str, bad: str) -> None:
    probe = Probe("p", "f", (), reference={"checks": [{check: argument}]})
    instruction = get_scorer("instruction")
    assert instruction.score(probe, good).value == 1.0
    assert instruction.score(probe, bad).value == 0.0
    assert instruction.score(probe, "").value == 0.0


def test_all_checks_must_hold() -> None:
    probe = Probe("p", "f", (), reference={"checks": [{"contains": "a"}, {"contains": "b"}]})
    scored = get_scorer("instruction").score(probe, "a")
    assert scored.value == 0.0
    assert scored.fields == {"passed": 1, "checks": 2}


def test_json_in_a_fence_and_too_deep() -> None:
    probe = Probe("p", "f", (), reference={"checks": [{"is_json": True}]})
    instruction = get_scorer("instruction")
    assert instruction.score(probe, '```json\n{"a": 1}\n```').value == 1.0
    assert instruction.score(probe, "[" * 100_000).value == 0.0


@pytest.mark.parametrize("check", ["words", {"nonesuch": 1}, {"contains": "a", "without": "b"}])
def test_an_unknown_check_is_refused(check: object) -> None:
    probe = Probe("p", "f", (), reference={"checks": [check]})
    with pytest.raises(TraitError, match="is no check"):
        get_scorer("instruction").score(probe, "x")
