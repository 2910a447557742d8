"""The tokens at which a model stops, as its folder says it, without loading the model."""

from __future__ import annotations

from types import SimpleNamespace

from limen.core import ModelError, UnsafeModelError
from limen.models.loading import explained, load_config, quiet
from limen.models.sampling import end_ids
from limen.models.spec import ModelSpec


def end_tokens_of(spec: ModelSpec) -> tuple[int, ...]:
    """Tokens that stop generation, by the generation config or else the model's; none where neither says so.

    Args:
        spec: The model.

    Raises:
        UnsafeModelError: The config wants remote code, which was not allowed.
    """
    from transformers import GenerationConfig

    try:
        with quiet(), explained(spec):
            stops = GenerationConfig.from_pretrained(spec.path, revision=spec.revision or "main")
    except ModelError:
        try:
            stops = load_config(spec)
        except UnsafeModelError:
            raise
        except ModelError:
            return ()
    nothing = SimpleNamespace(eos_token_id=None)
    return tuple(end_ids(SimpleNamespace(generation_config=stops), nothing))
