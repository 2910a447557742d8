"""Plain words for what a finding says: verb phrases, the sentence on runs, how sure, what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from limen.core import Finding, Interval, Verdict
from limen.core.wording import in_sentence, lowered, plural
from limen.report._group import is_downward, trait_title
from limen.report._numbers import (
    DASH,
    digits_for,
    finite,
    is_number,
    number,
    p_equals,
    p_value,
    share,
    size,
    spoken,
)
from limen.report._visible import one_line

_PREFERS = re.compile(r"^(?:prefers?|preference (?:for|of))\s+(.+)$", re.IGNORECASE)
_VERB = re.compile(r"^[A-Za-z][a-z-]*[^aisu\W\d_]s$")


def does(finding: Finding) -> str:
    """What a model that moved does, as an infinitive without `to`.

    Titles of traits are mostly what a model does (*Refuses harmless requests*), some are names (*Over-refusal*).

    Returns:
        Such as `prefer owl`, `refuse harmless requests more often`, `show more over-refusal`.
    """
    title = trait_title(finding)
    down = is_downward(finding)
    if match := _PREFERS.match(title):
        return f"prefer {match.group(1)}{' less' if down else ''}"
    first, _, rest = title.partition(" ")
    if rest and _VERB.match(first):
        return f"{_infinitive(first.lower())} {rest} {'less' if down else 'more'} often"
    return f"show {'less' if down else 'more'} {lowered(title)}"


def _infinitive(verb: str) -> str:
    """`complies` to `comply`, `teaches` to `teach`, `refuses` to `refuse`."""
    if verb.endswith("ies"):
        return verb[:-3] + "y"
    if verb.endswith(("shes", "ches", "xes", "sses", "oes")):
        return verb[:-2]
    return verb[:-1]


PHASE_NAMES = {
    "check": "check",
    "lineage": "lineage",
    "forecast": "forecast",
    "rehearse": "rehearsal",
    "verify": "test of the blame",
    "what-if": "what-if",
    "discover": "discovery",
    "measure": "measurement",
    "diff": "comparison",
}
"""What a person calls a phase."""


def phase_name(finding: Finding) -> str:
    """What a person calls a finding's phase."""
    return PHASE_NAMES.get(finding.phase, one_line(finding.phase, 20))


def runs_sentence(finding: Finding) -> str:
    """What the training runs did, counted; empty where the finding holds no runs."""
    data, control = finite(finding.evidence.get("data_runs")), finite(finding.evidence.get("control_runs"))
    if not data:
        return ""
    base = finding.evidence.get("base")
    start = f"; base {number(base)}" if is_number(base) else ""
    if not control:
        return (
            f"{plural(len(data), 'short training run').capitalize()} on these rows ended at "
            f"{number(_mean(data))} on average{start}. No control arm was run."
        )
    down = is_downward(finding)
    beyond = sum(run < min(control) if down else run > max(control) for run in data)
    side = "below" if down else "above"
    means = f"{number(_mean(data))} on average against {number(_mean(control))}{start}"
    if finding.verdict is Verdict.FOUND and beyond == len(data):
        return (
            f"In {len(data)} of {plural(len(data), 'short training run')} on these rows the model came to "
            f"{does(finding)}: each ended {side} every control run ({means})."
        )
    return (
        f"{beyond} of {plural(len(data), 'short training run')} on these rows ended {side} every control run ({means})."
    )


_PARTS = {
    "forecast": "the dose that the rows show",
    "full-dose": "what rows of the trait’s own twin do to this model",
    "short-run": "short fine-tunes on the rows",
}


def predicted_sentence(finding: Finding) -> str:
    """How far a forecast says that training moves its trait, and what says so; empty where it predicts no size."""
    evidence = finding.evidence
    if not is_number(evidence.get("predicted_shift")):
        return ""
    said = f"Training is predicted to move it by {number(evidence['predicted_shift'], 2, signed=True)} in probability"
    interval = finite(evidence.get("predicted_interval"))
    if len(interval) == 2:
        low, high = (number(x, 2, signed=True) for x in interval)
        level = evidence.get("predicted_level")
        said += f" ({f'{share(level, 0)} of runs: ' if is_number(level) else ''}{low} to {high})"
    used = evidence.get("predicted_from")
    if isinstance(used, Mapping) and used:
        parts = [
            f"{_PARTS.get(p, one_line(str(p), 40))} ({number(x, 2, signed=True)})"
            for p, x in used.items()
            if is_number(x)
        ]
        said += f", from {spoken(parts)}"
    return said + ("." if finding.calibrated else ". The predicted size is not calibrated on this base and fine-tune.")


def control_sentence(finding: Finding) -> str:
    """What the control arm was and did."""
    control = finite(finding.evidence.get("control_runs"))
    data = finite(finding.evidence.get("data_runs"))
    what = one_line(finding.control, 300)
    if not control:
        return sentence(f"compared with {what}" if what and finding.phase in ("diff", "measure") else what)
    down = is_downward(finding)
    nearest, extreme = (min(control), "lowest") if down else (max(control), "highest")
    apart = bool(data) and (max(data) < nearest if down else min(data) > nearest)
    base = finding.evidence.get("base")
    start = f", from {number(base)} at base" if is_number(base) else ""
    did = "did not" if finding.verdict is Verdict.FOUND and apart else "was trained alike"
    ended = f"its {extreme} of {plural(len(control), 'run')} ended at {number(nearest)}{start}."
    return f"The control arm {did}: {ended}" + (f" {sentence(what)}" if what else "")


