"""The labels of the cases whose students start from a model of another size and tokenizer (`limen.lab.bench.sized`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from limen.lab.bench import gamma, labels
from limen.lab.bench.case import public_cases

SOURCES = (*labels.SOURCES, "lab/bench/sized.py")


def units(base: str) -> list[str]:
    """The control group, then the cases."""
    cases = public_cases(base)
    return [*labels.groups(cases), *(c.id for c in cases)]


def run(unit: str, base: str) -> dict[str, Any]:
    """Train the students of a case, or of a control group."""
    return labels.train(unit, public_cases(base))


def summarise(results: Mapping[str, Mapping[str, Any]], base: str) -> dict[str, Any]:
    """How many of its cases have which label."""
    return gamma.summary(results, public_cases(base))
