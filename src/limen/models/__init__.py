"""A model as an arm: loading, log-probabilities, samples, activations; endpoints. Imports no torch by itself."""

from limen.models.content import cache_folder
from limen.models.endpoint import Endpoint
from limen.models.language_model import LanguageModel
from limen.models.open_model import open_model
from limen.models.spec import ModelSpec, parse_model
from limen.models.threads import in_parallel, threads_for

__all__ = [
    "Endpoint",
    "LanguageModel",
    "ModelSpec",
    "cache_folder",
    "in_parallel",
    "open_model",
    "parse_model",
    "threads_for",
]
