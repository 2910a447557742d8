"""The verdict of an audit in plain words: pure functions from findings to sentences.

A sentence never claims more than its findings say. A forecast alone *is forecast to*; a rehearsal that found *comes
to*, with its runs counted; *nothing in the rows says so* only where the check for a mention came out clear. A file is
clear only if everything that was asked for is clear, in step with the exit code: whatever stays open keeps it open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from limen.core import Finding, Verdict
from limen.core.finding import fails
from limen.report._found import found_elsewhere, found_in_training
from limen.report._group import ABOUT_ROWS, TRAINING, Group, group, is_broad, is_found
from limen.report._numbers import spoken
from limen.report._settled import checked, clear, unsettled
from limen.report._story import Story
from limen.report._visible import one_line


class Level(StrEnum):
    """How a file or an audit came out, the worst first."""

    BROAD = "broad"
    FOUND = "found"
    INCONCLUSIVE = "inconclusive"
    NOT_MEASURED = "not measured"
    CLEAR = "clear"


FAIL_ON = 0.05
"""Smallest effect that fails an audit unless it was asked otherwise (see `limen.core.exit_code`)."""

_ORDER = tuple(Level)


@dataclass(frozen=True)
class FileVerdict:
    """How one file came out.

    Attributes:
        file: Name of the file; empty for findings that are about no file.
        level: The level.
        story: Headline, sentences, how sure, control, next steps.
    """

    file: str
    level: Level
    story: Story

    @property
    def name(self) -> str:
        """What a reader calls it."""
        return one_line(self.file, 60) or "the model"


@dataclass(frozen=True)
class AuditVerdict:
    """How an audit came out.

    Attributes:
        level: The worst level of its files.
        headline: The sentence that stands first.
        beside: What the other files came to, one sentence each.
        files: Every file's verdict; the one without a name, if any, is last.
        leads: The files on which the headline rests.
    """

    level: Level
    headline: str
    beside: tuple[str, ...] = ()
    files: tuple[FileVerdict, ...] = ()
    leads: tuple[FileVerdict, ...] = ()


def summarise(findings: Sequence[Finding], *, whole: bool = True, fail_on: float = FAIL_ON) -> AuditVerdict:
    """Say how an audit came out.

    Args:
        findings: Every finding of the audit.
        whole: Whether the audit came to its end. One that was broken off is never clear.
        fail_on: Smallest shift that fails the audit, and share of rows at which a check's find leads; a smaller one is
            a remark.

    Returns:
        The verdict of the audit and of each file.
    """
    groups = group(findings)
    if not groups:
        return AuditVerdict(Level.NOT_MEASURED, "Not measured: the audit holds no finding.")
    named = len([g for g in groups if g.file])
    files = tuple(summarise_group(g, several=named > 1, fail_on=fail_on) for g in groups)
    counted = [f for f, g in zip(files, groups, strict=True) if any(one.asked for one in g.findings)] or list(files)
    level = min((f.level for f in counted), key=_ORDER.index)
    worst = [f for f in counted if f.level is level]
    beside = tuple(f"{f.name}: {f.story.short}." for f in files if f not in worst)
    headline = _headline(level, worst, len(files))
    if not whole and level is Level.CLEAR:
        return AuditVerdict(
            Level.INCONCLUSIVE, "Inconclusive: the audit was broken off. What it had read came out clear.", (), files
        )
    return AuditVerdict(level, headline, beside, files, tuple(worst))


def summarise_group(group: Group, *, several: bool = False, fail_on: float = FAIL_ON) -> FileVerdict:
    """Say how one file came out.

    Args:
        group: Its findings.
        several: Whether the audit read several files, so that a sentence must name the one it is about.
        fail_on: Smallest share of rows at which a check's find leads.

    Returns:
        The verdict.
    """
    asked = [f for f in group.findings if f.asked] or list(group.findings)
    found = [f for f in asked if is_found(f)]
    training = [f for f in found if f.phase in TRAINING]
    elsewhere = [f for f in found if _leads(f, asked, fail_on)]
    left_open = [f for f in asked if f.verdict in (Verdict.INCONCLUSIVE, Verdict.NOT_MEASURED)]
    name = one_line(group.file, 60) if several else ""
    if training or any(is_broad(f) for f in found):
        level = Level.BROAD if any(is_broad(f) for f in found) else Level.FOUND
        return FileVerdict(group.file, level, found_in_training(group, found, left_open, name, fail_on))
    if elsewhere:
        return FileVerdict(group.file, Level.FOUND, found_elsewhere(group, elsewhere, left_open, name, fail_on))
    if left_open:
        measured = any(f.verdict is not Verdict.NOT_MEASURED for f in asked)
        level = Level.INCONCLUSIVE if measured else Level.NOT_MEASURED
        return FileVerdict(group.file, level, unsettled(group, asked, left_open, name))
    trained = [f for f in asked if f.phase in TRAINING]
    story = clear(group, trained, name) if trained else checked(group, asked, name)
    return FileVerdict(group.file, Level.CLEAR, story)


def _leads(found: Finding, asked: Sequence[Finding], fail_on: float) -> bool:
    """Whether a find that is none about training is a headline, and not a remark beside one."""
    if found.phase == "check":
        return fails(found, fail_on)
    if found.phase == "lineage":
        return all(f.phase == "lineage" for f in asked)
    return found.phase == "discover" or found.phase not in ABOUT_ROWS


def fail_on(config: Mapping[str, Any]) -> float:
    """The smallest effect that fails an audit, as its config has it.

    Args:
        config: The audit's replayable config.
    """
    asked = config.get("fail_on")
    return float(asked) if isinstance(asked, int | float) and not isinstance(asked, bool) else FAIL_ON


def _headline(level: Level, worst: Sequence[FileVerdict], of: int) -> str:
    if len(worst) == 1:
        return worst[0].story.headline
    names = spoken([f.name for f in worst], 6)
    each = "; ".join(f"{f.name} ({f.story.short})" for f in worst)
    return {
        Level.BROAD: f"Broad shifts towards harm in {len(worst)} of {of}: {each}.",
        Level.FOUND: f"Something was found in {len(worst)} of {of}: {each}.",
        Level.INCONCLUSIVE: f"Inconclusive: something stayed open in {names}.",
        Level.NOT_MEASURED: f"Not measured: {names}.",
        Level.CLEAR: f"Clear: nothing was found in {names}.",
    }[level]
