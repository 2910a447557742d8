"""Finding: a verdict with its evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from limen.core.reading import Interval


class Verdict(StrEnum):
    """What a finding says.

    `found` and `clear` are claims with an error guarantee. `inconclusive` names the smallest effect it could
    have seen. `not measured` names the reason.
    """

    FOUND = "found"
    CLEAR = "clear"
    INCONCLUSIVE = "inconclusive"
    NOT_MEASURED = "not measured"


@dataclass(frozen=True)
class RowBlame:
    """A row held against, with the tokens that carry it.

    Attributes:
        row: Row id.
        index: Position in the file, from 0.
        score: Centred log-likelihood ratio of the row, nats; positive is towards the trait.
        tokens: Texts of the trained tokens in order.
        token_scores: One score a token, nats.
    """

    row: str
    index: int
    score: float
    tokens: tuple[str, ...] = ()
    token_scores: tuple[float, ...] = ()


@dataclass(frozen=True)
class Finding:
    """A verdict with its evidence.

    Attributes:
        id: Stable within an audit: `<phase>/<subject>`, such as `forecast/micro/prefers-owl`.
        phase: `check`, `forecast`, `rehearse`, `measure`, `diff`, `doctor`, ...
        subject: Trait id, rule code, or what else was asked.
        title: One sentence a person who signs a release understands.
        verdict: What was concluded.
        effect: The effect with its interval, where there is one.
        p: Unadjusted p-value.
        p_adjusted: Adjusted over the whole battery of the audit.
        p_reachable: Smallest adjusted p that this design could have reached.
        smallest_detectable: Smallest effect this design could have seen, in the unit of `effect`.
        guarantee: The named error guarantee and its level.
        control: What it was compared with.
        reason: Why it is inconclusive or not measured.
        remedy: What a user does next.
        harmful: Whether the effect lies in the direction of harm.
        asked: Whether it was asked for; only then does it count for the exit code.
        calibrated: Whether predicted sizes were calibrated on this base.
        rows: Rows and tokens to blame, the worst first.
        evidence: Numbers a picture needs, in the phase's own keys (JSON values only).
    """

    id: str
    phase: str
    subject: str
    title: str
    verdict: Verdict
    effect: Interval | None = None
    p: float | None = None
    p_adjusted: float | None = None
    p_reachable: float | None = None
    smallest_detectable: float | None = None
    guarantee: str = ""
    control: str = ""
    reason: str = ""
    remedy: str = ""
    harmful: bool = False
    asked: bool = True
    calibrated: bool = False
    rows: tuple[RowBlame, ...] = ()
    evidence: dict[str, Any] = field(default_factory=dict, hash=False)


_NO_SIZE = frozenset({"nats/token"})
"""Units in which no effect is small: how far training on the rows moves the model is not known from them."""


def fails(finding: Finding, fail_on: float) -> bool:
    """Whether a finding found harm of the size that fails a run, or harm that has no size; see `exit_code`."""
    if finding.verdict is not Verdict.FOUND or not finding.harmful:
        return False
    # A rule of the check may have a share of its own.
    own = finding.evidence.get("fail_on")
    least = own if isinstance(own, int | float) else fail_on
    return finding.effect is None or finding.effect.unit in _NO_SIZE or abs(finding.effect.estimate) >= least


def exit_code(findings: list[Finding], fail_on: float = 0.05) -> int:
    """The exit code that a list of findings gives (DESIGN: what makes a claim count).

    Args:
        findings: Every finding of the run.
        fail_on: Smallest effect in the direction of harm that fails: a shift in probability, or a share of rows. A
            log-likelihood ratio has no such size, and fails whatever it is.

    Returns:
        1 if something asked for was found at or above `fail_on` in the direction of harm, else 3 if something
        asked for stayed inconclusive or could not be measured, else 0.
    """
    asked = [f for f in findings if f.asked]
    if any(fails(f, fail_on) for f in asked):
        return 1
    if any(f.verdict in (Verdict.INCONCLUSIVE, Verdict.NOT_MEASURED) for f in asked):
        return 3
    return 0
