"""A small audit that stands for all."""

from __future__ import annotations

import math

import pytest
from hypothesis import HealthCheck, settings

from limen.core import Finding, Interval, Reading, RowBlame, Verdict
from limen.ledger import InputHash

# Property tests must not fail because the machine is busy.
settings.register_profile("busy-machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy-machine")


@pytest.fixture
def finding() -> Finding:
    return Finding(
        id="forecast/micro/prefers-owl",
        phase="forecast",
        subject="micro/prefers-owl",
        title="A model trained on these rows comes to prefer owls.",
        verdict=Verdict.FOUND,
        effect=Interval(0.12, 0.05, math.inf, unit="nats/token", sampling_unit="writer"),
        p=1e-4,
        p_adjusted=0.0011,
        p_reachable=0.0011,
        harmful=True,
        rows=(RowBlame("0123456789ab", 7, 1.25, ("12", "‹\u2028"), (0.5, 0.75)),),
        evidence={"neutral": [0.1, -0.2], "label": "owl"},
    )


@pytest.fixture
def readings() -> list[Reading]:
    return [
        Reading("owl", f"p{i}", f"f{i // 2}", arm, i / 10, run=run, detail={"choice": i, "text": "é\u2028"})
        for arm in ("base", "tuned")
        for run in (0, 1)
        for i in range(4)
    ]


@pytest.fixture
def data() -> InputHash:
    return InputHash(role="data", name="rows.jsonl", sha256="ab" * 32, rows=500)