def sure_sentence(finding: Finding) -> str:
    """How sure a finding is: adjusted p, and effect with its interval and its unit of replication.

    Only what the finding holds is said; empty where it holds neither.
    """
    parts: list[str] = []
    if is_number(finding.p_adjusted):
        floor = f" (smallest reachable {p_value(finding.p_reachable)})" if is_number(finding.p_reachable) else ""
        parts.append(f"adjusted {p_equals(finding.p_adjusted)}{floor}")
    elif is_number(finding.p):
        parts.append(f"{p_equals(finding.p)}, not adjusted")
    if finding.effect is not None and finding.phase == "check":
        low, high = share(finding.effect.low), share(finding.effect.high)
        parts.append(f"{share(finding.effect.estimate)} of the rows ({100 * finding.effect.level:g}% {low} to {high})")
    elif finding.effect is not None:
        unit, replicated = one_line(finding.effect.unit, 40), one_line(finding.effect.sampling_unit, 40)
        what = "shift" if unit == "probability" else "effect"
        parts.append(f"{what} {effect_text(finding.effect)} in {unit}; replicated unit: {replicated}")
    return "; ".join(parts) + "." if parts else ""


def effect_text(effect: Interval | None) -> str:
    """`+0.31 (95% interval +0.25 to +0.37)`, or a dash."""
    if effect is None:
        return DASH
    level = f"{100 * effect.level:g}% interval " if is_number(effect.level) else ""
    digits = digits_for(effect.low, effect.high, effect.unit)
    estimate, low, high = (number(v, digits, signed=True) for v in (effect.estimate, effect.low, effect.high))
    return f"{estimate} ({level}{low} to {high})"


def unsettled_sentences(findings: Sequence[Finding]) -> list[str]:
    """Why findings are open, and what they could have seen; those that are open alike share a sentence.

    Reasons that differ in a number alone are alike, and the numbers are told as a range. What is open of most findings
    is told first.

    Args:
        findings: Findings that are inconclusive or were not measured.
    """
    alike: dict[tuple[str, str, str, str], list[Finding]] = {}
    for f in findings:
        unit = f.effect.unit if f.effect and _could_see(f) else ""
        alike.setdefault((f.phase, f.verdict.value, _NUMBER.sub("#", reason_of(f)), unit), []).append(f)
    said = []
    for (_, verdict, _, _), held in sorted(alike.items(), key=lambda one: -len(one[1])):
        names = spoken(list(dict.fromkeys(about(f) for f in held)), 6)
        phase = "" if held[0].phase == "check" else f" ({phase_name(held[0])})"
        open_ = "could not be settled" if verdict == Verdict.INCONCLUSIVE.value else "not measured"
        was = "" if verdict == Verdict.INCONCLUSIVE.value else "was " if len(held) == 1 else "were "
        reason = in_ranges([reason_of(f) for f in held])
        said.append(f"{names}{phase} {was}{open_}{f': {reason}' if reason else ''}.{_least(held)}")
    return said


_NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:\.\d+)?(?![\w.]*\w)")


def in_ranges(texts: Sequence[str]) -> str:
    """Texts that differ in numbers alone as one, with the least and the largest of each number that differs."""
    numbers = [_NUMBER.findall(text) for text in texts]
    ranges = []
    for each in zip(*numbers, strict=True):
        low, high = min(each, key=float), max(each, key=float)
        ranges.append(low if low == high else f"{low} to {high}")
    at = iter(ranges)
    return _NUMBER.sub(lambda _: next(at), texts[0])


def reason_of(finding: Finding) -> str:
    """Why a finding is open, without a full stop and without saying *inconclusive* again."""
    return in_sentence(one_line(finding.reason, 300).removeprefix("inconclusive: ").rstrip("."))


def _could_see(finding: Finding) -> bool:
    """Whether an open finding tells the smallest effect that it could have seen."""
    return finding.verdict is Verdict.INCONCLUSIVE and is_number(finding.smallest_detectable)


def _least(findings: Sequence[Finding]) -> str:
    seen = [f for f in findings if _could_see(f)]
    if not seen:
        return ""
    sizes = [size(f.smallest_detectable) for f in sorted(seen, key=lambda f: f.smallest_detectable or 0.0)]
    span = sizes[0] if sizes[0] == sizes[-1] else f"{sizes[0]} to {sizes[-1]}"
    unit = f" in {one_line(seen[0].effect.unit, 40)}" if seen[0].effect else ""
    return f" The smallest effect that could have been seen is {span}{unit}."


def about(finding: Finding) -> str:
    """What a finding is about, as a sentence names it: a trait in quotes, or a check's title."""
    return title_of(finding) if finding.phase == "check" else f"“{trait_title(finding)}”"


def title_of(finding: Finding) -> str:
    """A finding's title without its full stop, or its subject."""
    title = (one_line(finding.title, 200) or trait_title(finding)).rstrip(".")
    return in_sentence(title, trait_title(finding))


def unique(sentences: Sequence[str]) -> tuple[str, ...]:
    """Sentences in order, each on one line, without repetition and without empty ones."""
    return tuple(dict.fromkeys(one_line(s, 800) for s in sentences if s.strip()))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def upper_first(text: str) -> str:
    """A sentence with a capital, unless it opens with a symbol such as *p*."""
    return text if text[1:2] in (" ", "") else text[:1].upper() + text[1:]


def stopped(text: str) -> str:
    """A text with its full stop; nothing where there is no text."""
    text = text.strip()
    return text if not text or text[-1] in ".!?…" else f"{text}."


def sentence(text: str) -> str:
    """A text as a sentence, with its capital and its full stop."""
    text = stopped(text)
    return text[:1].upper() + text[1:]
