"""AuditResult: what a caller in Python gets back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from limen.core import Finding, exit_code
from limen.ledger import AuditRecord, Ledger


@dataclass(frozen=True)
class AuditResult:
    """A finished audit.

    Attributes:
        folder: The ledger's folder.
        report: The HTML report.
        fail_on: Smallest harmful shift that gives exit code 1.
    """

    folder: Path
    report: Path
    fail_on: float = 0.05

    @property
    def record(self) -> AuditRecord:
        """Everything that the ledger keeps but the readings."""
        return Ledger.open(self.folder).record()

    @property
    def findings(self) -> list[Finding]:
        """Every finding."""
        return list(self.record.findings)

    @property
    def exit_code(self) -> int:
        """What the command line would have exited with."""
        return exit_code(self.findings, self.fail_on)
