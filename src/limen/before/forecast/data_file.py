"""DataFile: the rows of one fine-tuning file, read and encoded for a base."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from limen.core import Row
from limen.data import EncodedRow


@dataclass(frozen=True)
class DataFile:
    """A file that is forecast.

    Attributes:
        name: What reports call it.
        rows: Its rows.
        encoded: The same rows as tokens, in the same order.
        mentions: Trait id → how many rows contain one of the trait's words.
    """

    name: str
    rows: Sequence[Row]
    encoded: Sequence[EncodedRow]
    mentions: dict[str, int] = field(default_factory=dict)

    def chosen(self, most: int, seed: int) -> list[int]:
        """Positions of the rows that are scored: those with trained tokens, at most so many, drawn at random.

        The draw depends on the number of rows and the seed alone, so that files on the same prompts are scored on the
        same prompts.
        """
        usable = [i for i, r in enumerate(self.encoded) if r.trained.any()]
        if len(usable) <= most:
            return usable
        rng = np.random.Generator(np.random.PCG64([seed, len(usable)]))
        return sorted(usable[int(k)] for k in rng.choice(len(usable), size=most, replace=False))

    def prompts_key(self, positions: Sequence[int]) -> str:
        """What decides the rows that a neutral writer writes for this file: prompts and answer lengths."""
        digest = hashlib.sha256()
        for i in positions:
            row = self.encoded[i]
            start = int(np.argmax(row.trained))
            digest.update(row.input_ids[:start].tobytes() + len(row.input_ids).to_bytes(4, "little"))
        return digest.hexdigest()
