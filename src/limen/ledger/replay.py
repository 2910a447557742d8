"""Replay: the same audit again, and whatever came out otherwise.

An audit is replayed from its own config into another folder; the one who knows how to run it is handed in, so that the
ledger stays below the rooms that do the work. Two records are then compared:

- inputs, by hash: another file or model explains everything else;
- versions and code: on other versions the last digits may differ;
- findings, by id: the verdict must be the same, numbers within a tolerance; and the readings, probe by probe.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from limen.core import Finding, LedgerError, Reading
from limen.ledger.ledger import Ledger
from limen.ledger.privacy import REDACTED
from limen.ledger.record import AuditRecord, Status


class Kind(StrEnum):
    """What differs."""

    INPUT = "input"
    VERSION = "version"
    MISSING = "finding missing"
    NEW = "finding new"
    VERDICT = "verdict"
    NUMBER = "number"
    READINGS = "readings"


@dataclass(frozen=True)
class Difference:
    """One thing that came out otherwise.

    Attributes:
        kind: What differs.
        where: Input, package, or finding and field.
        old: What the older record says.
        new: What the newer one says.
        decisive: Whether the replay failed by it; versions alone do not fail one.
    """

    kind: Kind
    where: str
    old: str
    new: str
    decisive: bool

    def __str__(self) -> str:
        return f"{self.kind.value} {self.where}: {self.old} → {self.new}"


def replay(
    folder: str | Path,
    into: str | Path,
    run: Callable[[AuditRecord, Path], AuditRecord],
    *,
    tolerance: float = 1e-6,
) -> list[Difference]:
    """Run an audit again from its own config, and compare.

    Args:
        folder: The audit's folder.
        into: Another folder, where it is run again.
        run: Runs the audit of a record into a folder and returns the new record.
        tolerance: Largest difference of a number that is let pass, as a share of it (or absolutely, below 1).

    Returns:
        What differs; empty if nothing does.

    Raises:
        LedgerError: If the folder is not an audit's, the audit was not finished, needs a secret that was not written
            down, or would be run over itself.
    """
    old = Ledger.open(folder).record()
    if Path(folder).resolve() == Path(into).resolve():
        raise LedgerError(
            "an audit cannot be replayed into its own folder.", remedy="Choose another folder.", where=str(into)
        )
    if old.status is not Status.DONE:
        raise LedgerError(
            f"this audit was not finished (its status is {old.status.value!r}).",
            remedy="Run its command again: it resumes where it stopped.",
            where=str(folder),
        )
    if hidden := [key for key, value in old.config.items() if value == REDACTED]:
        raise LedgerError(
            f"its config had a secret in {hidden[0]!r}, which is never written down.",
            remedy="Give it through the environment and run the audit by hand.",
            where=str(folder),
        )
    differences = compare_records(old, run(old, Path(into)), tolerance=tolerance)
    return differences + compare_readings(Ledger.open(folder).readings(), Ledger.open(into).readings(), tolerance)


def compare_records(old: AuditRecord, new: AuditRecord, *, tolerance: float = 1e-6) -> list[Difference]:
    """What differs between two records of one audit.

    Args:
        old: The older record.
        new: The newer one.
        tolerance: Largest difference of a number that is let pass, as a share of it (or absolutely, below 1).

    Returns:
        Differences: inputs first, then versions, then findings in the older record's order.
    """
    out = _inputs(old, new) + _versions(old, new)
    mine, yours = {f.id: f for f in old.findings}, {f.id: f for f in new.findings}
    for key, finding in mine.items():
        if key in yours:
            out += _finding(finding, yours[key], tolerance)
        else:
            out.append(Difference(Kind.MISSING, key, finding.verdict.value, "not there", True))
    out += [
        Difference(Kind.NEW, key, "not there", finding.verdict.value, True)
        for key, finding in yours.items()
        if key not in mine
    ]
    return out


def compare_readings(old: Sequence[Reading], new: Sequence[Reading], tolerance: float = 1e-6) -> list[Difference]:
    """What differs between two audits' readings, in at most two lines.

    Args:
        old: The older audit's readings.
        new: The newer one's.
        tolerance: Largest difference of a value that is let pass.

    Returns:
        How many are there in one alone, and how many differ by how much.
    """
    mine, yours = _by_probe(old), _by_probe(new)
    shared = mine.keys() & yours.keys()
    out = []
    if alone := len(mine.keys() ^ yours.keys()):
        out.append(Difference(Kind.READINGS, f"{alone} in one audit alone", str(len(mine)), str(len(yours)), True))
    gaps = [abs(mine[k] - yours[k]) for k in shared if not _close(mine[k], yours[k], tolerance)]
    if gaps:
        where = f"{len(gaps)} of {len(shared)} differ"
        out.append(Difference(Kind.READINGS, where, "0", f"up to {max(gaps):.3g}", True))
    return out


def _by_probe(readings: Sequence[Reading]) -> dict[tuple[str, int, str, str, int], float]:
    """Values by arm, run, trait, probe, and which sample of the probe it is."""
    seen: Counter[tuple[str, int, str, str]] = Counter()
    out = {}
    for r in readings:
        key = (r.arm, r.run, r.trait, r.probe)
        out[(*key, seen[key])] = r.value
        seen[key] += 1
    return out


def _inputs(old: AuditRecord, new: AuditRecord) -> list[Difference]:
    mine, yours = ({(i.role, i.name): i.sha256 for i in record.inputs} for record in (old, new))
    return [
        Difference(Kind.INPUT, f"{role} {name}", _short(mine.get((role, name))), _short(yours.get((role, name))), True)
        for role, name in sorted(mine.keys() | yours.keys())
        if mine.get((role, name)) != yours.get((role, name))
    ]


def _versions(old: AuditRecord, new: AuditRecord) -> list[Difference]:
    def table(record: AuditRecord) -> dict[str, str]:
        env = record.environment
        return {
            "limen": record.limen_version,
            "limen's code": _short(record.code_hash),
            "python": env.python,
            "platform": env.platform,
            **env.packages,
        }

    mine, yours = table(old), table(new)
    return [
        Difference(Kind.VERSION, name, mine.get(name, "not there"), yours.get(name, "not there"), False)
        for name in [*mine, *(n for n in yours if n not in mine)]
        if mine.get(name) != yours.get(name)
    ]


def _finding(old: Finding, new: Finding, tolerance: float) -> list[Difference]:
    out = []
    if old.verdict is not new.verdict:
        out.append(Difference(Kind.VERDICT, old.id, old.verdict.value, new.verdict.value, True))
    mine, yours = _numbers(old), _numbers(new)
    out += [
        Difference(Kind.NUMBER, f"{old.id} {name}", _text(mine[name]), _text(yours[name]), True)
        for name in mine
        if not _close(mine[name], yours[name], tolerance)
    ]
    return out


def _numbers(f: Finding) -> dict[str, float | None]:
    effect = f.effect
    return {
        "effect": effect.estimate if effect else None,
        "low": effect.low if effect else None,
        "high": effect.high if effect else None,
        "p": f.p,
        "adjusted p": f.p_adjusted,
        "reachable p": f.p_reachable,
        "smallest detectable": f.smallest_detectable,
    }


def _close(a: float | None, b: float | None, tolerance: float) -> bool:
    if a is None or b is None:
        return a is b
    if not (math.isfinite(a) and math.isfinite(b)):
        return a == b or (math.isnan(a) and math.isnan(b))
    return abs(a - b) <= tolerance * max(1.0, abs(a), abs(b))


def _text(value: float | None) -> str:
    return "none" if value is None else f"{value:.6g}"


def _short(sha: str | None) -> str:
    return sha[:12] if sha else "not there"
