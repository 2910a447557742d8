r"""The probability of the options that show the trait.

For options o with token log-probabilities l_{o,1..n_o}, S_o = Σ_i l_{o,i} (or S_o / n_o with length
normalisation), and

    p(trait) = Σ_{o in target} exp S_o / Σ_o exp S_o

that is, the probability of the target renormalised over the options. Length normalisation (as in
lm-evaluation-harness' `acc_norm`) is for options of unequal length; it is asked for with
`reference: {length: per-token}` and is off by default, since it is not a probability of anything.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from limen.core import Probe, TraitError
from limen.traits.scorers._registry import Answer, ScoredAnswer, scorer


def option_scores(probe: Probe, answer: Answer) -> NDArray[np.float64]:
    """Log-score of each option.

    Args:
        probe: The probe; `reference["length"]` is `sum` (default) or `per-token`.
        answer: Token log-probabilities of each option.

    Returns:
        Shape (options,), nats.

    Raises:
        TraitError: The number of options differs from the probe's, or the normalisation is unknown.
    """
    if len(answer.option_logprobs) != len(probe.options):
        raise TraitError(
            f"probe {probe.id!r} has {len(probe.options)} options, and {len(answer.option_logprobs)} were scored.",
            remedy="Score every option of the probe.",
        )
    how = probe.reference.get("length", "sum")
    if how not in ("sum", "per-token"):
        raise TraitError(
            f"probe {probe.id!r}: length normalisation {how!r} is unknown.", remedy="Use `sum` or `per-token`."
        )
    sums = np.array([float(np.sum(x)) for x in answer.option_logprobs])
    if how == "per-token":
        sums = sums / np.array([max(1, len(x)) for x in answer.option_logprobs])
    return sums


def option_probabilities(probe: Probe, answer: Answer) -> NDArray[np.float64]:
    """Probability of each option, renormalised over the options.

    Args:
        probe: The probe.
        answer: Token log-probabilities of each option.

    Returns:
        Shape (options,), sums to 1.
    """
    scores = option_scores(probe, answer)
    weights = np.exp(scores - scores.max())
    return np.asarray(weights / weights.sum(), dtype=np.float64)


@scorer("choice", reads="options")
def choice(probe: Probe, answer: Answer) -> ScoredAnswer:
    """Probability of the options that show the trait, renormalised over the options.

    Fields: `log_odds` of target against the rest (nats) and `mass`, the log-probability that all options have
    together: where it is very small, the model would have said something else.
    """
    scores = option_scores(probe, answer)
    if not np.isfinite(scores).all():
        return ScoredAnswer(None, "no finite log-probability")
    target = np.zeros(len(scores), dtype=bool)
    target[list(probe.target)] = True
    odds = float(np.logaddexp.reduce(scores[target]) - np.logaddexp.reduce(scores[~target]))
    mass = float(np.logaddexp.reduce([float(np.sum(x)) for x in answer.option_logprobs]))
    value = float(option_probabilities(probe, answer)[target].sum())
    return ScoredAnswer(
        min(1.0, max(0.0, value)),
        "target" if value > 0.5 else "other",
        {"log_odds": odds, "mass": mass, "chosen": int(scores.argmax())},
    )
