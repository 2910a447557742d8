"""A model as an arm: loading, log-probabilities, samples, activations; endpoints. Imports no torch by itself."""

from limen.models.content import cache_folder
from limen.models.language_model import LanguageModel
from limen.models.spec import ModelSpec, parse_model

__all__ = ["LanguageModel", "ModelSpec", "cache_folder", "parse_model"]
