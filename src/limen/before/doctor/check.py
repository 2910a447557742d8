"""What a check is: a function that looks at a patient and says one thing it found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from limen.before.doctor.patient import Patient
from limen.core import Finding, RowBlame, Verdict
from limen.data import EncodedRow

EXAMPLES = 20
"""Most rows that a finding names."""


class Severity(StrEnum):
    """How bad it is for training when a check finds something."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True)
class Check:
    """A check.

    Attributes:
        code: Stable code, such as `DOC101`.
        name: Short name in kebab case.
        severity: How bad it is when it finds something; `info` never fails a run.
        needs_data: Whether it looks at rows.
        examine: Looks at a patient; its docstring is the check's page.
    """

    code: str
    name: str
    severity: Severity
    needs_data: bool
    examine: Callable[[Patient, Check], Finding]

    def found(
        self,
        title: str,
        remedy: str,
        *,
        rows: Sequence[EncodedRow] = (),
        notes: Sequence[str] = (),
        evidence: dict[str, Any] | None = None,
        severity: Severity | None = None,
    ) -> Finding:
        """Something is wrong.

        Args:
            title: What, in one sentence.
            remedy: The mend.
            rows: Rows that show it; the first are named.
            notes: One a row.
            evidence: Numbers behind it.
            severity: Where it differs from the check's own.
        """
        severity = severity or self.severity
        named = list(rows)[:EXAMPLES]
        return Finding(
            id=f"doctor/{self.code}",
            phase="doctor",
            subject=self.code,
            title=title,
            verdict=Verdict.FOUND,
            remedy=remedy,
            harmful=severity is not Severity.INFO,
            rows=tuple(RowBlame(r.row_id, r.index, 1.0) for r in named),
            evidence={
                "code": self.code,
                "check": self.name,
                "severity": severity.value,
                "examples": [
                    {"row": r.row_id, "index": r.index, "note": note}
                    for r, note in zip(named, [*notes, *[""] * len(named)], strict=False)
                ],
                **(evidence or {}),
            },
        )

    def clear(self, title: str, *, evidence: dict[str, Any] | None = None) -> Finding:
        """Nothing is wrong.

        Args:
            title: What was looked at and found in order.
            evidence: Numbers behind it.
        """
        return self._finding(Verdict.CLEAR, title, evidence)

    def not_measured(self, title: str, reason: str, remedy: str) -> Finding:
        """It could not be looked at.

        Args:
            title: What was to be looked at.
            reason: Why it was not.
            remedy: What makes it possible.
        """
        return Finding(
            id=f"doctor/{self.code}",
            phase="doctor",
            subject=self.code,
            title=title,
            verdict=Verdict.NOT_MEASURED,
            reason=reason,
            remedy=remedy,
            evidence={"code": self.code, "check": self.name, "severity": self.severity.value},
        )

    def _finding(self, verdict: Verdict, title: str, evidence: dict[str, Any] | None) -> Finding:
        return Finding(
            id=f"doctor/{self.code}",
            phase="doctor",
            subject=self.code,
            title=title,
            verdict=verdict,
            evidence={"code": self.code, "check": self.name, "severity": self.severity.value, **(evidence or {})},
        )
