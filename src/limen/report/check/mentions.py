"""Mentions of traits that nobody asked for by name: one finding and its table, in place of one a trait."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from limen.core import Finding, Verdict
from limen.core.wording import plural
from limen.report.check.checked import code_of

_SHOWN = 10
REMEDY = "See the rows of some: --traits ID[,ID...]"


def is_unasked_mention(finding: Finding) -> bool:
    """Whether a finding says of one trait that rows mention it, and the user did not name that trait."""
    return finding.evidence.get("rule") == "mention" and finding.verdict is Verdict.FOUND and not finding.asked


def folded(findings: Iterable[Finding]) -> list[Finding]:
    """Findings with the unasked mentions made one, which stands where the first of them stood.

    Args:
        findings: Of one file, in the order in which they are shown.
    """
    all_of_them = list(findings)
    unasked = [f for f in all_of_them if is_unasked_mention(f)]
    if len(unasked) < 2:
        return all_of_them
    first = next(i for i, f in enumerate(all_of_them) if is_unasked_mention(f))
    rest = [f for f in all_of_them[first:] if not is_unasked_mention(f)]
    return [*all_of_them[:first], _one(unasked), *rest]


def mentions_told(unasked: Iterable[Finding]) -> str:
    """What is said of unasked mentions in one sentence, the most common first.

    Args:
        unasked: Findings, each on one trait.
    """
    found = _most_first(unasked)
    shown = "; ".join(f"{f.subject} in {f.evidence['count']:,}" for f in found[:_SHOWN])
    rest = f"; and {len(found) - _SHOWN} more." if len(found) > _SHOWN else "."
    return f"Rows mention {plural(len(found), 'trait')} by their words: {shown}{rest}"


def _most_first(unasked: Iterable[Finding]) -> list[Finding]:
    return sorted(unasked, key=lambda f: -f.evidence["count"])


def _one(unasked: list[Finding]) -> Finding:
    found = _most_first(unasked)
    told: dict[str, Any] = {
        key: found[0].evidence[key] for key in ("code", "rule", "severity", "file") if key in found[0].evidence
    }
    cells = [[f.subject, f"{f.evidence['count']:,}", f"{f.evidence['share']:.1%}"] for f in found]
    return replace(
        found[0],
        id=f"check/{code_of(found[0])}",
        subject=code_of(found[0]),
        title=mentions_told(found),
        remedy=REMEDY,
        rows=(),
        effect=None,
        harmful=any(f.harmful for f in found),
        evidence={**told, "table": {"columns": ["trait", "rows", "share"], "rows": cells}},
    )
