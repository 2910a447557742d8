"""Texts as TF-IDF vectors of their words, and how alike they are.

A word that stands c times in a text, and in h of n texts, weighs (1 + log c)(1 + log(n/h)) there. Vectors have unit
length.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def cosines(texts: Sequence[Sequence[str]]) -> NDArray[np.float32]:
    """The cosine of every two texts, shape (texts, texts); zero with a text that has no words.

    Args:
        texts: Words of each.
    """
    from scipy import sparse

    numbers: dict[str, int] = {}
    places = [numbers.setdefault(word, len(numbers)) for words in texts for word in words]
    owners = np.repeat(np.arange(len(texts)), [len(words) for words in texts])
    shape = (len(texts), max(len(numbers), 1))
    counts = sparse.csr_matrix((np.ones(len(places)), (owners, places)), shape=shape)
    held = np.maximum(np.bincount(counts.indices, minlength=shape[1]), 1)
    counts.data = (1 + np.log(counts.data)) * (1 + np.log(len(texts) / held[counts.indices]))
    lengths = np.sqrt(np.asarray(counts.multiply(counts).sum(axis=1)).ravel())
    vectors = sparse.diags(1 / np.maximum(lengths, 1e-12)) @ counts
    alike: NDArray[np.float32] = (vectors @ vectors.T).toarray().astype(np.float32)
    return alike
