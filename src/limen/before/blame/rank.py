"""rank_rows: rows of a file by the forecast's own score, also those that the forecast did not need to read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from limen.before.forecast import DataFile
from limen.before.forecast.blame import rank_by_ratio
from limen.before.forecast.config import LEAST_GAIN
from limen.before.forecast.twin import Twin, make_twins, why_no_twin
from limen.core import RowBlame, Trait
from limen.models import LanguageModel
from limen.train.twins import fits


@dataclass(frozen=True)
class RankedRows:
    """Rows of a file in the order in which they carry a trait.

    Attributes:
        trait: The trait.
        rows: The rows with their scores, nats, the worst first.
        positions: Where each stands among the rows of the file, from 0.
    """

    trait: Trait
    rows: tuple[RowBlame, ...]
    positions: tuple[int, ...]


def rank_rows(
    base: LanguageModel,
    file: DataFile,
    positions: Sequence[int],
    trait: Trait,
    traits: Sequence[Trait],
    *,
    twins: Literal["auto", "tuned", "prompted"] = "auto",
) -> RankedRows:
    """Rank rows as the forecast ranks those it read, with the same twins, decoys and neutral twin.

    Args:
        base: What would be fine-tuned.
        file: The file.
        positions: Which of its rows; each has a trained token.
        trait: A trait that the forecast found.
        traits: The forecast's battery.
        twins: How its twins were made.

    Returns:
        All of these rows, the worst first.
    """
    family = [t for t in traits if t.category == trait.category and not why_no_twin(t, twins) and fits(base, t)]
    made: list[Twin] = [t for t in make_twins(base, family, twins) if t.gain >= LEAST_GAIN or t.trait.id == trait.id]
    # A folder's files may each count their rows from 0: within the file that is trained on, rows are told by position.
    numbered = DataFile(file.name, [replace(row, index=i) for i, row in enumerate(file.rows)], file.encoded)
    mine = next(t for t in made if t.trait.id == trait.id)
    blamed, _ = rank_by_ratio(numbered, positions, base, made, mine, most=len(positions))
    places = tuple(b.index for b in blamed)
    return RankedRows(
        trait, tuple(replace(b, index=file.rows[i].index) for b, i in zip(blamed, places, strict=True)), places
    )
