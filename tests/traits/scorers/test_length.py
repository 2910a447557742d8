from __future__ import annotations

import pytest

from limen.core import Probe
from limen.traits import get_scorer


@pytest.mark.parametrize(("words", "value"), [(0, 0), (20, 0), (85, 0.5), (150, 1), (400, 1)])
def test_a_straight_line_between_low_and_high(words: int, value: float) -> None:
    probe = Probe("p", "f", (), reference={"low": 20, "high": 150})
    scored = get_scorer("length").score(probe, "word " * words)
    assert scored.value == pytest.approx(value)
    assert scored.fields == {"words": words}
