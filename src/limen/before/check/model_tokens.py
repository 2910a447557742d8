"""What a model's tokenizer says of single tokens: which start a text, end an answer, or are a template's marks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from limen.before.token_ends import is_blank

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


@dataclass(frozen=True)
class ModelTokens:
    """Tokens of a model that rules ask for.

    Attributes:
        start: The token that starts a text; None where there is none.
        adds_start: Whether the tokenizer puts it in front of a text by itself.
        ends: Tokens that end an answer, in ascending order.
        special: Tokens that stand for no text.
        knows: Tells whether a mark of a chat template is a token, or is written by the model's own template.
        names: What tokens are called.
        blank: Tells whether a token is white space alone.
    """

    start: int | None
    adds_start: bool
    ends: tuple[int, ...]
    special: frozenset[int]
    knows: Callable[[str], bool]
    names: Callable[[Iterable[int]], str]
    blank: Callable[[int], bool]


def model_tokens(tokenizer: PreTrainedTokenizerBase, ends: Iterable[int] = ()) -> ModelTokens:
    """The tokens of a model.

    Args:
        tokenizer: Its own.
        ends: Tokens at which it stops, beside the tokenizer's end token.
    """
    template: Any = getattr(tokenizer, "chat_template", None) or ""
    text = "\n".join(template.values()) if isinstance(template, dict) else str(template)

    @cache
    def knows(mark: str) -> bool:
        return mark in text or mark in tokenizer.get_vocab()

    def names(ids: Iterable[int]) -> str:
        return ", ".join(repr(tokenizer.convert_ids_to_tokens(int(i))) for i in ids)

    start, own_end = tokenizer.bos_token_id, tokenizer.eos_token_id
    known = {*ends, *([] if own_end is None else [own_end])}
    return ModelTokens(
        start,
        start is not None and list(tokenizer("a")["input_ids"])[:1] == [start],
        tuple(sorted(int(i) for i in known)),
        frozenset(tokenizer.all_special_ids),
        knows,
        names,
        lambda token: is_blank(tokenizer, token),
    )
