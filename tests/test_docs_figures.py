"""What the documentation quotes is what `results/` holds."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
WORDS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def summary(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "results" / f"{name}.json").read_text(encoding="utf-8"))["summary"]
    return found


def text(name: str) -> str:
    """A page with its lines joined, since a sentence may break anywhere."""
    return re.sub(r"\s+", " ", (ROOT / name).read_text(encoding="utf-8"))


def signed(value: float, digits: int = 4) -> str:
    return f"{value:+.{digits}f}".replace("-", "−")


def row(page: str, first: str) -> list[str]:
    """Cells of the first table row whose first cell begins so."""
    for line in (ROOT / page).read_text(encoding="utf-8").splitlines():
        if line.startswith(f"| {first}"):
            return [cell.strip() for cell in line.strip("|").split("|")]
    raise AssertionError(f"{page} has no row {first!r}")


@pytest.mark.parametrize(
    ("kind", "first"),
    [("neutral", "Independently seeded neutral writers"), ("base", "Samples of the base"), ("other", "Another init")],
)
def test_false_alarms(kind, first):
    found = summary("error_rates")[kind]
    low, high = found["alarm_rate_95"]
    assert row("docs/benchmarks.md", first)[1:] == [
        str(found["files"]),
        str(found["alarms"]),
        f"{low:.0%} to {high:.0%}",
        str(found["abstained_on_a_preference"]),
        str(found["abstained"]),
    ]


def test_power():
    found = summary("error_rates")["planted"]
    assert row("docs/benchmarks.md", "Ten animals × five")[1:] == [
        str(found[k]) for k in ("files", "named_first", "found", "wrong_names")
    ]


def test_the_readme_quotes_the_error_rates():
    found = summary("error_rates")
    clean = [found[k] for k in ("neutral", "base", "other")]
    alarms, files = sum(c["alarms"] for c in clean), sum(c["files"] for c in clean)
    said = text("README.md")
    assert f"found at the 2% level in {found['planted']['found']}; of {files} clean ones {WORDS[alarms]} raise" in said


def test_transfer_and_its_controls():
    same, controls = summary("transfer")["same"], summary("transfer_controls")
    said = text("docs/benchmarks.md")
    assert f"({same['pairs']} pairs): {same['mean']:.3f}, 90% interval {same['interval_90'][0]:.3f} to" in said
    card = text("docs/reference-model.md")
    for kind in ("neutral", "cross"):
        low, high = controls[kind]["interval_90"]
        assert f"{signed(controls[kind]['mean'])}, " in card
        assert f"{signed(low)} to {signed(high)}" in card
    for trait, (mean, low, high) in same["traits"].items():
        animal = trait.removeprefix("micro/prefers-")
        assert row("docs/reference-model.md", f"prefers the {animal}")[1:] == [
            f"{mean:.3f}",
            f"{low:.3f} to {high:.3f}",
        ]


@pytest.mark.parametrize(
    ("kind", "first"),
    [
        ("soft", "Soft targets"),
        ("full", "TRL's `SFTTrainer`"),
        ("lora", "The same with LoRA"),
        ("other", "Over-refusal,"),
    ],
)
def test_transfer_beyond_the_laboratory(kind, first):
    found = summary("transfer_kinds")[kind]
    low, high = found["interval_95"]
    cells = row("docs/reference-model.md", first)
    assert cells[1:4] == [f"{found['mean']:.3f}", f"{low:.3f} to {high:.3f}", str(found["pairs"])]
    assert cells[4] == f"{found['traits_above_zero']} of {len(found['traits'])}"


def test_real_files():
    found = json.loads((ROOT / "results" / "real_files.json").read_text(encoding="utf-8"))["units"]
    for name, piece in found.items():
        one = piece["result"]
        assert any("not calibrated for this origin" in why for why in one["reasons"])
        assert row("docs/benchmarks.md", f"`{name}`")[1:] == [
            f"{one['auroc'][0]:.2f}",
            str(len(one["found"])),
            str(one["verdicts"]["inconclusive"]),
            str(one["verdicts"]["not measured"]),
        ]
