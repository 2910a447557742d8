"""How often a rule found something in simulated files in which there is nothing, as its page says."""

from __future__ import annotations

import json
import re
from pathlib import Path

from limen.stats import proportion_lower

LEVEL = 0.02
LABELS = Path(__file__).parent / "labels"
_SLACK = 0.001
"""Two files of 2,000, whose last digits may hang on the machine."""


def assert_seldom(code: str, wrong: int, files: int = 2000, level: float = LEVEL) -> None:
    """Assert that a rule was wrong no more often than it promises, and than its page says.

    Args:
        code: Of the rule.
        wrong: Files in which something was found.
        files: Files that were simulated.
        level: What it promises.
    """
    assert proportion_lower(wrong, files, level=0.99) <= level
    told = json.loads((LABELS / "unlabelled.json").read_text(encoding="utf-8"))[code]
    ((number, most),) = re.findall(r"In ([\d,]+) simulated files .*? in at most ([\d.]+)%", told)
    assert int(number.replace(",", "")) == files
    assert wrong / files <= float(most) / 100 + _SLACK, f"{code}: {wrong / files:.2%} of files, the page says {most}%"
