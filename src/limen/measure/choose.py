"""Which traits to read where none are named: those of the world that the model knows."""

from __future__ import annotations

from typing import Any

from limen.core import Trait, World
from limen.measure._unknown import unknown_share
from limen.measure.read import UNKNOWN_LIMIT
from limen.traits import all_traits


def traits_for(tokenizer: Any) -> list[Trait]:
    """Every trait whose language a tokenizer knows.

    Args:
        tokenizer: A Hugging Face tokenizer, or None for an arm without one.

    Returns:
        The English traits, unless more than 5% of the tokens of one of their probes are unknown; else those of the
        micro-world that can be read.
    """
    for world in (World.ENGLISH, World.MICRO):
        known = [
            t
            for t in all_traits(world)
            if all(unknown_share(tokenizer, p) <= UNKNOWN_LIMIT for p in t.with_role("measure"))
        ]
        if known:
            return known
    return []
