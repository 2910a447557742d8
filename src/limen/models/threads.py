"""threads_for: one thread for a model too small to share among several."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from limen.models.language_model import LanguageModel

SMALL = 2_000_000
"""Weights below which a second thread costs more than it brings (docs/benchmarks.md, "Threads")."""


@contextmanager
def threads_for(model: LanguageModel) -> Iterator[None]:
    """Let torch work on one thread while inside, if the model is small; its own number of threads comes back after.

    Every matrix product of a small model is shorter than what it takes to hand half of it to another core.

    Args:
        model: The model that the work is about.
    """
    import torch

    before = torch.get_num_threads()
    if model.parameter_count < SMALL:
        torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
