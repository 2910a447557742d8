"""Recipes and short fine-tunes. Imports no torch by itself."""

from limen.train.fine_tune import TrainStep, fine_tune
from limen.train.recipe import Recipe, approximations

__all__ = ["Recipe", "TrainStep", "approximations", "fine_tune"]
