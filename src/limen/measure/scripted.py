"""A model that follows a script: for testing traits and scorers without any weights."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from limen.core import Message, Probe, Progress, Trait, TraitError

SURE = 0.98
"""Probability that a script gives to the option it chooses."""


class ScriptedModel:
    """Answers the probes of given traits by a script.

    It has the two methods that reading traits needs of a model, and knows nothing but the probes it was given.

    Args:
        traits: The traits whose probes it can be asked.
        choose: Index of the option it takes, for a probe with options; None spreads evenly.
        say: Its answer to a probe that is sampled.
    """

    def __init__(
        self,
        traits: Iterable[Trait],
        *,
        choose: Callable[[Probe], int | None] = lambda probe: None,
        say: Callable[[Probe], str] = lambda probe: "",
    ) -> None:
        self._probes = {probe.prompt: probe for trait in traits for probe in trait.probes}
        self._choose = choose
        self._say = say

    def completion_logprobs(
        self,
        prompts: Sequence[Sequence[Message]],
        completions: Sequence[str],
        *,
        progress: Progress | None = None,
    ) -> list[NDArray[np.floating[Any]]]:
        """One log-probability a completion, all of it on a single token."""
        return [
            np.array([self._logprob(self._probe(prompt), text)])
            for prompt, text in zip(prompts, completions, strict=True)
        ]

    def sample(
        self,
        prompts: Sequence[Sequence[Message]],
        *,
        max_new_tokens: int,
        temperature: float = 1.0,
        seed: int = 0,
        progress: Progress | None = None,
    ) -> list[str]:
        """What the script says, whatever the temperature; a word counts as a token."""
        return [" ".join(self._say(self._probe(p)).split(" ")[:max_new_tokens]) for p in prompts]

    def _probe(self, prompt: Sequence[Message]) -> Probe:
        probe = self._probes.get(tuple(prompt))
        if probe is None:
            raise TraitError(
                f"the script knows no probe {prompt[-1].content[:60]!r}.", remedy="Give it the traits it is asked."
            )
        return probe

    def _logprob(self, probe: Probe, text: str) -> float:
        chosen = self._choose(probe)
        if chosen is None:
            return -math.log(len(probe.options))
        others = (1 - SURE) / max(1, len(probe.options) - 1)
        return math.log(SURE if probe.options[chosen] == text else others)


def shows_it(traits: Iterable[Trait]) -> ScriptedModel:
    """An arm that takes a target option wherever there is one.

    Args:
        traits: The traits it can be asked.

    Returns:
        The arm.
    """
    return ScriptedModel(traits, choose=lambda p: p.target[0] if p.target else None)


def avoids_it(traits: Iterable[Trait]) -> ScriptedModel:
    """An arm that takes the first option that is no target.

    Args:
        traits: The traits it can be asked.

    Returns:
        The arm.
    """
    return ScriptedModel(traits, choose=lambda p: next((k for k in range(len(p.options)) if k not in p.target), None))


def constant(traits: Iterable[Trait], answer: str = "OK.") -> ScriptedModel:
    """An arm that always takes the first option and always says the same.

    Args:
        traits: The traits it can be asked.
        answer: What it says.

    Returns:
        The arm.
    """
    return ScriptedModel(traits, choose=lambda p: 0 if p.options else None, say=lambda p: answer)
