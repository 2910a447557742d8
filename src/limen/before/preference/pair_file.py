"""PairFile: prompts with a chosen and a rejected answer, read and encoded for a base."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from limen.before.forecast import DataFile
from limen.core import Row, RowKind
from limen.data import EncodedRow, Loss, encode_rows


@dataclass(frozen=True)
class PairFile(DataFile):
    """A file of preference pairs; `encoded` are the chosen answers.

    Attributes:
        rejected: The same rows with their rejected answers as tokens, in the same order.
    """

    rejected: Sequence[EncodedRow] = ()

    def pairs(self, most: int, seed: int) -> list[int]:
        """Positions of the pairs that are used: those that differ, with trained tokens in both answers.

        Args:
            most: How many; more are drawn at random.
            seed: Of the draw, which depends on how many there are besides.
        """
        usable = [
            i
            for i, (a, b) in enumerate(zip(self.encoded, self.rejected, strict=True))
            if a.trained.any() and b.trained.any() and not np.array_equal(a.input_ids, b.input_ids)
        ]
        drawn = DataFile(self.name, (), [self.encoded[i] for i in usable]).chosen(most, seed)
        return [usable[k] for k in drawn]


def are_pairs(rows: Sequence[Row]) -> bool:
    """Whether rows are preference pairs."""
    return bool(rows) and all(r.kind is RowKind.PREFERENCE for r in rows)


def encode_rejected(
    rows: Sequence[Row], tokenizer: Any, *, loss: Loss, max_length: int | None = None
) -> list[EncodedRow]:
    """The rejected answers of preference pairs as tokens, each after its prompt.

    Args:
        rows: The pairs.
        tokenizer: The base's.
        loss: Which tokens are trained on.
        max_length: Where rows are cut.

    Raises:
        TemplateError: The template cannot render a row.
    """
    turned = [replace(r, answer=r.rejected, rejected=()) for r in rows]
    return list(encode_rows(turned, tokenizer, loss=loss, max_length=max_length))
