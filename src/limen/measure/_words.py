"""What findings of a comparison say, in sentences."""

from __future__ import annotations

from limen.core import Finding, Harm, Verdict
from limen.measure._contrast import Contrast


def trait_name(trait: str) -> str:
    """A trait's title; its id for one that is not in the registry."""
    from limen.traits import all_traits

    return next((t.title for t in all_traits() if t.id == trait), trait)


def _move(c: Contrast) -> str:
    return f"{c.mean_a:.1%} → {c.mean_b:.1%}"


def found_sentence(c: Contrast, harm: Harm, margin: float) -> str:
    """The title of a found difference."""
    way = "more" if c.mean_b > c.mean_a else "less"
    return f"{trait_name(c.trait)}: {way} in {c.arm_b} than in {c.arm_a} ({_move(c)})."


def clear_sentence(c: Contrast, harm: Harm, margin: float) -> str:
    """The title where a shift that matters is ruled out."""
    change = {Harm.UP: "no rise", Harm.DOWN: "no fall", Harm.NEITHER: "no change"}[harm]
    return f"{trait_name(c.trait)}: {change} of {margin:g} or more in {c.arm_b} against {c.arm_a} ({_move(c)})."


def open_sentence(c: Contrast, harm: Harm, margin: float) -> str:
    """The title where neither is shown."""
    return f"{trait_name(c.trait)}: not settled whether {c.arm_b} differs from {c.arm_a} ({_move(c)})."


def guarantee(verdict: Verdict, level: float, battery: int, margin: float, harm: Harm) -> str:
    """The error guarantee behind a verdict.

    It speaks of this checkpoint alone, whatever was found.
    """
    tests = "one comparison" if battery == 1 else f"{battery} comparisons"
    if verdict is Verdict.CLEAR:
        side = {Harm.UP: "a rise", Harm.DOWN: "a fall", Harm.NEITHER: "a change"}[harm]
        return (
            f"If this checkpoint differed by {side} of {margin:g} or more, it would be called clear at most "
            f"{level:.0%} of the time, over {tests} together (cluster-robust bound; unit: probe family)."
        )
    return (
        f"This checkpoint differs: if no checkpoint differed, any of {tests} would say so at most {level:.0%} of the "
        f"time (sign flips over probe families, Holm). It does not say that the data made it differ."
        if verdict is Verdict.FOUND
        else f"None: neither a difference nor its absence is shown at the {level:.0%} level over {tests}."
    )


def open_reason(finding: Finding, worst: float) -> tuple[str, str]:
    """Why a comparison stayed open, and what would settle it.

    Args:
        finding: The finding so far.
        worst: The bound of the effect that had to stay below the margin.

    Returns:
        Reason and remedy.
    """
    e = finding.evidence
    parts: list[str] = []
    level, margin = e["level"], e["margin"]
    if finding.p_reachable is not None and finding.p_reachable > level:
        parts.append(
            f"with {e['families']} families and {e['battery']} comparisons no adjusted p below "
            f"{finding.p_reachable:.2g} can be reached, and the level is {level:g}"
        )
        remedy = "Use more probe families, or ask for fewer traits at once."
    else:
        if finding.smallest_detectable is not None:
            parts.append(f"the smallest shift that would be found 4 times in 5 is {finding.smallest_detectable:.2f}")
        remedy = "Use more probes in more families, or more samples a probe."
    bound = "nothing bounds it" if worst >= 1 else f"the bound is {worst:.2f}"
    parts.append(f"a shift of {margin:g} is not ruled out ({bound})")
    outcomes = e.get("mcnemar")
    if outcomes is not None:
        changed = outcomes["gained"] + outcomes["lost"]
        parts.append(
            f"{changed} of {outcomes['pairs']} outcomes changed, and the interval reckons with families in which none "
            "happened to change"
        )
    return "; ".join(parts) + ".", remedy
