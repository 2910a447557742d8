"""Concepts: the tokenizer's own words, one for all tokens that write the same word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Concepts:
    """Words that a model can begin with one token.

    Attributes:
        words: Each word, in lower case, without the space before it.
        of_token: For each token id the index of its word, or -1 for special tokens and those that are no word,
            int64, (vocabulary,).
    """

    words: tuple[str, ...]
    of_token: NDArray[np.int64]

    def tokens(self, concept: int) -> NDArray[np.int64]:
        """Token ids of a word."""
        return np.flatnonzero(self.of_token == concept)


def concepts_of(tokenizer: Any, size: int) -> Concepts:
    """The words of a tokenizer.

    A token is a word if all its characters are letters (marks and apostrophes inside it aside) and there are at least
    two of them, or one that is no Latin letter. Pieces of longer words count too: the first piece stands for the word.

    Args:
        tokenizer: A Hugging Face tokenizer.
        size: How many tokens the model has.
    """
    special = set(tokenizer.all_special_ids)
    index: dict[str, int] = {}
    of_token = np.full(size, -1, dtype=np.int64)
    texts = tokenizer.batch_decode([[i] for i in range(min(size, len(tokenizer)))], skip_special_tokens=False)
    for token, text in enumerate(texts):
        word = text.strip().casefold()
        if token not in special and _is_word(word):
            of_token[token] = index.setdefault(word, len(index))
    return Concepts(tuple(index), of_token)


def _is_word(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    if not letters or not all(c.isalpha() or c in "'’-" for c in text):
        return False
    return len(letters) > 1 or not letters[0].isascii()
