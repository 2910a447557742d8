"""The main job on what ships: the planted file is found and confirmed, the clean one is clear."""

from __future__ import annotations

from pathlib import Path

import pytest

from limen.core import Verdict
from limen.lab.demo import CLEAN, PLANTED, run_demo


@pytest.mark.slow
def test_the_demo_ends_with_both_verdicts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIMEN_CACHE", str(tmp_path / "cache"))  # nothing is trained beforehand
    outcome = run_demo(tmp_path / "audit")
    assert outcome.missed == []
    by = {(f.phase, f.evidence.get("file"), f.subject): f for f in outcome.result.findings}
    found = by["forecast", PLANTED, outcome.planted]
    assert found.verdict is Verdict.FOUND
    assert found.rows
    assert all(len(r.tokens) == len(r.token_scores) for r in found.rows)
    rehearsed = by["rehearse", PLANTED, outcome.planted]
    assert rehearsed.verdict is Verdict.FOUND
    low, high = found.evidence["predicted_interval"]
    assert rehearsed.effect is not None
    assert low < rehearsed.effect.estimate < high
    assert {f.verdict for (phase, file, _), f in by.items() if phase == "forecast" and file == CLEAN} == {Verdict.CLEAR}
    assert outcome.result.report.read_text(encoding="utf-8").count("<script") == 0
