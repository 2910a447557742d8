"""Story: what is told about one file, and the sentences that every story shares."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from limen.core import Finding
from limen.report._group import TRAINING, Group, is_found, is_mention_check, trait_title
from limen.report._numbers import spoken
from limen.report._phrases import about, phase_name, sure_sentence, title_of, unique, unsettled_sentences, upper_first
from limen.report._visible import one_line


@dataclass(frozen=True)
class Story:
    """What is told about one file.

    Attributes:
        headline: One plain sentence, at most with a second one on whether the rows say so.
        short: A few words for a table.
        sentences: What supports the headline and what stands beside it.
        sure: How sure we are, sentence by sentence.
        control: What it was compared with.
        next_steps: What to do.
        leading: Ids of the findings on which the headline rests.
    """

    headline: str
    short: str
    sentences: tuple[str, ...] = ()
    sure: tuple[str, ...] = ()
    control: tuple[str, ...] = ()
    next_steps: tuple[str, ...] = ()
    leading: tuple[str, ...] = ()


def beside(group: Group, leading: Sequence[Finding], left_open: Sequence[Finding]) -> list[str]:
    """What stands beside the headline: other finds, and what stayed open."""
    told = {f.id for f in leading} | {f.id for f in left_open}
    traits = {f.subject for f in leading if f.phase in TRAINING}
    said = []
    for f in group.findings:
        if not is_found(f) or f.id in told or (f.phase in TRAINING and f.subject in traits):
            continue
        if traits and is_mention_check(f):
            continue
        # A what-if was asked for, though it counts for nothing: nobody said that it is what will be trained.
        aside = "" if f.asked or f.phase == "what-if" else " (not asked for)"
        said.append(f"{title_of(f)}{aside}.")
    return unsettled_sentences([f for f in left_open if not (f.phase in TRAINING and f.subject in traits)]) + said


def sure(findings: Sequence[Finding]) -> tuple[str, ...]:
    """How sure each finding is; a guarantee that several share is said once."""
    traits, phases = {f.subject for f in findings}, {f.phase for f in findings}
    said: list[str] = []
    for f in findings:
        names = [trait_title(f)] if len(traits) > 1 else []
        names += [phase_name(f)] if len(phases) > 1 else []
        told = sure_sentence(f)
        if told:
            said.append(upper_first(f"{', '.join(names)}: {told}" if names else told))
    return unique([*said, *guarantees(findings)])


def next_steps(findings: Sequence[Finding], advice: Callable[[Finding], str]) -> tuple[str, ...]:
    """What to do about findings; where it differs, it is said of which each thing is to be done.

    Args:
        findings: Those whose sentences are told.
        advice: What to do about one.
    """
    several = len({f.phase for f in findings}) > 1
    names: dict[str, list[str]] = {}
    for f in findings:
        phase = f" ({phase_name(f)})" if several and f.phase != "check" else ""
        names.setdefault(advice(f), []).append(f"{about(f)}{phase}")
    if len(names) == 1:
        return unique(list(names))
    return unique([f"{spoken(list(dict.fromkeys(held)), 6)}: {what}" for what, held in names.items()])


def guarantees(findings: Sequence[Finding]) -> tuple[str, ...]:
    """The named guarantees of findings, each said once."""
    return unique([f"Guarantee: {one_line(f.guarantee, 300).rstrip('.')}." for f in findings if f.guarantee])
