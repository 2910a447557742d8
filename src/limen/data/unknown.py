"""The share of tokens that a tokenizer does not know."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from limen.data.encode import EncodedRow


def unknown_share(encoded: Iterable[EncodedRow], tokenizer: PreTrainedTokenizerBase) -> float:
    """The share of tokens over all rows that are the unknown token, between 0 and 1.

    Args:
        encoded: Encoded rows.
        tokenizer: The model's own; one without an unknown token knows everything.
    """
    unknown = tokenizer.unk_token_id
    total = missed = 0
    for row in encoded:
        total += len(row.input_ids)
        if unknown is not None:
            missed += int((row.input_ids == unknown).sum())
    return missed / total if total else 0.0
