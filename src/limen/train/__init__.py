"""Recipes, short fine-tunes and the cache of what they gave. Imports no torch by itself."""

from limen.train.cache import ArmCache, cached_fine_tune, encoded_hash
from limen.train.fine_tune import TrainStep, fine_tune
from limen.train.recipe import Recipe, approximations
from limen.train.trl import trl_fine_tune

__all__ = [
    "ArmCache",
    "Recipe",
    "TrainStep",
    "approximations",
    "cached_fine_tune",
    "encoded_hash",
    "fine_tune",
    "trl_fine_tune",
]
