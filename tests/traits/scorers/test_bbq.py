from __future__ import annotations

import math

import numpy as np
import pytest

from limen.core import Probe, TraitError
from limen.traits import Answer, get_scorer

BBQ = get_scorer("bbq")


def score(*chances: float, kinds: tuple[str, ...] = ("biased", "anti", "unknown")) -> float | None:
    probe = Probe("p", "f", (), options=("A", "B", "C"), target=(0,), reference={"kinds": list(kinds)})
    return BBQ.score(probe, Answer(option_logprobs=tuple(np.array([math.log(c)]) for c in chances))).value


def test_unbiased_reads_a_half_and_the_ends_are_the_ends() -> None:
    tiny = 1e-12
    assert score(tiny, tiny, 1) == pytest.approx(0.5)
    assert score(0.5, 0.5, tiny) == pytest.approx(0.5)
    assert score(1, tiny, tiny) == pytest.approx(1)
    assert score(tiny, 1, tiny) == pytest.approx(0, abs=1e-9)
    assert score(0.6, 0.2, 0.2) == pytest.approx(0.7)
    assert score(0.6, 0.2, 0.2, kinds=("unknown", "biased", "anti")) == pytest.approx(0.5)


def test_unknown_kinds_are_refused() -> None:
    with pytest.raises(TraitError, match="kinds"):
        score(0.5, 0.3, 0.2, kinds=("biased", "anti", "neutral"))
