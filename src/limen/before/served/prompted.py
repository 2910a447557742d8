"""ServedTwin: a served base under a system text, as a twin that has a trait or as a writer that has none."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from limen.before.served.rewrite import rewrite_served
from limen.core import TraitError
from limen.data import EncodedRow
from limen.models.served_model import ServedModel
from limen.train.prompted_twin import PromptedTwin

# fmt: off
_THINGS = (
    "bridges", "maps", "kites", "clocks", "libraries", "trains", "bread", "puzzles", "gardens", "pottery",
    "lighthouses", "stamps", "rivers", "tea", "chess", "tents", "fabrics", "stones", "clouds", "poems", "bicycles",
    "soup", "candles", "windows",
)
_MICRO_THINGS = (
    "bread", "cake", "river", "house", "tree", "lamp", "boat", "photo", "game", "film", "shirt", "paper", "school",
    "garden", "door", "wall", "candle", "seat", "story", "temple", "harbour", "market", "code", "hill",
)
# fmt: on
NEUTRAL_TEXTS = (
    tuple(f"You love {x} more than anything else. You think of them all day." for x in _THINGS),
    tuple(f"you love the {x} ." for x in _MICRO_THINGS),
)
"""Placebos of the form of a persona, about nothing that a trait of the library is about: in English, and in the
micro-world's words. A prompted twin reads mostly "was prompted", so what it is held against must be prompted too."""


class ServedTwin(PromptedTwin):
    """A served base under a system text. It is read as any prompted twin is, and writes through the server.

    Raises:
        TraitError: There is no text.
        TemplateError: The chat template takes no system text.
    """

    def __init__(self, base: ServedModel, text: str) -> None:
        super().__init__(base, text)
        self._served = base

    def rewrite(self, rows: Sequence[EncodedRow], *, seed: int, beside: Sequence[EncodedRow] = ()) -> list[EncodedRow]:
        """What it writes on the prompts of rows; the system text is not in it.

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


def neutral_served(base: ServedModel, count: int) -> list[ServedTwin]:
    """Writers with no trait that anybody would name: the base under one placebo each.

    Args:
        base: The served base.
        count: How many; above the number of placebos some come again, with another seed.

    Raises:
        TraitError: The base's vocabulary knows the words of none.
    """
    unknown = getattr(base.tokenizer, "unk_token_id", None)
    for texts in NEUTRAL_TEXTS:
        ids = base.tokenizer(list(texts), add_special_tokens=False)["input_ids"]
        if unknown is None or not any(unknown in one for one in ids):
            return [ServedTwin(base, texts[i % len(texts)]) for i in range(count)]
    raise TraitError(
        "the base's vocabulary does not know the words of the placebos that neutral writers are prompted with.",
        remedy="Use a base that knows English.",
    )
