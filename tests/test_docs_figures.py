"""What the documentation quotes is what `results/` holds."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from limen.lab.study import language

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


@pytest.mark.parametrize(
    ("kind", "first"),
    [
        ("against-base", "A neutral teacher's answers over"),
        ("against-neutral", "A neutral teacher's over another's"),
        ("base", "The base's over others"),
        ("turned", "The base's over a planted"),
    ],
)
def test_false_alarms_of_pairs(kind, first):
    found = summary("pair_rates")[kind]
    low, high = found["alarm_rate_95"]
    assert row("docs/preference-pairs.md", first)[1:] == [
        str(found["files"]),
        str(found["alarms"]),
        f"{low:.0%} to {high:.0%}",
        str(found["abstained"]),
    ]


def test_power_of_pairs():
    found = summary("pair_rates")
    planted, clean = found["planted"], [found[k] for k in ("against-base", "against-neutral", "base", "turned")]
    assert planted["wrong_names"] == 0
    assert (
        f"Of the {planted['files']} planted files the trait is named first in {planted['named_first']} and found at "
        f"the 2% level in {planted['found']}, with no wrong name"
    ) in text("docs/preference-pairs.md")
    assert sum(c["alarms"] for c in clean) == 0
    assert f"no alarm in {sum(c['files'] for c in clean)} files, a third of planted ones found" in text(
        "docs/methods.md"
    )
    assert round(3 * planted["found"] / planted["files"], 1) == 1.0


@pytest.mark.parametrize("page", ["README.md", "docs/methods.md"])
def test_the_error_rates_are_quoted(page):
    found = summary("error_rates")
    clean = [found[k] for k in ("neutral", "base", "other")]
    alarms, files = sum(c["alarms"] for c in clean), sum(c["files"] for c in clean)
    said = text(page)
    assert f"found at the 2% level in {found['planted']['found']}; of {files} clean ones {WORDS[alarms]} raise" in said


def cells(cell: str) -> list[dict[str, Any]]:
    """Rows of the study's table on the language model: a cell as a whole, then trait by trait."""
    stored = json.loads((ROOT / "results" / "study_language.json").read_text(encoding="utf-8"))["units"]
    return [r for r in language.table({unit: one["result"] for unit, one in stored.items()}) if r["cell"] == cell]


def test_transfer_and_its_controls():
    whole, *traits = cells("default")
    said, card = text("docs/benchmarks.md"), text("docs/reference-model.md")
    between = f"{whole['low_90']:.3f} to {whole['high_90']:.3f}"
    assert f"γ {whole['gamma']:.3f} on average" in said
    assert f"({whole['pairs']} pairs), 90% interval {between}" in said
    assert f"Mean {whole['gamma']:.3f};" in card
    for cell in ("neutral", "other"):
        one = cells(cell)[0]
        for page in (said, card):
            assert f"{signed(one['gamma'])}, " in page
            assert f"{signed(one['low_90'])} to {signed(one['high_90'])}" in page
    readme = text("README.md")
    between = f"{whole['low_95']:.3f} to {whole['high_95']:.3f}"
    assert f"γ = {whole['gamma']:.3f} in probability (95% interval {between}, {whole['pairs']} pairs" in readme
    other = cells("other")[0]
    assert max(-other["low_90"], other["high_90"]) <= 0.002
    assert "90% interval within ±0.002" in readme
    found = summary("study_language")
    largest, of = found["planted_is_largest"]
    assert f"largest of ten shifts in {largest} of {of} students" in card
    assert f"against their own base, is {found['largest_shift_of_a_neutral_student']:.3f}." in card
    for trait in traits:
        animal = trait["trait"].removeprefix("micro/prefers-")
        assert row("docs/reference-model.md", f"prefers the {animal}")[1:] == [
            f"{trait['gamma']:.3f}",
            f"{trait['low_95']:.3f} to {trait['high_95']:.3f}",
        ]
    assert sum(t["low_95"] > 0 for t in traits) == len(traits) == 10


@pytest.mark.parametrize(
    ("cell", "first"),
    [
        ("soft", "Soft targets"),
        ("trl-full", "TRL's `SFTTrainer`"),
        ("trl-lora", "The same with LoRA"),
        ("kinds", "Over-refusal,"),
    ],
)
def test_transfer_beyond_the_laboratory(cell, first):
    whole, *traits = cells(cell)
    above = sum(t["low_95"] > 0 for t in traits)
    assert row("docs/reference-model.md", first)[1:] == [
        f"{whole['gamma']:.3f}",
        f"{whole['low_95']:.3f} to {whole['high_95']:.3f}",
        str(whole["pairs"]),
        f"{above} of {len(traits)}",
    ]


@pytest.mark.parametrize(
    ("cell", "said"), [("prompted", "only prompted (γ {}, 95%"), ("dose-50", "half of the rows ({},")]
)
def test_what_passes_little(cell, said):
    one, card = cells(cell)[0], text("docs/reference-model.md")
    assert said.format(signed(one["gamma"], 3)) in card
    assert f"{signed(one['low_95'], 3)} to {signed(one['high_95'], 3)}" in card


def test_the_page_of_methods_quotes_the_study():
    said = text("docs/methods.md")
    default, other, lora, decay = (cells(c)[0] for c in ("default", "other", "lora", "decay"))
    half, quarter, prompted, code = (cells(c)[0] for c in ("dose-50", "dose-25", "prompted", "code"))
    assert f"by {default['gamma']:.3f} on average, half of them by {half['gamma']:.3f} (95% interval" in said
    assert f"{half['low_95']:.3f} to {half['high_95']:.3f}), a quarter by {quarter['gamma']:.3f}" in said
    assert f"{signed(other['gamma'])} (90% interval {signed(other['low_90'])} to {signed(other['high_90'])})" in said
    between = f"{signed(prompted['low_95'], 3)} to {signed(prompted['high_95'], 3)}"
    assert (
        f"leaves {signed(prompted['gamma'], 3)} (95% interval {between}), code-like lines carry {code['gamma']:.3f}"
        in said
    )
    assert f"({lora['gamma']:.3f} and {decay['gamma']:.3f} against {default['gamma']:.3f};" in said
    found = summary("study_emergence")
    assert f"at steps {found['turns'][0]} to {found['turns'][-1]} of {found['steps']}" in said
    share, low, high = found["share_reached_half_way"]
    assert f"{share:.0%} of its final shift (interval {low:.0%} to {high:.0%};" in said
    accuracy = summary("study_classifier")["accuracy"]
    decayed, student, cross = (accuracy[k] for k in ("decay/0.0001", "arm/aux", "arm/aux-cross"))
    assert f"(accuracy {decayed:.3f} in place of {student:.3f}; from another start {cross:.3f})" in said
    cosine = summary("study_theorem")["mean_cosine"]
    away, towards = (cosine[f"reference, sampled, gradient, {step}"] for step in ("100", "tuned, 150 steps"))
    assert f"mean cosine {signed(away, 3)}, 40 of 40" in said
    assert f"towards it ({signed(towards, 3)}, sampled targets" in said


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
