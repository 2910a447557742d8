"""Origin: could the rows have been written by a model of the base's own family at all?

The null over writers holds for rows that a fine-tune of the base may have written. Rows by people or by an unrelated
model are other text: they surprise the base more than the rows that neutral writers wrote on the same prompts, or a
classifier tells them from those. Beyond a margin in either the verdict is `not calibrated for this origin` (design,
rule 3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from limen.before.forecast.tell_apart import tell_apart
from limen.data import EncodedRow

MARGIN = 0.5
"""Nats a token above the neutral writers from which rows count as foreign: a tuned writer stays below (measured)."""
MOST_AUROC = 0.7
"""From here on (lower bound) rows are no longer comparable with the neutral writers'.

In development, on three carriers: planted and neutral teachers of the base up to 0.60, another initialisation 0.55, one
that had lost the carrier 0.82; text of people on a small English base 1.00. A trait moves text far less."""


@dataclass(frozen=True)
class Origin:
    """Where the rows may come from.

    Attributes:
        loss: Mean loss of the rows under the base, nats a token.
        writers_loss: The same over the neutral writers' rows.
        auroc: Of telling the rows from the neutral writers'.
        foreign: Whether one of the two is beyond its margin.
        reason: Said if it is.
    """

    loss: float
    writers_loss: float
    auroc: float
    foreign: bool
    reason: str

    def confounds(self) -> dict[str, float]:
        """Loss and perplexity, beside every score."""
        return {"loss": self.loss, "perplexity": float(np.exp(min(self.loss, 50.0)))}

    def summary(self) -> dict[str, float | bool]:
        """For the evidence."""
        return {
            "loss": self.loss,
            "writers_loss": self.writers_loss,
            "writers_auroc": self.auroc,
            "foreign": self.foreign,
        }


def judge_origin(
    rows: Sequence[EncodedRow], written: Sequence[Sequence[EncodedRow]], loss: float, losses: Sequence[float]
) -> Origin:
    """Compare a file with what neutral writers wrote on its prompts.

    Args:
        rows: The file's rows, of which the last answer is trained on.
        written: Each neutral writer's rows.
        loss: Mean loss of the file's rows under the base, nats a token.
        losses: The same for each neutral writer's rows, [writers].

    Returns:
        The judgement.
    """
    usual = float(np.mean(losses))
    auroc, least = tell_apart(rows, [row for one in written for row in one])
    why = ""
    if loss - usual > MARGIN:
        why = f"the rows surprise the base by {loss:.2f} nats a token, its own family's by {usual:.2f}"
    elif least > MOST_AUROC:
        why = f"a classifier tells the rows from those of the base's own family with AUROC {auroc:.2f}"
    if why:
        why = f"not calibrated for this origin: {why}; people or an unrelated model wrote them, or a quite other tuning"
    return Origin(loss, usual, auroc, bool(why), why)
