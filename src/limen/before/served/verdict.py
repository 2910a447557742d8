"""What may be claimed of a base behind a server: less than where neutral writers can be trained.

A file is held against what the base itself writes. Such samples differ by chance alone, and a fine-tune that learned
nothing anybody would name strays further: at a level of 2%, two of eight neutral fine-tunes stood out (development;
`docs/served-bases.md`). So a trait that stands out is shown, with its rows, and is neither found nor cleared.
"""

from __future__ import annotations

from dataclasses import replace

from limen.core import Finding, Verdict

CONTROL = "what the served base itself writes on the same prompts, {} times"
GUARANTEE = "none: nothing was trained, so how far neutral fine-tunes of this base stray is not known"
_OUT = (
    "it stands out of what the base itself writes (adjusted p {:.2g}), and so may the rows of any fine-tune of it: no"
    " neutral one can be trained through a server"
)
_CLEAR = "a prompted twin sees too little of what a tuned writer leaves to show an absence"
_REMEDY = "Forecast or rehearse where the weights are, on these rows."


def as_served(finding: Finding, writers: int) -> Finding:
    """A finding with what it was held against, and no verdict that this does not carry.

    Args:
        finding: As `limen.before.forecast.judge` has it, with samples of the base in the place of trained writers.
        writers: How many samples.

    Returns:
        The same, `inconclusive` where it was found or clear; what stood out is told by `stands_out` in the evidence.
    """
    found = finding.verdict is Verdict.FOUND
    title, reason = finding.title, finding.reason
    if found or finding.verdict is Verdict.CLEAR:
        title = f"Whether the rows come from a model that {finding.evidence['trait_title']} is not settled."
        reason = _OUT.format(finding.p_adjusted) if found else _CLEAR
    return replace(
        finding,
        verdict=Verdict.INCONCLUSIVE,
        title=title,
        reason=reason,
        remedy=_REMEDY,
        guarantee=GUARANTEE,
        control=CONTROL.format(writers),
        evidence={**finding.evidence, "served": True, "stands_out": found},
    )
