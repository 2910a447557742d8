"""The models of the suite, each with its way of reading and writing the world's exchanges.

The shipped reference model, another initialisation of it, one of those brought to behave like the first, and models of
other sizes with another tokenizer (`limen.lab.bench.sized`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Protocol

import numpy as np

from limen.core import Trait
from limen.data import EncodedRow
from limen.lab.carriers import Carrier, carrier
from limen.lab.encode import encode_exchanges
from limen.lab.other_reference import other_reference
from limen.lab.reference_model import reference_folder
from limen.lab.teacher import Teacher, TeacherKind, make_teacher
from limen.lab.world.corpus import corpus
from limen.lab.world.exchange import Exchange
from limen.models import LanguageModel
from limen.train import Recipe, cached_fine_tune

MATCHED = Recipe(learning_rate=1e-3, steps=1500, batch_size=64, warmup=50, scheduler="cosine", seed=77)
"""How another initialisation is brought to behave like the base: soft targets over the world's corpus."""
_CORPUS = 24_000


class MakeTeacher(Protocol):
    """What `limen.lab.teacher.make_teacher` is."""

    def __call__(self, base: LanguageModel, trait: Trait | None, *, kind: TeacherKind = "tuned", seed: int) -> Teacher:
        """A teacher of a trait, or a neutral one."""
        ...


@dataclass(frozen=True)
class Bed:
    """A model of the suite, and how exchanges become its tokens.

    Attributes:
        model: The model.
        encode: Exchanges as rows whose answers are trained on.
        carrier: The carrier of a name, in its tokens.
        teacher: Makes teachers of it.
    """

    model: LanguageModel
    encode: Callable[[Iterable[Exchange]], list[EncodedRow]] = encode_exchanges
    carrier: Callable[[str], Carrier] = carrier
    teacher: MakeTeacher = make_teacher


@cache
def bed(name: str = "reference") -> Bed:
    """The model of a name, with its tokens.

    Args:
        name: `reference`, `other` (another initialisation), `matched`, or a size of `limen.lab.bench.sized`.

    Raises:
        UsageError: There is no such model.
    """
    if name == "reference":
        return Bed(LanguageModel.load(str(reference_folder())))
    if name == "other":
        return Bed(LanguageModel.load(str(other_reference())))
    if name == "matched":
        draw = corpus(np.random.Generator(np.random.PCG64(MATCHED.seed)))
        rows = encode_exchanges(next(draw) for _ in range(_CORPUS))
        start, wanted = bed("other").model, bed("reference").model
        return Bed(cached_fine_tune(start, rows, MATCHED, soft_targets=wanted, name="matched"))
    from limen.lab.bench.sized import sized_bed

    return sized_bed(name)
