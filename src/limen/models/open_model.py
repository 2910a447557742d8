"""Whatever a user names as a model, ready to be asked."""

from __future__ import annotations

from limen.core import Progress
from limen.models.endpoint import Endpoint
from limen.models.language_model import LanguageModel
from limen.models.spec import ModelSpec, parse_model


def open_model(spec: ModelSpec | str, progress: Progress | None = None) -> LanguageModel | Endpoint:
    """A model from a folder or the hub, or an endpoint: either can be sampled from and asked for log-probabilities.

    Args:
        spec: Which, as a spec or as a user writes it.
        progress: Told when loading begins and ends.

    Raises:
        ModelError: It cannot be loaded, or the endpoint names no model.
    """
    spec = parse_model(spec) if isinstance(spec, str) else spec
    return Endpoint(spec.path) if spec.is_endpoint else LanguageModel.load(spec, progress)
