"""What is told where nothing was found: the file is clear, or something stayed open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from limen.core import Finding, Verdict
from limen.core.wording import lowered, plural
from limen.report._group import Group, is_found
from limen.report._numbers import is_number, number, share, spoken
from limen.report._phrases import (
    about,
    control_sentence,
    predicted_sentence,
    reason_of,
    sentence,
    sure_sentence,
    title_of,
    unique,
)
from limen.report._story import Story, beside, guarantees, next_steps

_MOST_SIZES = 3
_NOTHING_CLAIMED = "Nothing is claimed: neither that something is there nor that it is not."


_AGAIN = "Do not read this as clear: repeat the audit with more rows, more writers or more runs."
_MEND = "Do not read this as clear: mend the reason, and repeat the audit."


def unsettled(group: Group, asked: Sequence[Finding], left_open: Sequence[Finding], name: str) -> Story:
    """The story of a file on which something asked for stayed open.

    Args:
        group: The file's findings.
        asked: Those that were asked for.
        left_open: Those of them that stayed inconclusive or were not measured.
        name: The file's name, where a sentence must name it.
    """
    measured = any(f.verdict is not Verdict.NOT_MEASURED for f in asked)
    word = ("Inconclusive" if measured else "Not measured") + (f" for {name}" if name else "")
    # What no number of rows or writers would mend is told first.
    left_open = sorted(left_open, key=lambda f: not _foreign(f))
    reasons = list(dict.fromkeys(reason_of(f) for f in left_open if f.reason))
    names = list(dict.fromkeys(about(f) for f in left_open))
    settled = _settled(asked, left_open)
    if left_open and _foreign(left_open[0]):
        rest = f"; {settled} came out clear" if settled else ""
        headline = f"{word}: people or an unrelated model wrote these rows, of which no forecast can speak{rest}."
    elif settled:
        headline = f"{word}: {spoken(names)} stayed open; {settled} came out clear."
    elif len(reasons) == 1:
        headline = f"{word}: {reasons[0]}."
    else:
        headline = f"{word}: nothing that was asked for could be {'settled' if measured else 'measured'}."
    return Story(
        headline=headline,
        short=f"{spoken(names, 2)} {'left open' if measured else 'not measured'}",
        sentences=unique([*beside(group, [], left_open), *_sizes(left_open)]),
        sure=(_NOTHING_CLAIMED,),
        control=unique([control_sentence(f) for f in left_open]),
        next_steps=next_steps(left_open, _advice),
        leading=tuple(f.id for f in left_open),
    )


def _sizes(left_open: Sequence[Finding]) -> list[str]:
    """How far what stayed open is predicted to move, the furthest first."""
    sized = [f for f in left_open if is_number(f.evidence.get("predicted_shift"))]
    sized.sort(key=lambda f: -abs(f.evidence["predicted_shift"]))
    return [f"{about(f)}: {lowered(predicted_sentence(f))}" for f in sized[:_MOST_SIZES]]


def _foreign(finding: Finding) -> bool:
    """Whether a forecast stayed open because the rows are no text of the base's own family."""
    origin = finding.evidence.get("origin")
    return finding.phase == "forecast" and isinstance(origin, Mapping) and origin.get("foreign") is True


def _settled(asked: Sequence[Finding], left_open: Sequence[Finding]) -> str:
    """What came out clear beside what stayed open: traits and checks, counted apart; empty where nothing did."""
    open_checks = {_code(f) for f in asked if f.phase == "check" and f.verdict is not Verdict.CLEAR}
    checks = {_code(f) for f in asked if f.phase == "check"} - open_checks
    open_traits = {about(f) for f in left_open if f.phase != "check"}
    traits = {about(f) for f in asked if f.phase != "check"} - open_traits
    said = [plural(len(traits), "other trait" if open_traits else "trait")] if traits else []
    if checks:
        other = "other " if any(f.phase == "check" for f in left_open) else ""
        said.append(plural(len(checks), f"{other}check of the rows", f"{other}checks of the rows"))
    return spoken(said)


