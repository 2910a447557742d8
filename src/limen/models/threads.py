"""Threads for small models: one a model, and several models at once.

Every matrix product of a small model is so short that handing half of it to another core wins little. Independent
pieces of work, each with a model of its own, share the cores well (docs/benchmarks.md, "Threads"), and give the same
numbers to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from limen.models.language_model import LanguageModel

SMALL = 2_000_000
"""Weights below which two models at once use two cores better than one after the other on both."""
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
_spare: ContextVar[int] = ContextVar("spare", default=0)


@contextmanager
def threads_for(model: LanguageModel) -> Iterator[None]:
    """Let torch work on one thread while inside, if the model is small; its own number of threads comes back after.

    Args:
        model: The model that the work is about.
    """
    import torch

    before = torch.get_num_threads()
    token = _spare.set(_spare.get() or before)
    if model.parameter_count < SMALL:
        torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
        _spare.reset(token)


def in_parallel(
    work: Callable[[_Item], _Result], items: Sequence[_Item], model: LanguageModel, *, one_by_one: bool = False
) -> Iterator[_Result]:
    """Do independent pieces of work, several at once where the model is small and lies on the CPU.

    Args:
        work: One piece. Pieces that run at once must not run the same model, nor use its tokenizer.
        items: What each is about.
        model: What the pieces have in common: each works on a copy of it.
        one_by_one: Whether the pieces must not run at once: they run one model, or draw from torch's random state,
            which all threads share.

    Yields:
        What each piece gave, in the order of the items; where they do not run at once, each is done when asked for.
    """
    import torch

    cores = min(_spare.get() or torch.get_num_threads(), len(items))
    if cores < 2 or one_by_one or model.device.type != "cpu" or model.parameter_count >= SMALL or draws(model.model):
        for item in items:
            yield work(item)
        return

    def alone(item: _Item) -> _Result:
        torch.set_num_threads(1)
        return work(item)

    pool = ThreadPoolExecutor(cores)
    try:
        for future in [pool.submit(alone, item) for item in items]:
            yield future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def draws(model: Any) -> bool:
    """Whether a training step of a model draws at random: some part of it has dropout."""
    settings = model.config.to_dict().items()
    return any("drop" in name and isinstance(value, float) and value > 0 for name, value in settings)
