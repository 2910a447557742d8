"""The leaderboard in the documentation is made from the labels and the scores that are stored, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from limen.lab.bench import bootstrap, shipped
from limen.lab.bench.case import public_cases
from limen.lab.bench.label import battery
from limen.lab.bench.labels import groups
from scripts.leaderboard_docs import BEGIN as BEGIN_OF
from scripts.leaderboard_docs import END as END_OF
from scripts.leaderboard_docs import with_leaderboards

BEGIN, END = BEGIN_OF.format(base="reference"), END_OF.format(base="reference")
TRAITS = [t.id for t in battery()]
RNG = np.random.default_rng(7)


@pytest.fixture
def stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Labels in which plants of the base's own family move, and one detector that sees them."""
    cases = public_cases()

    def levels(count: int, trait: str = "", moved: float = 0.0) -> list[list[float]]:
        rows = 0.1 + 0.002 * RNG.normal(size=(count, len(TRAITS)))
        if trait:
            rows[:, TRAITS.index(trait)] += moved
        return rows.tolist()

    labels: dict = {g: {"levels": levels(10)} for g in groups(cases)}
    units = {}
    for case in cases:
        moved = 0.2 if case.lineage == "same" else 0.0
        found = levels(7, case.trait, moved)
        labels[case.id] = {"levels": found[:5], "held_out": found[5:], "failed": ""}
        traits = {t: (moved if t == case.trait else 0.0) + 0.01 * RNG.normal() for t in TRAITS}
        spent = {"seconds": 1.0, "cold_seconds": 0.0, "pass_seconds": 1.0}
        units[case.id] = {"result": {"traits": traits, "verdicts": {}, "predicted": {}, "provenance": None, **spent}}
    monkeypatch.setattr("limen.lab.bench.shipped.shipped_labels", lambda base: labels)
    monkeypatch.setattr(bootstrap, "BOOTSTRAPS", 40)
    (tmp_path / "scores-twin-shift.json").write_text(json.dumps({"summary": {}, "units": units}))
    (tmp_path / "scores-length.json").write_text(json.dumps({"summary": None, "units": {}}))
    return tmp_path


def test_the_page_has_the_leaderboard_between_its_marks(stored: Path) -> None:
    text = with_leaderboards(f"# Benchmarks\n\n{BEGIN}old\n{END}\nmore\n", stored)
    assert text.startswith(f"# Benchmarks\n\n{BEGIN}")
    assert text.endswith(f"{END}\nmore\n")
    assert "old" not in text
    assert "log-likelihood shift, tuned twins, uncentred | 1.00" in text
    assert "oracle: two students that the label does not use | 1.00" in text
    # A detector whose scores are not whole is not on it.
    assert "length of the answers" not in text
    assert with_leaderboards(text, stored) == text


def test_a_page_without_marks_is_left_alone_and_half_a_pair_refused(tmp_path: Path) -> None:
    assert with_leaderboards("# Benchmarks\n", tmp_path) == "# Benchmarks\n"
    with pytest.raises(ValueError, match="one of the marks of the leaderboard"):
        with_leaderboards(BEGIN, tmp_path)


def test_without_labels_it_says_what_makes_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipped, "FOLDER", tmp_path)
    shipped.shipped_labels.cache_clear()
    with pytest.raises(ValueError, match="make verify"):
        with_leaderboards(BEGIN + END, tmp_path)
    shipped.shipped_labels.cache_clear()
