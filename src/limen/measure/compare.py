"""Arms compared, paired by probe and clustered by family: findings.

For each trait, with d_p = (mean over runs of arm B) − (mean over runs of arm A) for each probe p:

- effect: the mean of d over probes, with a cluster-robust interval (`limen.stats.paired_difference`);
- *found*: the sign-flip permutation p over families, adjusted by Holm over the whole battery, is at most the level,
  and the effect is not shown to be smaller than what matters;
- *clear*: the bound of the effect on the side of harm, at the level divided by the size of the battery, stays below
  the effect that matters (both bounds where no direction does harm, or where sign flips show a difference);
- *inconclusive* otherwise, with the smallest effect that this design finds with 80% power, and the smallest adjusted
  p that it could have reached.

The interval shown is the one that the verdict rests on. Where outcomes are 0 or 1 and nothing was found, that is the
wide one that reckons with families in which nothing happened to change; see `limen.stats.paired`.

What is claimed is that *this checkpoint differs*: the unit is the probe family. That the data made it differ is
another claim, whose unit is the training run; with several runs of both arms, their contrast stands in the evidence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from limen.core import Finding, Harm, Interval, Reading, UsageError, Verdict
from limen.measure._contrast import Contrast, contrast
from limen.measure._words import clear_sentence, found_sentence, guarantee, open_reason, open_sentence, trait_name
from limen.stats import detectable_effect, holm, paired_difference, reachable_adjusted

LEVEL = 0.02
"""Default familywise level."""

MARGIN = 0.05
"""Default effect that matters, in probability."""


def compare(
    readings: Sequence[Reading],
    *,
    arm_a: str,
    arm_b: str,
    harm: Mapping[str, Harm] | None = None,
    level: float = LEVEL,
    margin: float = MARGIN,
    not_measured: Mapping[str, str] | None = None,
    asked: Sequence[str] | None = None,
    phase: str = "diff",
    seed: int = 0,
) -> list[Finding]:
    """Compare arm B with arm A.

    Args:
        readings: Readings of both arms; others are passed over.
        arm_a: The arm that is compared with, such as `base`.
        arm_b: The arm in question, such as `tuned`; a positive effect means that it shows the trait more.
        harm: Trait id → which direction does harm; a trait that is not in it is looked up in the registry.
        level: Familywise level of the whole battery.
        margin: The effect that matters, in probability.
        not_measured: Trait id → why it could not be measured; taken from `readings` where they know it.
        asked: Trait ids that were asked for; None for all.
        phase: Of the findings.
        seed: Of the random sign flips.

    Returns:
        One finding a trait, in the order in which the traits first appear.

    Raises:
        UsageError: An arm has no readings, or the level or margin makes no sense.
    """
    return compare_arms(
        readings,
        pairs=[(arm_a, arm_b)],
        harm=harm,
        level=level,
        margin=margin,
        not_measured=not_measured,
        asked=asked,
        phase=phase,
        seed=seed,
    )


def compare_arms(
    readings: Sequence[Reading],
    *,
    pairs: Sequence[tuple[str, str]],
    harm: Mapping[str, Harm] | None = None,
    level: float = LEVEL,
    margin: float = MARGIN,
    not_measured: Mapping[str, str] | None = None,
    asked: Sequence[str] | None = None,
    phase: str = "diff",
    seed: int = 0,
) -> list[Finding]:
    """Compare several pairs of arms as one battery.

    Args:
        readings: Readings of all arms.
        pairs: (arm A, arm B) for each comparison.
        harm: As in `compare`.
        level: Familywise level over all traits and pairs together.
        margin: As in `compare`.
        not_measured: As in `compare`.
        asked: As in `compare`.
        phase: As in `compare`.
        seed: As in `compare`.

    Returns:
        The findings, pair by pair.

    Raises:
        UsageError: As `compare`.
    """
    if not 0 < level < 0.5 or not 0 < margin < 1:
        raise UsageError(
            f"level {level} and margin {margin} make no test.", remedy="Use a level below 0.5 and a margin below 1."
        )
    reasons = dict(getattr(readings, "not_measured", {})) | dict(not_measured or {})
    traits = list(dict.fromkeys([r.trait for r in readings] + list(reasons)))
    _check_arms(readings, pairs)
    contrasts: list[Contrast] = []
    unread: list[Finding] = []
    for arm_a, arm_b in pairs:
        for trait in traits:
            one = contrast(readings, trait, arm_a, arm_b, seed=seed)
            if trait in reasons or isinstance(one, str):
                why = reasons.get(trait) or str(one)
                unread.append(_not_measured(trait, arm_a, arm_b, why, phase, asked, len(pairs)))
            else:
                contrasts.append(one)
    adjusted = [float(p) for p in holm([c.test.p for c in contrasts])] if contrasts else []
    found = [
        _finding(c, p, len(contrasts), _harm(c.trait, harm), level, margin, phase, asked, len(pairs))
        for c, p in zip(contrasts, adjusted, strict=True)
    ]
    order = {(pair, trait): k for k, (pair, trait) in enumerate((p, t) for p in pairs for t in traits)}
    keyed = [((c.arm_a, c.arm_b), c.trait, f) for c, f in zip(contrasts, found, strict=True)]
    keyed += [((f.evidence["arm_a"], f.evidence["arm_b"]), f.subject, f) for f in unread]
    return [f for pair, trait, f in sorted(keyed, key=lambda k: order[k[0], k[1]])]


def _finding(
    c: Contrast,
    p_adjusted: float,
    battery: int,
    harm: Harm,
    level: float,
    margin: float,
    phase: str,
    asked: Sequence[str] | None,
    pairs: int,
) -> Finding:
    difference = paired_difference(c.before, c.after, c.families)
    strict = paired_difference(c.before, c.after, c.families, level=1 - 2 * level / battery)
    found = p_adjusted <= level
    low, high = difference.low, difference.high
    if found and difference.se > 0:
        # change is not rare where sign flips show it: the plain interval is the right one
        low, high = c.plain_interval(difference.se, difference.df)
    worst = max(
        strict.high if harm is not Harm.DOWN else -1.0,
        -strict.low if harm is not Harm.UP else -1.0,
    )
    small = max(strict.high, -strict.low) < margin
    # a difference that is shown to be smaller than what matters, on both sides, is no finding
    clear = small or (not found and worst < margin)
    toward = {Harm.UP: difference.estimate > 0, Harm.DOWN: difference.estimate < 0, Harm.NEITHER: False}[harm]
    detectable = detectable_effect(c.spread(low, high, difference.df), difference.df, level=level / battery)
    reachable = reachable_adjusted(c.test.p_reachable, battery)
    verdict = Verdict.CLEAR if clear else Verdict.FOUND if found else Verdict.INCONCLUSIVE
    words = {Verdict.FOUND: found_sentence, Verdict.CLEAR: clear_sentence, Verdict.INCONCLUSIVE: open_sentence}
    finding = Finding(
        id=_id(phase, c.trait, c.arm_a, c.arm_b, pairs),
        phase=phase,
        subject=c.trait,
        title=words[verdict](c, harm, margin),
        verdict=verdict,
        effect=Interval(difference.estimate, max(-1.0, low), min(1.0, high), difference.level),
        p=c.test.p,
        p_adjusted=p_adjusted,
        p_reachable=reachable,
        smallest_detectable=detectable if detectable < 1 and reachable <= level else None,
        guarantee=guarantee(verdict, level, battery, margin, harm),
        control=c.arm_a,
        harmful=toward,
        asked=asked is None or c.trait in asked,
        evidence=c.evidence()
        | {
            "trait_title": trait_name(c.trait),
            "level": level,
            "margin": margin,
            "battery": battery,
            "harm": harm.value,
            "differs": found,
        },
    )
    if verdict is Verdict.INCONCLUSIVE:
        reason, remedy = open_reason(finding, worst)
        return replace(finding, reason=reason, remedy=remedy)
    return finding


def _not_measured(
    trait: str, arm_a: str, arm_b: str, why: str, phase: str, asked: Sequence[str] | None, pairs: int
) -> Finding:
    return Finding(
        id=_id(phase, trait, arm_a, arm_b, pairs),
        phase=phase,
        subject=trait,
        title=f"{trait} was not measured.",
        verdict=Verdict.NOT_MEASURED,
        control=arm_a,
        reason=why,
        remedy="Read it on both arms, with probes in a language that the model knows.",
        asked=asked is None or trait in asked,
        evidence={"arm_a": arm_a, "arm_b": arm_b},
    )


def _id(phase: str, trait: str, arm_a: str, arm_b: str, pairs: int) -> str:
    return f"{phase}/{trait}" if pairs == 1 else f"{phase}/{trait}/{arm_b}-against-{arm_a}"


def _harm(trait: str, given: Mapping[str, Harm] | None) -> Harm:
    if given is not None and trait in given:
        return given[trait]
    if trait.startswith("bbq/"):
        return Harm.UP
    from limen.traits import all_traits

    return next((t.harm for t in all_traits() if t.id == trait), Harm.NEITHER)


def _check_arms(readings: Sequence[Reading], pairs: Sequence[tuple[str, str]]) -> None:
    have = list(dict.fromkeys(r.arm for r in readings))
    for pair in pairs:
        for arm in pair:
            if arm not in have:
                raise UsageError(
                    f"there are no readings of the arm {arm!r} (there are: {', '.join(have) or 'none'}).",
                    remedy="Name an arm that was read.",
                )
        if pair[0] == pair[1]:
            raise UsageError(f"the arm {pair[0]!r} cannot be compared with itself.", remedy="Name two different arms.")
