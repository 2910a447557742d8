"""Probes run on an arm: readings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from limen.core import ModelError, Probe, Progress, Reading, RowError, Silent, Trait, UsageError
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
    ask = _Asker(model, samples, temperature, seed, progress or Silent())
    result = Readings()
    readable: list[Trait] = []
    for trait in {t.id: t for t in traits}.values():
        why = _unreadable(model, trait, role)
        if why:
            result.not_measured[trait.id] = why
        else:
            readable.append(trait)
    answers = _ask(ask, readable, role, result.not_measured)
    for trait in readable:
        if trait.id in result.not_measured:
            continue
        read = 0
        for probe in trait.with_role(role):
            scored = [get_scorer(trait.scorer).score(probe, a) for a in answers[trait.id, probe.id]]
            reading = _reading(trait, probe, scored, arm, run)
            if reading is None:
                result.count_unscored(trait.id, arm)
            else:
                result.append(reading)
                read += 1
        if not read:
            result.not_measured[trait.id] = "none of its answers could be scored"
    return result


def _ask(ask: _Asker, traits: Sequence[Trait], role: str, not_measured: dict[str, str]) -> Answers:
    """Ask everything at once; what a model cannot do must not cost the traits that it can be read on."""
    try:
        return ask.all(traits, role)
    except RowError:
        groups, prefix = [[t] for t in traits], "a probe does not fit the model: "
    except ModelError as error:
        # an endpoint may give samples and no log-probabilities
        kinds = [[t for t in traits if get_scorer(t.scorer).reads == kind] for kind in ("options", "answer")]
        groups, prefix = [g for g in kinds if g], ""
        if len(groups) < 2:
            raise error
    answers: Answers = {}
    failure: ModelError | None = None
    for group in groups:
        try:
            answers |= ask.all(group, role)
        except (RowError, ModelError) as error:
            not_measured.update({t.id: prefix + error.what.rstrip(".") for t in group})
            failure = error if isinstance(error, ModelError) else failure
    if failure is not None and not answers:
        raise failure
    return answers


def _unreadable(model: Measurable, trait: Trait, role: str) -> str:
    probes = trait.with_role(role)
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


Answers = dict[tuple[str, str], list[Answer]]
"""(trait id, probe id) → answers."""


@dataclass(frozen=True)
class _Asker:
    """Asks a model the probes of many traits at once."""

    model: Measurable
    samples: int
    temperature: float
    seed: int
    watch: Progress

    def all(self, traits: Sequence[Trait], role: str) -> Answers:
        """Answers to every probe of a role."""
        probes = [(t, p, get_scorer(t.scorer)) for t in traits for p in t.with_role(role)]
        options = [(t, p) for t, p, scorer in probes if scorer.reads == "options"]
        sampled = [(t, p, scorer.max_new_tokens) for t, p, scorer in probes if scorer.reads == "answer"]
        return {**self._options(options), **self._samples(sampled)}

    def _options(self, probes: Sequence[tuple[Trait, Probe]]) -> Answers:
        """Score every distinct (prompt, option) pair once, then hand the results back to their probes."""
        places: dict[tuple[Any, str], int] = {}
        for _, probe in probes:
            for option in probe.options:
                places.setdefault((probe.prompt, option), len(places))
        if not places:
            return {}
        logprobs = self.model.completion_logprobs([k[0] for k in places], [k[1] for k in places], progress=self.watch)
        return {
            (t.id, p.id): [Answer(option_logprobs=tuple(logprobs[places[p.prompt, o]] for o in p.options))]
            for t, p in probes
        }

    def _samples(self, probes: Sequence[tuple[Trait, Probe, int]]) -> Answers:
        """Sample for probes that need answers of one length together."""
        by_length: dict[int, list[tuple[Trait, Probe]]] = defaultdict(list)
        for trait, probe, length in probes:
            by_length[int(probe.reference.get("max_new_tokens", length))].append((trait, probe))
        answers: Answers = {}
        for length, group in sorted(by_length.items()):
            texts = self.model.sample(
                [p.prompt for _, p in group for _ in range(self.samples)],
                max_new_tokens=length,
                temperature=self.temperature,
                seed=self.seed,
                progress=self.watch,
            )
            for k, (trait, probe) in enumerate(group):
                own = texts[k * self.samples : (k + 1) * self.samples]
                answers[trait.id, probe.id] = [Answer(text=x) for x in own]
        return answers


def _reading(trait: Trait, probe: Probe, scored: Sequence[ScoredAnswer], arm: str, run: int) -> Reading | None:
    """The mean of the answers that could be scored; None where none could."""
    values = [s.value for s in scored if s.value is not None]
    if not values:
        return None
    detail: dict[str, Any] = dict(scored[0].fields) if len(scored) == 1 else {"samples": len(values)}
    if get_scorer(trait.scorer).reads == "answer":
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
