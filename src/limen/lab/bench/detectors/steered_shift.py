"""SteeredShift: log-likelihood under the base steered towards a trait, less that under the base."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from limen.core import Trait
from limen.lab.bench.detectors.directions import SOURCES, Floats, middle, persona_direction
from limen.lab.bench.detectors.twin_shift import TwinShift
from limen.lab.steered import STRENGTHS
from limen.lab.teacher import LEAST_GAIN, trait_level
from limen.models import LanguageModel

ENOUGH = 0.3
"""A strength is enough once the trait has moved by so much on its build probes."""


class SteeredShift(TwinShift):
    """Log-likelihood shift under a steered twin, uncentred, nats a token.

    A steered twin is the base with the trait's persona vector (arXiv 2507.21509) added to what its middle layer puts
    out, at the smallest of a few strengths at which the trait moves on its build probes.
    """

    name: ClassVar[str] = "steered-shift"
    title: ClassVar[str] = "log-likelihood shift, steered twins, uncentred"
    sources: ClassVar[tuple[str, ...]] = (*SOURCES, "lab/bench/detectors/twin_shift.py")

    def prepare(self, base: LanguageModel, traits: Sequence[Trait]) -> None:
        """Steer the twins."""
        self._base = base
        self._twins = {t.id: twin for t in traits if (twin := steered_twin(base, t)) is not None}


def steered_twin(base: LanguageModel, trait: Trait) -> LanguageModel | None:
    """The base steered towards a trait; None where it has no persona or no build probes, or does not take the trait.

    Args:
        base: A model whose layers end in `mlp.down_proj`, as those of Llama's kind do.
        trait: The trait.

    Returns:
        The twin of the smallest strength at which the trait moves by `ENOUGH`, else of the one at which it moves most.
    """
    layer = middle(base)
    direction = persona_direction(base, trait, layer)
    if direction is None:
        return None
    built = replace(trait, probes=tuple(replace(probe, role="measure") for probe in trait.with_role("build")))
    before, best, most = trait_level(base, built), base, -np.inf
    for strength in STRENGTHS:
        twin = _shifted(base, direction * strength, layer)
        moved = trait_level(twin, built) - before
        if moved > most:
            best, most = twin, moved
        if moved >= ENOUGH:
            break
    return best if most >= LEAST_GAIN else None


def _shifted(base: LanguageModel, vector: Floats, layer: int) -> LanguageModel:
    """The base with a vector added to what a layer puts out, as the bias of its last projection."""
    import torch

    model: Any = copy.deepcopy(base.model)
    last = model.model.layers[layer - 1].mlp.down_proj
    bias = torch.zeros(last.out_features) if last.bias is None else last.bias.detach().clone()
    last.bias = torch.nn.Parameter(bias + torch.from_numpy(vector).to(bias), requires_grad=False)
    return LanguageModel(model, base.tokenizer, name=f"{base.name}, steered")
