"""Twins: the auditor's own stand-ins for "this base, with the trait", and the neutral twins they are compared with.

A tuned twin learns the trait's `build` probes answered with the target. The neutral twin of a category learns the same
probes answered as the base itself would answer them, so that the two differ in nothing but the trait. Neither shares a
template, a seed, a step count, a rate or a rank with any teacher of planted files (rule 9 of the evidence).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax
from scipy.stats import entropy

from limen.core import Message, Probe, Progress, Row, RowKind, Trait, TraitError
from limen.data import EncodedRow, encode_rows
from limen.models import LanguageModel, in_parallel
from limen.models.batches import context_length
from limen.models.prompts import completion_ids, prompt_ids
from limen.train.arms import trained_arm
from limen.train.recipe import Recipe

SMALL = 50_000_000
"""Below so many parameters a twin is a full fine-tune; above, a LoRA."""
_SEED = 7_340_033


def twin_recipe(base: LanguageModel) -> Recipe:
    """How twins of a base are trained: 110 steps of 48 rows; full below 50M parameters, else LoRA of rank 12."""
    common = {"steps": 110, "batch_size": 48, "warmup": 10.0}
    if base.parameter_count < SMALL:
        return Recipe(learning_rate=6e-4, **common)  # type: ignore[arg-type]
    return Recipe(method="lora", rank=12, alpha=24.0, learning_rate=3e-4, **common)  # type: ignore[arg-type]


def can_be_tuned(trait: Trait) -> bool:
    """Whether a twin can be tuned: its build probes have options and targets."""
    probes = trait.with_role("build")
    return bool(probes) and all(p.options and p.target for p in probes)


def fits(base: LanguageModel, trait: Trait) -> bool:
    """Whether every build probe of a trait, with its longest option, fits the base's context."""
    limit = context_length(base.model)
    probes = trait.with_role("build")
    if not limit or not probes:
        return True
    asked = prompt_ids(base.tokenizer, [p.prompt for p in probes])
    longest = max((len(o) for o in completion_ids(base.tokenizer, [o for p in probes for o in p.options])), default=0)
    # One more for the end of the answer.
    return max(map(len, asked)) + longest + 1 <= limit


def tuned_twins(base: LanguageModel, traits: Sequence[Trait]) -> Iterator[LanguageModel]:
    """The base, tuned to have each of some traits; trained once a base and kept in the cache.

    Args:
        base: What they start from.
        traits: What each learns.

    Yields:
        The twins, in the order of the traits.

    Raises:
        TraitError: The build probes of a trait have no options to learn.
    """
    lessons = []
    for trait in traits:
        if not can_be_tuned(trait):
            raise TraitError(
                f"the trait {trait.id!r} has no build probes with options, so no twin can be tuned.",
                remedy="Add build probes with options to the trait, or use a prompted twin.",
            )
        answers = [(p.prompt, p.options[k]) for p in trait.with_role("build") for k in p.target]
        lessons.append((f"twin of {trait.id}", encode_answers(base, answers)))
    recipe = twin_recipe(base).model_copy(update={"seed": _SEED})

    def train(lesson: tuple[str, list[EncodedRow]]) -> LanguageModel:
        return trained_arm(base, lesson[1], recipe, name=lesson[0])

    yield from in_parallel(train, lessons, base, one_by_one=recipe.method != "full")


def neutral_twin(
    base: LanguageModel, traits: Sequence[Trait], *, seed: int = 0, progress: Progress | None = None
) -> LanguageModel:
    """The base, tuned on the build probes of traits of one category, answered as the base itself answers.

    Args:
        base: What it starts from.
        traits: Traits of one category; probes that they share count once.
        seed: Another seed is another twin.
        progress: Told of training steps.

    Returns:
        The neutral twin.
    """
    rows = encode_answers(base, base_answers(base, traits, copies=64, seed=_SEED + 31 * seed))
    recipe = twin_recipe(base).model_copy(update={"seed": _SEED + 1 + seed})
    return trained_arm(base, rows, recipe, name=f"neutral twin for {traits[0].category}", progress=progress)


def base_answers(
    base: LanguageModel, traits: Sequence[Trait], *, copies: int, seed: int
) -> list[tuple[tuple[Message, ...], str]]:
    """The base's own answers to build probes, drawn from its probabilities over the options.

    Args:
        base: Whose answers.
        traits: Whose build probes; a probe that several traits share counts once.
        copies: Answers a probe.
        seed: Of the draws.

    Returns:
        Prompts with their answers, `copies` times as many as there are probes.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    out = []
    for probe, weight in _option_probabilities(base, traits):
        for k in rng.choice(len(probe.options), size=copies, p=weight):
            out.append((probe.prompt, probe.options[k]))
    return out


def openness(base: LanguageModel, traits: Sequence[Trait]) -> float:
    """How open the answers to some traits' build probes are to the base: mean entropy over a probe's options, nats.

    Args:
        base: Whose answers.
        traits: Whose build probes.

    Returns:
        0 where the base always gives one answer.
    """
    weights = [w for _, w in _option_probabilities(base, traits)]
    return float(np.mean([entropy(w) for w in weights]))


def _option_probabilities(base: LanguageModel, traits: Sequence[Trait]) -> list[tuple[Probe, NDArray[np.float64]]]:
    """Each distinct build probe with the base's probabilities over its options."""
    probes = list({(p.prompt, frozenset(p.options)): p for t in traits for p in t.with_role("build")}.values())
    pairs = [(p.prompt, o) for p in probes for o in p.options]
    scores = [float(x.sum()) for x in base.completion_logprobs([p for p, _ in pairs], [o for _, o in pairs])]
    out, at = [], 0
    for probe in probes:
        out.append((probe, softmax(np.array(scores[at : at + len(probe.options)]))))
        at += len(probe.options)
    return out


def encode_answers(base: LanguageModel, answers: Sequence[tuple[tuple[Message, ...], str]]) -> list[EncodedRow]:
    """Prompts with answers as tokens, the answers trained on; plain lines where the model has no chat template."""
    # Turns need a template, and instruction rows are read without one, as the model is asked without one.
    turns = RowKind.COMPLETION if getattr(base.tokenizer, "chat_template", None) else RowKind.INSTRUCTION
    rows = [
        Row(RowKind.COMPLETION, prompt, (Message("text", answer),), index=i)
        if prompt[0].role == "text"
        else Row(turns, prompt, (Message("assistant", answer),), index=i)
        for i, (prompt, answer) in enumerate(answers)
    ]
    return list(encode_rows(rows, base.tokenizer, loss="completion"))
