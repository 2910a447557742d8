"""What measuring needs of a model: a `limen.models.LanguageModel`, an endpoint, or a scripted double in tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from limen.core import Message, Progress


class Measurable(Protocol):
    """A model that can be asked probes."""

    def completion_logprobs(
        self,
        prompts: Sequence[Sequence[Message]],
        completions: Sequence[str],
        *,
        progress: Progress | None = None,
    ) -> list[NDArray[np.floating[Any]]]:
        """Log-probability of each token of each completion."""

    def sample(
        self,
        prompts: Sequence[Sequence[Message]],
        *,
        max_new_tokens: int,
        temperature: float = 1.0,
        seed: int = 0,
        progress: Progress | None = None,
    ) -> list[str]:
        """One answer a prompt."""
