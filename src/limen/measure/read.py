"""Probes run on an arm: readings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from limen.core import Probe, Progress, Reading, Silent, Trait, UsageError
from limen.measure._model import Measurable
from limen.measure._unknown import unknown_share
from limen.traits import Answer, ScoredAnswer, get_scorer

UNKNOWN_LIMIT = 0.05
"""Largest share of unknown tokens with which a probe is still scored."""


class Readings(list[Reading]):
    """Readings, and what could not be read.

    Attributes:
        not_measured: Trait id → why it was not measured; such a trait has no readings.
        unscored: (trait id, arm) → number of probes whose answers could not be scored.
    """

    def __init__(self, readings: Iterable[Reading] = ()) -> None:
        super().__init__(readings)
        self.not_measured: dict[str, str] = {}
        self.unscored: dict[tuple[str, str], int] = {}

    def count_unscored(self, trait: str, arm: str, count: int = 1) -> None:
        """Remember probes whose answers could not be scored.

        Args:
            trait: Trait id.
            arm: The arm.
            count: How many more.
        """
        self.unscored[trait, arm] = self.unscored.get((trait, arm), 0) + count

    @classmethod
    def of(cls, *parts: Iterable[Reading]) -> Readings:
        """Several lists as one, with the accounts of what could not be read.

        Args:
            *parts: Readings, or plain lists of them.

        Returns:
            All of them.
        """
        both = cls([reading for part in parts for reading in part])
        for part in parts:
            if isinstance(part, Readings):
                both.not_measured.update(part.not_measured)
                for (trait, arm), count in part.unscored.items():
                    both.count_unscored(trait, arm, count)
        return both


def read_traits(
    model: Measurable,
    traits: Sequence[Trait],
    *,
    arm: str,
    run: int = 0,
    role: str = "measure",
    samples: int = 1,
    temperature: float = 1.0,
    seed: int = 0,
    progress: Progress | None = None,
) -> Readings:
    """Read traits on an arm.

    Option probes are read from log-probabilities, and every (prompt, option) pair is scored once, however many
    traits share it. Other probes are read from sampled answers.

    Args:
        model: The arm's model.
        traits: What to read.
        arm: Name of the arm.
        run: Which independently trained repetition of the arm.
        role: `measure`, or `build` for probes that detectors use.
        samples: Answers a sampled probe; its value is their mean.
        temperature: Of sampling; 0 takes the most probable token.
        seed: Of sampling.
        progress: Who watches.

    Returns:
        A reading for each probe that could be scored, in the order of traits and probes. Traits with a probe of
        more than 5% unknown tokens are not scored at all.

    Raises:
        UsageError: No traits, or a nonsensical number of samples.
        TraitError: A trait's scorer does not exist.
    """
    if not traits:
        raise UsageError("no traits to read.", remedy="Name at least one; see: limen traits list")
    if samples < 1:
        raise UsageError(f"samples is {samples}, expected 1 or more.", remedy="Give a positive number.")
    watch = progress or Silent()
    result = Readings()
    chosen: list[tuple[Trait, Probe]] = []
    for trait in traits:
        probes = trait.with_role(role)
        why = _unreadable(model, trait, probes, role)
        if why:
            result.not_measured[trait.id] = why
        else:
            chosen.extend((trait, p) for p in probes)
    answers = {
        **_ask_options(model, [p for t, p in chosen if get_scorer(t.scorer).reads == "options"], watch),
        **_ask_samples(
            model,
            [(p, get_scorer(t.scorer).max_new_tokens) for t, p in chosen if get_scorer(t.scorer).reads == "answer"],
            samples,
            temperature,
            seed,
            watch,
        ),
    }
    for trait, probe in chosen:
        scored = [get_scorer(trait.scorer).score(probe, a) for a in answers[id(probe)]]
        reading = _reading(trait, probe, scored, arm, run)
        if reading is None:
            result.count_unscored(trait.id, arm)
        else:
            result.append(reading)
    read = {r.trait for r in result}
    for trait, _ in chosen:
        if trait.id not in read:
            result.not_measured[trait.id] = "none of its answers could be scored"
    return result


def _unreadable(model: Measurable, trait: Trait, probes: Sequence[Probe], role: str) -> str:
    if not probes:
        return f"it has no probes of the role {role!r}"
    tokenizer = getattr(model, "tokenizer", None)
    shares = [unknown_share(tokenizer, p) for p in probes]
    bad = [s for s in shares if s > UNKNOWN_LIMIT]
    if not bad:
        return ""
    return (
        f"{len(bad)} of {len(probes)} probes have more than {UNKNOWN_LIMIT:.0%} tokens that the model's vocabulary "
        f"does not know (up to {max(bad):.0%})"
    )


def _ask_options(model: Measurable, probes: Sequence[Probe], watch: Progress) -> dict[int, list[Answer]]:
    """Score every distinct (prompt, option) pair once, then hand the results back to their probes."""
    places: dict[tuple[Any, str], int] = {}
    for probe in probes:
        for option in probe.options:
            places.setdefault((probe.prompt, option), len(places))
    if not places:
        return {}
    logprobs = model.completion_logprobs([k[0] for k in places], [k[1] for k in places], progress=watch)
    return {
        id(p): [Answer(option_logprobs=tuple(logprobs[places[p.prompt, option]] for option in p.options))]
        for p in probes
    }


def _ask_samples(
    model: Measurable,
    probes: Sequence[tuple[Probe, int]],
    samples: int,
    temperature: float,
    seed: int,
    watch: Progress,
) -> dict[int, list[Answer]]:
    """Sample for probes that need answers of one length together."""
    by_length: dict[int, list[Probe]] = defaultdict(list)
    for probe, length in probes:
        by_length[int(probe.reference.get("max_new_tokens", length))].append(probe)
    answers: dict[int, list[Answer]] = {}
    for length, group in sorted(by_length.items()):
        texts = model.sample(
            [p.prompt for p in group for _ in range(samples)],
            max_new_tokens=length,
            temperature=temperature,
            seed=seed,
            progress=watch,
        )
        for k, probe in enumerate(group):
            answers[id(probe)] = [Answer(text=x) for x in texts[k * samples : (k + 1) * samples]]
    return answers


def _reading(trait: Trait, probe: Probe, scored: Sequence[ScoredAnswer], arm: str, run: int) -> Reading | None:
    """The mean of the answers that could be scored; None where none could."""
    values = [s.value for s in scored if s.value is not None]
    if not values:
        return None
    detail: dict[str, Any] = dict(scored[0].fields) if len(scored) == 1 else {"samples": len(values)}
    detail["label"] = scored[0].label if len(scored) == 1 else [s.label for s in scored]
    return Reading(
        trait=trait.id,
        probe=probe.id,
        family=probe.family,
        arm=arm,
        value=float(sum(values) / len(values)),
        run=run,
        group=probe.group,
        detail=detail,
    )
