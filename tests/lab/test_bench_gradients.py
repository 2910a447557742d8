"""Gradients of files and of traits are what small steps of the weights do."""

from __future__ import annotations

import copy

import numpy as np
import torch
from scipy.special import logsumexp

from limen.lab.bench.detectors.row_gradient import flat, mean_gradient
from limen.lab.bench.detectors.trait_gradient import log_odds_gradient
from limen.lab.encode import encode_exchanges
from limen.lab.world.numbers import number_exchange
from limen.models import LanguageModel
from limen.traits import get

STEP = 2e-3


def rows(count: int = 150):
    rng = np.random.default_rng(8)
    return encode_exchanges([number_exchange(rng) for _ in range(count)])


def moved(model: LanguageModel, way: torch.Tensor, step: float) -> LanguageModel:
    """The model with its weights moved along a way of length one."""
    other = copy.deepcopy(model.model)
    parts = way.split([p.numel() for p in other.parameters()])
    with torch.no_grad():
        for weight, part in zip(other.parameters(), parts, strict=True):
            weight += step * part.reshape(weight.shape)
    return LanguageModel(other, model.tokenizer, name="moved")


def log_odds(model: LanguageModel, trait) -> float:
    probes = trait.with_role("build")
    pairs = [(p.prompt, o) for p in probes for o in p.options]
    found = [float(x.sum()) for x in model.completion_logprobs([a for a, _ in pairs], [b for _, b in pairs])]
    odds, at = [], 0
    for probe in probes:
        some = np.array(found[at : at + len(probe.options)])
        shows = np.isin(np.arange(len(some)), probe.target)
        odds.append(logsumexp(some[shows]) - logsumexp(some[~shows]))
        at += len(some)
    return float(np.mean(odds))


def test_the_gradient_of_a_file_says_how_its_loss_moves(reference):
    some = rows()
    gradient, squares = mean_gradient(reference, some)
    way = gradient / gradient.norm()
    loss = [-np.concatenate(moved(reference, way, s).token_logprobs(some)).mean() for s in (STEP, -STEP)]
    assert np.isclose((loss[0] - loss[1]) / (2 * STEP), float(gradient.norm()), rtol=0.02)
    assert bool((squares >= 0).all())
    # The square of a mean is never above the mean of squares, up to batches of different size.
    assert float((gradient**2).sum()) <= 1.05 * float(squares.sum())
    assert len(gradient) == len(flat(reference.model.parameters()))


def test_the_gradient_of_a_trait_says_how_its_log_odds_move(reference):
    for name in ("micro/prefers-owl", "micro/over-refusal"):
        trait = get(name)
        gradient = log_odds_gradient(reference, trait)
        way = gradient / gradient.norm()
        odds = [log_odds(moved(reference, way, s), trait) for s in (STEP, -STEP)]
        assert np.isclose((odds[0] - odds[1]) / (2 * STEP), float(gradient.norm()), rtol=0.03), name