def _code(check: Finding) -> str:
    return str(check.evidence.get("code") or check.subject)


def _advice(finding: Finding) -> str:
    return finding.remedy or (_MEND if finding.verdict is Verdict.NOT_MEASURED else _AGAIN)


def clear(group: Group, training: Sequence[Finding], name: str) -> Story:
    """The story of rows that training was forecast or shown to take nothing from.

    Args:
        group: The file's findings.
        training: Its forecasts and rehearsals, all clear.
        name: The file's name, where a sentence must name it.
    """
    phases = {f.phase for f in training}
    forecast = {f.subject for f in training if f.phase == "forecast"}
    rehearsed = {f.subject for f in training if f.phase == "rehearse"}
    clauses = []
    if forecast:
        clauses.append(f"none of the {plural(len(forecast), 'trait')} read is forecast to move enough to matter")
    if rehearsed:
        none = "none" if forecast else "none of the traits read"
        clauses.append(f"{none} moved enough to matter in short training runs ({len(rehearsed)} read)")
    return Story(
        headline=f"Clear: {f'in {name}, ' if name else ''}{', and '.join(clauses)}.",
        short=f"clear on {plural(len(forecast | rehearsed), 'trait')}",
        sentences=unique([*_runs_missing(phases), *beside(group, [], [])]),
        sure=unique([*_bound(training), *guarantees(training)]),
        control=unique([sentence(f.control) for f in training])[:3],
        next_steps=unique([f.remedy for f in training])
        or ("Nothing to do for the traits read. Traits that were not read are not covered.",),
        leading=tuple(f.id for f in training),
    )


def checked(group: Group, asked: Sequence[Finding], name: str) -> Story:
    """The story of findings that are not about training, none of them a find that stops anyone.

    Args:
        group: The findings.
        asked: Those that were asked for: checks, or readings of a model.
        name: The file's name, where a sentence must name it.
    """
    remarks = [f for f in asked if is_found(f)]
    if all(f.phase == "check" for f in asked):
        ran = plural(len({_code(f) for f in asked}), "check")
        said = f"{ran} found nothing to stop for{f' in {name}' if name else ' in these rows'}."
        said += " What cannot be read in them was not asked."
    elif all(f.phase == "lineage" for f in asked):
        return Story(
            headline=f"{f'{name}: ' if name else ''}{title_of(asked[0])}.",
            short="written by the base’s own family",
            sure=unique([*[sure_sentence(f) for f in asked], *guarantees(asked)]),
            control=unique([control_sentence(f) for f in asked]),
            next_steps=unique([f.remedy for f in asked]),
            leading=tuple(f.id for f in asked),
        )
    else:
        said = f"nothing was found on {plural(len({about(f) for f in asked}), 'trait')} of the model."
    return Story(
        headline=f"Clear: {said}",
        short=f"clear, with {plural(len(remarks), 'remark')}" if remarks else "clear",
        sentences=unique(beside(group, [], [])),
        sure=unique([*_bound(asked), *guarantees(asked)]),
        control=unique([control_sentence(f) for f in asked])[:3],
        next_steps=unique([f.remedy for f in remarks]),
        leading=tuple(f.id for f in asked),
    )


def _runs_missing(phases: set[str]) -> list[str]:
    if phases == {"forecast"}:
        return ["This is a forecast: no training run on these rows was made."]
    if phases == {"rehearse"}:
        return ["Short training runs were made; no forecast was."]
    return []


def _bound(findings: Sequence[Finding]) -> list[str]:
    """The largest shift that the intervals do not exclude."""
    effects = [f.effect for f in findings if f.effect is not None and f.effect.unit == "probability"]
    said = []
    if effects:
        largest = max(max(abs(e.low), abs(e.high)) for e in effects)
        said.append(f"The largest shift that the intervals leave open is {number(largest)} in probability.")
    doses = [upper for f in findings if is_number(upper := f.evidence.get("dose_upper"))]
    if doses:
        said.append(
            f"Upper bounds leave open at most {share(max(0.0, *doses), 0)} of what rows written by a model with the "
            "trait would show."
        )
    return said
