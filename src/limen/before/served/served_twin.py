"""ServedTwin: a served base under a trait's persona."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from limen.before.served.rewrite import rewrite_served
from limen.data import EncodedRow
from limen.models.served_model import ServedModel
from limen.train.prompted_twin import PromptedTwin


class ServedTwin(PromptedTwin):
    """A served base under a persona. It is read as any prompted twin is, and writes through the server.

    Raises:
        TraitError: There is no persona.
        TemplateError: The chat template takes no system text.
    """

    def __init__(self, base: ServedModel, persona: str) -> None:
        super().__init__(base, persona)
        self._served = base

    def rewrite(self, rows: Sequence[EncodedRow], *, seed: int, beside: Sequence[EncodedRow] = ()) -> list[EncodedRow]:
        """What it writes on the prompts of rows; the persona is not in it.

        Args:
            rows: The rows.
            seed: Of sampling.
            beside: None; pairs are not read through a server.
        """
        written = {w.index: w for w in rewrite_served(self._served, [self._told(r) for r in rows], seed=seed)}
        out = []
        for row in rows:
            start, answer = int(np.argmax(row.trained)), written[row.index]
            ids = np.concatenate([row.input_ids[:start], answer.input_ids[answer.trained]]).astype(np.int32)
            out.append(EncodedRow(row.row_id, row.index, ids, np.arange(len(ids)) >= start, truncated=False))
        return out
