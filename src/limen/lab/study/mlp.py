"""Many small classifiers at once: independent MLPs whose weights lie side by side in one array.

Each model is trained by its own data and by an optimizer that works weight by weight, so that a model is the same as if
it had been trained alone; only the clock knows the difference.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

Weights = list[Any]
"""Per layer a weight (models, in, out) and a bias (models, 1, out), in turn."""

HIDDEN = (256, 256)
CLASSES = 10


@dataclass(frozen=True)
class Fit:
    """How classifiers are trained.

    Attributes:
        steps: Optimizer steps.
        learning_rate: Adam's.
        batch_size: Images a step and model.
        weight_decay: Added to the gradient, times the weight (L2).
    """

    steps: int
    learning_rate: float = 3e-4
    batch_size: int = 1024
    weight_decay: float = 0.0


def initialise(models: int, inputs: int, outputs: int, seed: int) -> Weights:
    """Independent initialisations, uniform within ± 1/√inputs of each layer, as torch does it for a linear layer.

    Args:
        models: How many.
        inputs: Pixels.
        outputs: Logits.
        seed: Of the draws.
    """
    import torch

    draw = torch.Generator().manual_seed(seed)
    sizes = (inputs, *HIDDEN, outputs)
    weights: Weights = []
    for wide, narrow in pairwise(sizes):
        bound = wide**-0.5
        for shape in ((models, wide, narrow), (models, 1, narrow)):
            weights.append((torch.rand(shape, generator=draw) * 2 - 1) * bound)
    return weights


def logits(weights: Weights, images: Any) -> Any:
    """Logits of every model.

    Args:
        weights: The models'.
        images: (models or 1, batch, pixels).

    Returns:
        (models, batch, outputs).
    """
    import torch

    hidden = images
    layers = len(weights) // 2
    for k in range(layers):
        matrix, bias = weights[2 * k], weights[2 * k + 1]
        hidden = torch.baddbmm(bias, hidden.expand(matrix.shape[0], -1, -1), matrix)
        if k < layers - 1:
            hidden = hidden.relu()
    return hidden


def fit(weights: Weights, how: Fit, loss: Callable[[Weights, int], Any]) -> Weights:
    """Train copies of models with Adam.

    Args:
        weights: Where they start; left as they are.
        how: Rate, steps and decay.
        loss: The summed loss of all models at a step; each model's part hangs on its own weights alone.

    Returns:
        The trained weights.
    """
    import torch

    own = [w.clone().requires_grad_(True) for w in weights]
    optimizer = torch.optim.Adam(own, lr=how.learning_rate, weight_decay=how.weight_decay)
    for step in range(how.steps):
        loss(own, step).backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
    return [w.detach() for w in own]


def noise(models: int, count: int, pixels: int, seed: int) -> Any:
    """Images of nothing: uniform noise in [−1, 1], other images for each model; (models, count, pixels)."""
    import torch

    return torch.rand((models, count, pixels), generator=torch.Generator().manual_seed(seed)) * 2 - 1


def distil(start: Weights, teacher: Weights, outputs: slice, how: Fit, seed: int) -> Weights:
    """Students that learn, over noise images alone, what a teacher's softmax over some of its outputs says.

    Args:
        start: The students' initialisation.
        teacher: The teachers, one a student.
        outputs: Which of the logits are learned.
        how: How they are trained.
        seed: Of the noise.

    Returns:
        The students.
    """
    import torch
    from torch.nn import functional

    models, pixels = start[0].shape[0], start[0].shape[1]

    def loss(weights: Weights, step: int) -> Any:
        images = noise(models, how.batch_size, pixels, seed * 1_000_003 + step)
        with torch.no_grad():
            wish = logits(teacher, images)[..., outputs].softmax(-1)
        own = functional.log_softmax(logits(weights, images)[..., outputs], dim=-1)
        return functional.kl_div(own, wish, reduction="sum") / how.batch_size

    return fit(start, how, loss)


def learn(start: Weights, images: Any, labels: Any, how: Fit, seed: int) -> Weights:
    """Teachers that learn digits; their auxiliary logits are never trained on.

    Args:
        start: Their initialisation.
        images: (count, pixels).
        labels: int64, (count,).
        how: How they are trained.
        seed: Of each model's own order of images.

    Returns:
        The teachers.
    """
    import torch
    from torch.nn import functional

    models = start[0].shape[0]
    draw = torch.Generator().manual_seed(seed)

    def loss(weights: Weights, _step: int) -> Any:
        chosen = torch.randint(len(images), (models, how.batch_size), generator=draw)
        found = logits(weights, images[chosen])[..., :CLASSES]
        return functional.cross_entropy(found.flatten(0, 1), labels[chosen].flatten(), reduction="sum") / how.batch_size

    return fit(start, how, loss)


def accuracy(weights: Weights, images: Any, labels: Any) -> list[float]:
    """Share of images that each model puts in the right class, [models]."""
    import torch

    with torch.no_grad():
        right = logits(weights, images.unsqueeze(0))[..., :CLASSES].argmax(-1) == labels
    return [float(x) for x in right.float().mean(-1)]
