from __future__ import annotations

import json
from pathlib import Path

import pytest

from limen.core import Reading
from limen.during import Snapshot, trait_means
from limen.during.history import append_lines


def reading(family: str, value: float, trait: str = "t") -> Reading:
    return Reading(trait, f"{family}{value}", family, "tuned", value)


def test_a_family_counts_once_however_many_probes_it_has() -> None:
    readings = [reading("a", 1.0), reading("a", 0.0), reading("b", 1.0), reading("a", 0.2, "u")]
    assert trait_means(readings) == {"t": pytest.approx(0.75), "u": pytest.approx(0.2)}
    assert trait_means([]) == {}


def test_what_was_not_measured_has_its_line(tmp_path: Path) -> None:
    snapshot = Snapshot(3, 0.5, (reading("a", 1.0),), {"u": "no probes"})
    append_lines(tmp_path / "x.jsonl", snapshot.lines("run"))
    first, second = (json.loads(line) for line in (tmp_path / "x.jsonl").read_text().splitlines())
    assert first == {
        "run": "run", "step": 3, "epoch": 0.5, "trait": "t", "probe": "a1.0", "family": "a", "group": "", "value": 1.0,
    }  # fmt: skip
    assert second == {"run": "run", "step": 3, "epoch": 0.5, "trait": "u", "not_measured": "no probes"}


def test_a_full_disk_leaves_no_half_line(tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    with pytest.raises(OSError, match="No space left"):
        append_lines(full, ["x" * 10])
