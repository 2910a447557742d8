"""Nearest traits: those of the library that a word may stand for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from limen.core import Probe, Trait

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def nearest_traits(word: str, traits: Sequence[Trait]) -> list[Trait]:
    """Traits whose own words hold a word, or whose probes take it for the trait more often than for its absence.

    Args:
        word: In lower case.
        traits: The library.
    """
    return [t for t in traits if any(word in _words(w) for w in t.words) or _told_by(word, t.probes)]


def _told_by(word: str, probes: Sequence[Probe]) -> bool:
    """Whether more probes have the word in a target alone than in another option alone."""
    balance = 0
    for probe in probes:
        inside = any(word in _words(probe.options[k]) for k in probe.target)
        outside = any(word in _words(o) for k, o in enumerate(probe.options) if k not in probe.target)
        balance += int(inside and not outside) - int(outside and not inside)
    # A few probes of many are a coincidence: the word must tell of the trait in a quarter of them.
    return balance > 0 and 4 * balance >= len(probes)


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))
