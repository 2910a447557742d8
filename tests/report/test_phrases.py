"""What stayed open alike is said once, with its numbers as a range."""

from __future__ import annotations

import pytest

from limen.core import Finding, Interval, Verdict
from limen.report._phrases import in_ranges, unsettled_sentences


def open_finding(name: str, reason: str, least: float | None = None) -> Finding:
    return Finding(
        id=f"forecast/{name}",
        phase="forecast",
        subject=name,
        title=name,
        verdict=Verdict.NOT_MEASURED if least is None else Verdict.INCONCLUSIVE,
        effect=None if least is None else Interval(0.0, -1.0, 1.0, 0.98, "nats/token", "writer"),
        smallest_detectable=least,
        reason=reason,
        evidence={"trait_title": name},
    )


def test_reasons_that_differ_in_a_number_share_a_sentence_and_the_commonest_comes_first():
    twin = "its twin did not take the trait (it moved by {}; +0.10 is the least)"
    findings = [open_finding(n, twin.format(m)) for n, m in (("a", "+0.02"), ("b", "-0.03"), ("c", "+0.00"))]
    sizes = {"w": 0.7, "x": 1.19, "y": 0.8, "z": 0.9}
    findings += [open_finding(name, "not calibrated: AUROC 1.00", least) for name, least in sizes.items()]
    first, second = unsettled_sentences(findings)
    assert first.startswith("“w”, “x”, “y” and “z”")
    assert "AUROC 1.00" in first
    assert "is 0.70 to 1.19 in nats/token" in first
    assert "it moved by -0.03 to +0.02; +0.10 is the least" in second
    assert "were not measured" in second


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["3 rows"], "3 rows"),
        (["3 rows of 10", "7 rows of 10"], "3 to 7 rows of 10"),
        (["up to 123% of it", "up to 9% of it"], "up to 9 to 123% of it"),
        (["LIM301 and v1.2.3", "LIM301 and v1.2.3"], "LIM301 and v1.2.3"),
        (["no number"], "no number"),
    ],
)
def test_numbers_as_ranges(texts: list[str], said: str):
    assert in_ranges(texts) == said
