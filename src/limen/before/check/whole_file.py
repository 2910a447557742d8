"""What a finding says of a whole file, and whether a baseline has it already.

Such a finding names no rows to know again. It is known by its rule, its subject and its parts, each of which is one
thing that is found, such as a feature, with a signed estimate and interval. It is old where every part of it was found
when the baseline was written, with the same sign and no further from zero than the interval of that time reaches: what
moves within that interval, or towards zero, is nothing new, and what is reckoned a little differently is not either.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from limen.core import Finding, Verdict

_SLACK = 1e-9
"""Of the last digits, which hang on the machine."""


@dataclass(frozen=True)
class Part:
    """One thing that is found.

    Attributes:
        name: What it is, such as `length`.
        estimate: How much, zero for nothing and larger for worse in its direction.
        low: Lower bound of its interval.
        high: Upper bound.
    """

    name: str
    estimate: float
    low: float
    high: float

    def within(self, then: Part) -> bool:
        """Whether it is no worse than what a baseline has of it.

        Args:
            then: The part of the baseline.
        """
        sign = -1 if then.estimate < 0 else 1
        furthest = max(sign * then.low, sign * then.high)
        return self.name == then.name and -_SLACK <= sign * self.estimate <= furthest + _SLACK


_KEYS = {field.name for field in fields(Part)}


@dataclass(frozen=True)
class WholeFinding:
    """A finding on a whole file, as a baseline keeps it.

    Attributes:
        code: The rule's code.
        subject: What the finding is about.
        parts: What it found.
    """

    code: str
    subject: str
    parts: tuple[Part, ...]

    def distance(self, then: WholeFinding) -> float | None:
        """How far it is from one of a baseline, summed over parts; None where it is new beside that.

        Args:
            then: The finding of the baseline.
        """
        if (self.code, self.subject) != (then.code, then.subject):
            return None
        total = 0.0
        for part in self.parts:
            match = [other for other in then.parts if part.within(other)]
            if not match:
                return None
            total += min(abs(part.estimate - other.estimate) for other in match)
        return total


def whole_finding(code: str, finding: Finding) -> WholeFinding:
    """What a baseline keeps of a finding whose rule named its parts, or which has its effect for its only part.

    Args:
        code: The rule's code.
        finding: A finding that names no rows.
    """
    told = finding.evidence.get("parts")
    # Another package's rule may mean something else by the word
    if isinstance(told, list | tuple) and told and all(isinstance(p, dict) and p.keys() == _KEYS for p in told):
        return WholeFinding(code, finding.subject, tuple(Part(**part) for part in told))
    effect = finding.effect
    numbers = (effect.estimate, effect.low, effect.high) if effect is not None else (0.0, 0.0, 0.0)
    return WholeFinding(code, finding.subject, (Part(finding.subject, *numbers),))


def take(finding: WholeFinding, left: list[WholeFinding]) -> bool:
    """Whether a baseline has a finding; what it is known by is then taken out, so that it hides no second one.

    Args:
        finding: The finding.
        left: What the baseline holds and nothing has taken yet.
    """
    near = [(distance, i) for i, then in enumerate(left) if (distance := finding.distance(then)) is not None]
    if not near:
        return False
    del left[min(near)[1]]
    return True


def hidden(finding: Finding) -> Finding:
    """A finding that a baseline has, as it is told: not counted, and never silently.

    Args:
        finding: The finding.
    """
    evidence = {key: value for key, value in finding.evidence.items() if key not in ("table", "examples")}
    return replace(
        finding,
        title=f"{finding.title} Not counted: in the baseline.",
        verdict=Verdict.CLEAR,
        harmful=False,
        remedy="",
        rows=(),
        evidence={**evidence, "in_baseline": 1},
    )


def parts_of(named: Iterable[tuple[str, Sequence[float]]]) -> list[dict[str, Any]]:
    """Parts as the evidence of a finding has them, under `parts`.

    Args:
        named: Name, and estimate with both bounds.
    """
    return [asdict(Part(name, *map(float, numbers))) for name, numbers in named]
