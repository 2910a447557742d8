"""Origin: could the rows have been written by a model of the base's own family at all?

The null over writers holds for rows that a fine-tune of the base may have written. Rows by people or by an unrelated
model surprise the base more: their mean loss under the base, against that of the rows that neutral writers wrote on
the same prompts, says by how much. Beyond a margin the verdict is `not calibrated for this origin` (design, rule 3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

MARGIN = 0.5
"""Nats a token above the neutral writers from which rows count as foreign: a tuned writer stays below (measured)."""


@dataclass(frozen=True)
class Origin:
    """Where the rows may come from.

    Attributes:
        loss: Mean loss of the rows under the base, nats a token.
        writers_loss: The same over the neutral writers' rows.
        foreign: Whether the excess is beyond the margin.
        reason: Said if it is.
    """

    loss: float
    writers_loss: float
    foreign: bool
    reason: str

    def confounds(self) -> dict[str, float]:
        """Loss and perplexity, beside every score."""
        return {"loss": self.loss, "perplexity": float(np.exp(min(self.loss, 50.0)))}

    def summary(self) -> dict[str, float | bool]:
        """For the evidence."""
        return {"loss": self.loss, "writers_loss": self.writers_loss, "foreign": self.foreign}


def judge_origin(loss: float, writers: Sequence[float]) -> Origin:
    """Compare a file's loss with that of neutral writers' rows.

    Args:
        loss: Mean loss of the file's rows under the base, nats a token.
        writers: The same for each neutral writer's rows, [writers].

    Returns:
        The judgement.
    """
    usual = float(np.mean(writers))
    foreign = loss - usual > MARGIN
    reason = (
        f"not calibrated for this origin: the rows surprise the base by {loss:.2f} nats a token, its own family's by "
        f"{usual:.2f}; people or an unrelated model wrote them"
    )
    return Origin(loss, usual, foreign, reason if foreign else "")
