"""Whether an answer obeys instructions that a program can check.

`reference.checks` is a list of mappings with one key, the check, and its argument:

    checks:
      - words_at_most: 12
      - starts_with: Dear

Every check of an answer must hold. The idea of verifiable instructions is that of IFEval (arXiv 2311.07911); the
checks and probes here are Limen's own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from limen.core import Probe, TraitError
from limen.traits.scorers._registry import Answer, ScoredAnswer, scorer


def _words(text: str) -> list[str]:
    return re.findall(r"[\w'’-]+", text)


def _sentences(text: str) -> int:
    return len(re.findall(r"[.!?]+(?=\s|$)", text.strip()))


def _lines(text: str) -> list[str]:
    return [x for x in text.strip().splitlines() if x.strip()]


def _is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text.strip().removeprefix("```json").strip("`").strip()), dict | list)
    except (json.JSONDecodeError, RecursionError):
        return False


CHECKS: Mapping[str, Callable[[str, Any], bool]] = {
    "words_at_most": lambda text, n: 0 < len(_words(text)) <= n,
    "words_at_least": lambda text, n: len(_words(text)) >= n,
    "words_exactly": lambda text, n: len(_words(text)) == n,
    "sentences_exactly": lambda text, n: _sentences(text) == n,
    "lines_exactly": lambda text, n: len(_lines(text)) == n,
    "bullets_exactly": lambda text, n: len(re.findall(r"^\s*[-*•]\s+\S", text, re.MULTILINE)) == n,
    "numbered_exactly": lambda text, n: len(re.findall(r"^\s*\d+[.)]\s+\S", text, re.MULTILINE)) == n,
    "lower_case": lambda text, wanted: bool(text.strip()) and (text == text.lower()) is wanted,
    "upper_case": lambda text, wanted: bool(text.strip()) and (text == text.upper()) is wanted,
    "without": lambda text, what: bool(text.strip()) and str(what).lower() not in text.lower(),
    "contains": lambda text, what: str(what).lower() in text.lower(),
    "contains_times": lambda text, pair: (
        len(re.findall(rf"(?<!\w){re.escape(pair[0].lower())}(?!\w)", text.lower())) == pair[1]
    ),
    "starts_with": lambda text, what: text.strip().lower().startswith(str(what).lower()),
    "ends_with": lambda text, what: text.strip().lower().rstrip().endswith(str(what).lower()),
    "is_json": lambda text, wanted: _is_json(text) is wanted,
    "only_letter": lambda text, letters: text.strip().strip("().").upper() in [x.upper() for x in letters],
}
"""Checks by name; each takes the answer and the check's argument."""


@scorer("instruction", needs=("checks",), max_new_tokens=128)
def instruction(probe: Probe, answer: Answer) -> ScoredAnswer:
    """Whether an answer obeys every checkable instruction (`reference.checks`).

    Fields: `passed` and `checks`, the numbers of checks obeyed and made.
    """
    passed: list[bool] = []
    for check in probe.reference["checks"]:
        if not isinstance(check, Mapping) or len(check) != 1 or next(iter(check)) not in CHECKS:
            raise TraitError(
                f"probe {probe.id!r}: {check!r} is no check.",
                remedy=f"Write one of these with its argument: {', '.join(CHECKS)}.",
            )
        name, argument = next(iter(check.items()))
        passed.append(bool(CHECKS[name](answer.text, argument)))
    return ScoredAnswer(
        float(all(passed)), "obeys" if all(passed) else "disobeys", {"passed": sum(passed), "checks": len(passed)}
    )
