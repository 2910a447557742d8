"""What is told where something was found."""

from __future__ import annotations

from collections.abc import Sequence

from limen.core import Finding, Verdict
from limen.core.finding import fails
from limen.core.wording import lowered, plural
from limen.report._group import TRAINING, Group, has_mention, is_broad, trait_title
from limen.report._numbers import is_number, share, spoken
from limen.report._phrases import (
    control_sentence,
    does,
    predicted_sentence,
    runs_sentence,
    title_of,
    unique,
    unsettled_sentences,
)
from limen.report._story import Story, beside, next_steps, sure

_LOOK = "Do not train on these rows as they are: look at the rows and tokens named below, and at who wrote them."


_EXPLAIN = "Do not release before this is explained: compare with a control arm, and look for the rows that taught it."
_NO_HARM = (
    "It is found, but not in the direction of harm, and does not count for the exit code. Whether it was meant is for "
    "you to say."
)
_SMALL = (
    "It is found, but smaller than what fails this audit (--fail-on, here {}), and does not count for the exit code. "
    "Whether it can be lived with is for you to say."
)


def found_in_training(
    group: Group, found: Sequence[Finding], left_open: Sequence[Finding], name: str, fail_on: float
) -> Story:
    """The story of rows that a forecast or a rehearsal found something in.

    Args:
        group: The file's findings.
        found: Those that found something.
        left_open: Those that stayed open.
        name: The file's name, where a sentence must name it.
        fail_on: Smallest harmful shift that fails the audit.
    """
    broad = [f for f in found if is_broad(f)]
    shown = {f.subject: f for f in found if f.phase == "rehearse" and f not in broad}
    forecast = {f.subject: f for f in found if f.phase == "forecast" and f not in broad}
    only_forecast = [f for t, f in forecast.items() if t not in shown]
    leading = [*broad, *shown.values(), *only_forecast]
    traits = [f.subject for f in leading if f not in broad]

    clauses = []
    if broad:
        moves = "moves" if any(f.phase != "forecast" for f in broad) else "is forecast to move"
        clauses.append(f"{moves} towards harm on most of the traits read")
    if shown:
        clauses.append(f"comes to {spoken([does(f) for f in shown.values()])}")
    if only_forecast:
        clauses.append(f"is forecast to come to {spoken([does(f) for f in only_forecast])}")
    short = ", and ".join(clauses) if len(clauses) > 2 else " and ".join(clauses)
    said_so, mention = _mention(group, traits)

    support = [*leading, *[f for t, f in forecast.items() if t in shown]]
    sentences = [runs_sentence(f) for f in shown.values()]
    sentences += [_forecast_sentence(group, f, t in shown) for t, f in forecast.items()]
    sentences += [f"{title_of(f)}." for f in broad]
    harmless = (
        "" if any(f.harmful for f in leading) else "It does not count as harm, so it alone does not fail the audit."
    )
    return Story(
        headline=f"Trained on {f'the rows of {name}' if name else 'these rows'}, the model {short}.{said_so}",
        short=short,
        sentences=unique([*sentences, mention, harmless, *beside(group, leading, left_open)]),
        sure=sure(support),
        control=unique([control_sentence(f) for f in support]),
        next_steps=next_steps(leading, lambda f: _advice(f, _LOOK, fail_on)),
        leading=tuple(f.id for f in support),
    )


def found_elsewhere(
    group: Group, found: Sequence[Finding], left_open: Sequence[Finding], name: str, fail_on: float
) -> Story:
    """The story of a find that is not about training: a model compared with another, a harmful check.

    Args:
        group: The findings.
        found: Those that found something.
        left_open: Those that stayed open.
        name: The file's name, where a sentence must name it.
        fail_on: Smallest harmful shift that fails the audit.
    """
    where = f"{name}: " if name else ""
    titles = [title_of(f) for f in found]
    clear = {f.subject for f in group.phase(*TRAINING) if f.verdict is Verdict.CLEAR}
    tail = [f"What training on the rows does came out clear on {plural(len(clear), 'trait')}."] if clear else []
    return Story(
        headline=where + (f"{titles[0]}." if len(titles) == 1 else f"Found: {spoken([lowered(t) for t in titles])}."),
        short=titles[0] if len(titles) == 1 else plural(len(titles), "finding"),
        sentences=unique([*tail, *beside(group, found, left_open)]),
        sure=sure(found),
        control=unique([control_sentence(f) for f in found]),
        next_steps=next_steps(found, lambda f: _advice(f, _EXPLAIN, fail_on)),
        leading=tuple(f.id for f in found),
    )


def _advice(finding: Finding, usual: str, fail_on: float) -> str:
    """What to do about a find: what it says itself, or what is usual; what does not fail the audit stops nobody."""
    if finding.phase in ("lineage", "discover") and not finding.harmful:
        return finding.remedy
    if not finding.harmful:
        return _NO_HARM
    if not fails(finding, fail_on):
        return _SMALL.format(share(fail_on, 0))
    return finding.remedy or usual


def _mention(group: Group, traits: Sequence[str]) -> tuple[str, str]:
    """Whether the rows say what training on them does: the headline's second sentence, and one for below it."""
    verdicts = {t: has_mention(group.findings, t) for t in traits}
    seen = set(verdicts.values())
    if not seen:
        return "", ""
    if seen == {Verdict.CLEAR}:
        return " Nothing in the rows says so.", ""
    if seen == {Verdict.FOUND}:
        return " The rows mention it.", ""
    if Verdict.FOUND in seen:
        titles = {f.subject: f"“{trait_title(f)}”" for f in group.phase(*TRAINING)}
        named = spoken([titles[t] for t, v in verdicts.items() if v is Verdict.FOUND])
        rest = "for the rest, no mention was found or looked for"
        return " The rows mention a part of it.", f"The rows mention {named}; {rest}."
    if seen <= {None, Verdict.CLEAR}:
        return "", "Whether the rows mention it was not checked for every trait found."
    return "", "Whether the rows mention it could not be settled."


def _size_sentence(forecast: Finding) -> str:
    """What a forecast says of the size, and what that is worth."""
    dose = forecast.evidence.get("dose")
    said = ""
    if is_number(dose):
        said = f" The rows show {share(dose, 0)} of what rows written by a model with the trait would show."
    if not is_number(forecast.evidence.get("predicted_shift")):
        return said + " How large the shift will be is not predicted: --sizes predicts it."
    return f"{said} {predicted_sentence(forecast)}"


def _forecast_sentence(group: Group, forecast: Finding, shown: bool) -> str:
    """What a forecast that found is worth beside the rehearsal of the same trait."""
    if shown:
        said = "The forecast, made before any training on the rows, found it too."
        return " ".join(filter(None, (said, predicted_sentence(forecast))))
    rehearsed = [f for f in group.phase("rehearse") if f.subject == forecast.subject]
    size = _size_sentence(forecast)
    if not rehearsed:
        return "This is a forecast: no training run on these rows was made to show it." + size
    if rehearsed[0].verdict is Verdict.CLEAR:
        runs = runs_sentence(rehearsed[0]) or "it came out clear."
        return f"The rehearsal did not bear the forecast out: {runs}{size}"
    return f"The rehearsal did not settle it. {unsettled_sentences(rehearsed[:1])[0]}{size}"
