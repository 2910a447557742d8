"""The tables of the rules of groups, as the reports read them from the evidence of a finding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from limen.before.check.feature_table import NONE, p_text, signed
from limen.before.check.groups.association import Association
from limen.before.check.groups.contrast import Contrast

ROWS = 20
"""Most rows of a table; the numbers of the others stand in the evidence."""

_OCCUPATIONS = 3
_SHARES = {"refused": "refusal", "lists": "structure", "unfinished": "unfinished"}


def mention_table(told: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Who is mentioned, how often, spoken of how, answered how and as what: a row a group, the commonest first.

    *Spoken of* and *tone* are sentiments, of the sentences that mention the group and of the answers to prompts that
    do; *characters* is the geometric mean of these answers' lengths.

    Args:
        told: By group, what `GroupProfile.told` says.
    """
    columns = ["group", "rows", "spoken of", "answers", *_SHARES, "tone", "characters", "LIX", "as"]
    rows = []
    for group, one in list(told.items())[:ROWS]:
        answers = one["answers"]
        length = answers["length"]
        rows.append(
            [
                group,
                f"{one['rows']:,} ({one['share']:.1%})",
                _mean(one["sentiment_beside"], "{:+.2f}"),
                f"{length['count']:,}" if length else "0",
                *(_mean(answers[name], "{:.0%}") for name in _SHARES.values()),
                _mean(answers["sentiment"], "{:+.2f}"),
                # A mean of logarithms: the geometric one
                f"{2 ** length['mean'] - 1:,.0f}" if length else NONE,
                _mean(answers["readability"], "{:.0f}"),
                ", ".join(f"{name} {n:,}" for name, n in list(one["occupations"].items())[:_OCCUPATIONS]) or NONE,
            ]
        )
    return {"columns": columns, "rows": rows}


def contrast_table(contrasts: Sequence[Contrast]) -> dict[str, Any]:
    """Outcomes of groups against others, a row a comparison.

    Args:
        contrasts: In the order in which they are shown.
    """
    columns = ["group", "against", "in", "means", "difference", "p, adjusted", "units"]
    rows = [
        [
            one.group,
            one.other,
            one.outcome,
            f"{one.mean:.2f}, {one.other_mean:.2f}",
            signed(one.estimate, one.low, one.high),
            p_text(one.p_adjusted),
            f"{one.units:,}, {one.other_units:,}",
        ]
        for one in contrasts[:ROWS]
    ]
    return {"columns": columns, "rows": rows}


def association_table(made: Sequence[Association]) -> dict[str, Any]:
    """Occupations with groups, a row a comparison.

    Args:
        made: In the order in which they are shown.
    """
    columns = ["occupation", "group", "prompts with both", "by chance", "times the odds", "p, adjusted"]
    rows = [
        [
            one.occupation,
            one.group,
            f"{one.both:,} of {one.of_occupation:,}",
            f"{one.expected:.1f}",
            f"{2**one.estimate:.2g} [{2**one.low:.2g}, {2**one.high:.2g}]",
            p_text(one.p_adjusted),
        ]
        for one in made[:ROWS]
    ]
    return {"columns": columns, "rows": rows}


def _mean(told: Mapping[str, Any] | None, form: str) -> str:
    return form.format(told["mean"]) if told else NONE
