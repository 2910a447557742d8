"""How many workers there is room for: none of them may take memory that is not free."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from limen.before.forecast.first_order import Change
from limen.before.weigh_on_ray.handed import tensor_bytes
from limen.core import UsageError
from limen.models.batches import CPU_LOGIT_BYTES, CPU_TOKENS, text_config
from limen.models.threads import SMALL

PROCESS = 1 << 30
"""Bytes that a worker takes before it holds anything: Python, torch, transformers and Ray."""

GPU_PROCESS = 4 << 30
"""The same with CUDA's libraries, and with weights on their way to the GPU."""

_ACTIVATIONS = 160
"""Bytes of activations a token, layer and unit of width, as `models.gradients` counts them."""

_TOKENS = 2 * CPU_TOKENS
"""Tokens of a backward pass on a CPU, at most, as `models.gradients` cuts them."""


@dataclass(frozen=True)
class Room:
    """What there is room for.

    Attributes:
        workers: Workers at once.
        cores: Of each.
        gpus: Of each, 0 or 1.
    """

    workers: int
    cores: int
    gpus: int


def memory_of_worker(model: Any, changes: Sequence[Change], longest: int) -> int:
    """Bytes that a worker takes on a CPU besides the weights and changes, which all workers of a machine share.

    Args:
        model: The base.
        changes: Changes of its weights; those weights' gradients are held at once.
        longest: Tokens of the longest row.
    """
    config = text_config(model)
    width = int(getattr(config, "hidden_size", 1024) or 1024)
    layers = int(getattr(config, "num_hidden_layers", 32) or 32)
    names = {n for c in changes for n in (*c.dense, *c.factors)}
    weights = [w for n, w in model.named_parameters() if n in names]
    gradients = tensor_bytes(weights)
    # A gradient and its product with a change, in float32
    product = 8 * max((w.numel() for w in weights), default=0)
    activations = _ACTIVATIONS * width * layers * max(_TOKENS, longest)
    return int(PROCESS + gradients + product + activations + CPU_LOGIT_BYTES)


def room_for(nodes: Sequence[Mapping[str, float]], need: int, *, on_gpu: bool, weights: int) -> Room:
    """How many workers fit.

    Args:
        nodes: What each machine has, in Ray's words: `CPU`, `GPU`, and `memory` in bytes.
        need: Bytes of a worker on a CPU.
        on_gpu: Whether the base lies on a GPU; workers take one each if there are any.
        weights: How many weights the base has; a small one works on one core.

    Raises:
        UsageError: Not even one fits.
    """
    with_gpu = [n for n in nodes if n.get("GPU", 0) >= 1] if on_gpu else []
    need = GPU_PROCESS if with_gpu else need
    fits = []
    for node in with_gpu or nodes:
        cores = int(node.get("CPU", 0))
        fit = min(cores, int(node.get("memory", 0) // need))
        fits.append((cores, min(fit, int(node["GPU"])) if with_gpu else fit))
    workers = sum(fit for _, fit in fits)
    if not workers:
        most = max((n.get("memory", 0) for n in with_gpu or nodes), default=0)
        raise UsageError(
            f"a Ray worker needs a core and {need / 2**30:.1f} GiB of memory, and the freest machine has "
            f"{most / 2**30:.1f} GiB.",
            remedy="Free memory, lower --max-length, or leave --engine out.",
        )
    # Cores that no worker has memory for help those that do
    each = 1 if weights < SMALL else min(cores // fit for cores, fit in fits if fit)
    return Room(workers, each, 1 if with_gpu else 0)
