"""The registry of scorers: what turns option log-probabilities or a sampled answer into a reading."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from limen.core import Probe, TraitError

ENTRY_POINTS = "limen.scorers"


@dataclass(frozen=True)
class Answer:
    """What a model gave to a probe.

    Attributes:
        text: The sampled answer; empty for option probes.
        option_logprobs: For each option, the log-probability of each of its tokens (nats); empty for answers.
    """

    text: str = ""
    option_logprobs: tuple[NDArray[np.floating[Any]], ...] = ()


@dataclass(frozen=True)
class ScoredAnswer:
    """A scorer's judgement.

    Attributes:
        value: Degree of showing the trait, 0 to 1; None where the answer cannot be scored.
        label: What the answer was, in a word or two.
        fields: The scorer's own numbers and marks, in JSON values; never the answer itself.
    """

    value: float | None
    label: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict, hash=False)


ScoreFunction = Callable[[Probe, Answer], ScoredAnswer]


@dataclass(frozen=True)
class Scorer:
    """A registered scorer.

    Attributes:
        name: Registry name.
        reads: `options` (log-probabilities of the probe's options) or `answer` (a sampled text).
        function: Scores one probe.
        needs: Keys that a probe's reference must have.
        max_new_tokens: How much of an answer it has to see.
    """

    name: str
    reads: Literal["options", "answer"]
    function: ScoreFunction
    needs: tuple[str, ...] = ()
    max_new_tokens: int = 96

    def score(self, probe: Probe, answer: str | Answer) -> ScoredAnswer:
        """Score one answer.

        Args:
            probe: What was asked.
            answer: The text, or an `Answer` with the options' log-probabilities.

        Returns:
            The judgement.
        """
        return self.function(probe, Answer(text=answer) if isinstance(answer, str) else answer)

    @property
    def summary(self) -> str:
        """First line of its documentation."""
        return (self.function.__doc__ or "").strip().split("\n")[0]


_scorers: dict[str, Scorer] = {}
_plugins_loaded = False


def scorer(
    name: str,
    *,
    reads: Literal["options", "answer"] = "answer",
    needs: Sequence[str] = (),
    max_new_tokens: int = 96,
) -> Callable[[ScoreFunction], ScoreFunction]:
    """Register a function as a scorer.

    Args:
        name: Registry name, used as `scorer:` in trait files.
        reads: Whether it compares options or reads a sampled answer.
        needs: Keys that a probe's reference must have.
        max_new_tokens: How much of an answer it has to see.

    Returns:
        A decorator that registers the function and hands it back unchanged.

    Raises:
        TraitError: Another scorer has the name.
    """

    def decorate(function: ScoreFunction) -> ScoreFunction:
        new = Scorer(name, reads, function, tuple(needs), max_new_tokens)
        if name in _scorers and _scorers[name] != new:
            raise TraitError(
                f"the scorer {name!r} is registered twice ({_scorers[name].function.__module__} and "
                f"{function.__module__}).",
                remedy="Give one of the two another name.",
            )
        _scorers[name] = new
        return function

    return decorate


def get_scorer(name: str) -> Scorer:
    """The scorer of this name.

    Args:
        name: Registry name.

    Returns:
        The scorer.

    Raises:
        TraitError: There is none.
    """
    if name not in _scorers:
        _load_plugins()
    if name not in _scorers:
        raise TraitError(
            f"there is no scorer {name!r} (there are: {', '.join(sorted(_scorers))}).",
            remedy="Use one of these, or install the package that brings it.",
        )
    return _scorers[name]


def all_scorers() -> list[Scorer]:
    """Every scorer there is, by name."""
    _load_plugins()
    return [_scorers[k] for k in sorted(_scorers)]


def _load_plugins() -> None:
    global _plugins_loaded
    if _plugins_loaded:
        return
    _plugins_loaded = True
    for point in metadata.entry_points(group=ENTRY_POINTS):
        where = f"{point.dist.name if point.dist else 'a package'}:{point.name}"
        try:
            thing = point.load()
        except Exception as error:  # a plug-in can fail in any way
            _plugins_loaded = False
            raise TraitError(
                f"the scorer plug-in failed to load: {type(error).__name__}: {error}.",
                remedy="Update or uninstall that package.",
                where=where,
            ) from error
        # loading a module runs its decorators; a bare function is registered under the entry point's name
        if callable(thing) and point.name not in _scorers:
            scorer(point.name)(thing)
