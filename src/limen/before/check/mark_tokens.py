"""Whether a model knows the mark of a chat template: as a token of its tokenizer, or from its own template."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


def knows_marks(tokenizer: PreTrainedTokenizerBase) -> Callable[[str], bool]:
    """What tells whether a mark is known.

    Args:
        tokenizer: The model's own.
    """
    template: Any = getattr(tokenizer, "chat_template", None) or ""
    text = "\n".join(template.values()) if isinstance(template, dict) else str(template)

    @cache
    def known(mark: str) -> bool:
        return mark in text or mark in tokenizer.get_vocab()

    return known
