"""The tables of the rules of groups, as the reports read them from the evidence of a finding."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from limen.before.check.feature_table import NONE, feature_table, p_text, signed
from limen.before.check.groups.association import Association
from limen.before.check.groups.contrast import Contrast

ROWS = 20
"""Most rows of a table; the numbers of the others stand in the evidence."""

_NAMED = 3
"""Most occupations of a group."""


def mention_table(told: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Who is mentioned, how often, spoken of how, answered how and as what: a row a group, the commonest first.

    *Spoken of* and *tone* are sentiments, of the sentences that mention the group and of the answers to prompts that
    do; *characters* is the geometric mean of these answers' lengths.

    Args:
        told: By group, what `GroupProfile.told` says.
    """
    return feature_table([{"group": group, **one} for group, one in list(told.items())[:ROWS]], _MENTIONS)


def contrast_table(contrasts: Sequence[Contrast]) -> dict[str, Any]:
    """Outcomes of groups against others, a row a comparison.

    Args:
        contrasts: In the order in which they are shown.
    """
    return feature_table(contrasts[:ROWS], _CONTRASTS)


def association_table(made: Sequence[Association]) -> dict[str, Any]:
    """Occupations with groups, a row a comparison.

    Args:
        made: In the order in which they are shown.
    """
    return feature_table(made[:ROWS], _ASSOCIATIONS)


def _mean(told: Mapping[str, Any] | None, form: str) -> str:
    return form.format(told["mean"]) if told else NONE


def _characters(length: Mapping[str, Any] | None) -> str:
    # A mean of logarithms: the geometric one
    return f"{2 ** length['mean'] - 1:,.0f}" if length else NONE


def _occupations(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {n:,}" for name, n in list(counts.items())[:_NAMED]) or NONE


_MENTIONS: dict[str, Callable[[dict[str, Any]], str]] = {
    "group": lambda one: one["group"],
    "rows": lambda one: f"{one['rows']:,} ({one['share']:.1%})",
    "spoken of": lambda one: _mean(one["sentiment_beside"], "{:+.2f}"),
    "answers": lambda one: f"{one['answers']['length']['count']:,}" if one["answers"]["length"] else "0",
    "refused": lambda one: _mean(one["answers"]["refusal"], "{:.0%}"),
    "lists": lambda one: _mean(one["answers"]["structure"], "{:.0%}"),
    "unfinished": lambda one: _mean(one["answers"]["unfinished"], "{:.0%}"),
    "tone": lambda one: _mean(one["answers"]["sentiment"], "{:+.2f}"),
    "characters": lambda one: _characters(one["answers"]["length"]),
    "LIX": lambda one: _mean(one["answers"]["readability"], "{:.0f}"),
    "as": lambda one: _occupations(one["occupations"]),
}
_CONTRASTS: dict[str, Callable[[Contrast], str]] = {
    "group": lambda one: one.group,
    "against": lambda one: one.other,
    "in": lambda one: one.outcome,
    "means": lambda one: f"{one.mean:.2f}, {one.other_mean:.2f}",
    "difference": lambda one: signed(one.estimate, one.low, one.high),
    "p, adjusted": lambda one: p_text(one.p_adjusted),
    "units": lambda one: f"{one.units:,}, {one.other_units:,}",
}
_ASSOCIATIONS: dict[str, Callable[[Association], str]] = {
    "occupation": lambda one: one.occupation,
    "group": lambda one: one.group,
    "prompts with both": lambda one: f"{one.both:,} of {one.of_occupation:,}",
    "by chance": lambda one: f"{one.expected:.1f}",
    "times the odds": lambda one: f"{2**one.estimate:.2g} [{2**one.low:.2g}, {2**one.high:.2g}]",
    "p, adjusted": lambda one: p_text(one.p_adjusted),
}
