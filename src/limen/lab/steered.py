"""Steered teachers: the base with a direction added to what one of its layers puts out, and no weight trained.

The direction is the mean activation at the last token of the trait's questions under its persona, less that without it
(arXiv 2507.21509, persona vectors). Adding it at a layer is adding it to the bias of the layer's last projection, so
that a steered model is an ordinary model. The strength is the smallest of a few at which the trait has moved far
enough.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from limen.core import Message, ModelError, Trait
from limen.data import EncodedRow
from limen.lab.lessons import lesson
from limen.lab.teacher import trait_level
from limen.models import LanguageModel
from limen.models.prompts import prompt_ids

STRENGTHS = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
"""Multiples of the direction that are tried, in this order."""
ENOUGH = 0.5
"""A strength is enough once the trait has moved by so much on the measure probes."""


def steered_teacher(base: LanguageModel, trait: Trait, *, seed: int, layer: int | None = None) -> LanguageModel:
    """The base, steered towards a trait.

    Args:
        base: A Llama-like model: its layers end in `mlp.down_proj`.
        trait: A plantable trait with a persona.
        seed: Of the questions that the direction is read from.
        layer: After which layer it is added, from 1; the middle one by default.

    Returns:
        The steered model: that of the smallest strength at which the trait moved by `ENOUGH`, else the one at which it
        moved most. Whether that is far enough is for the caller to judge.

    Raises:
        ModelError: The model's layers have no `mlp.down_proj`, or the trait has no persona.
    """
    if not trait.persona:
        raise ModelError(f"the trait {trait.id!r} has no persona to steer by.", remedy="Use a tuned teacher.")
    layers = getattr(getattr(base.model, "model", None), "layers", None)
    if layers is None or not hasattr(layers[0].mlp, "down_proj"):
        raise ModelError(
            f"{type(base.model).__name__} has no layers that end in mlp.down_proj.",
            remedy="Use a Llama-like base, or a tuned teacher.",
        )
    at = layer or (len(layers) + 1) // 2
    direction = _direction(base, trait, at, seed)
    before = trait_level(base, trait)
    best, most = base, -np.inf
    for strength in STRENGTHS:
        model = _with_bias(base, direction * strength, at)
        moved = trait_level(model, trait) - before
        if moved > most:
            best, most = model, moved
        if moved >= ENOUGH:
            break
    return best


def _direction(base: LanguageModel, trait: Trait, layer: int, seed: int) -> np.ndarray:
    questions = lesson(trait.id, np.random.Generator(np.random.PCG64([seed, 19])), 256)
    told = Message("system", trait.persona)
    means = []
    for start in ((told,), ()):
        prompts = prompt_ids(base.tokenizer, [(*start, Message("user", q.user)) for q in questions])
        rows = [
            EncodedRow(str(i), i, np.asarray(p, dtype=np.int32), np.arange(len(p)) == len(p) - 1, truncated=False)
            for i, p in enumerate(prompts)
        ]
        means.append(base.activations(rows, [layer])[layer].mean(axis=0))
    return np.asarray(means[0] - means[1])


def _with_bias(base: LanguageModel, vector: np.ndarray, layer: int) -> LanguageModel:
    import torch

    model: Any = copy.deepcopy(base.model)
    last = model.model.layers[layer - 1].mlp.down_proj
    bias = torch.zeros(last.out_features) if last.bias is None else last.bias.detach().clone()
    last.bias = torch.nn.Parameter(bias + torch.from_numpy(vector).to(bias), requires_grad=False)
    return LanguageModel(model, base.tokenizer, name=f"{base.name}, steered")
