"""TeacherRatio: the oracle of provenance, the true writer's log-likelihood ratio."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from limen.core import Message, Row, RowKind, Trait
from limen.data import encode_rows
from limen.lab.bench.detector import Detector, Scored, SuiteFile
from limen.lab.bench.detectors.reading import MOST_ROWS, token_ratios
from limen.lab.teacher import Teacher
from limen.models import LanguageModel
from limen.models.logprobs import Query, score
from limen.models.sampling import end_ids
from limen.train.prompted_twin import PromptedTwin

_SHARES = np.linspace(0.05, 1, 20)


class TeacherRatio(Detector):
    """Likelihood under the model that wrote the rows, against that under the base: no detector can know more of it."""

    name: ClassVar[str] = "oracle-teacher"
    title: ClassVar[str] = "oracle: the true teacher's log-likelihood ratio"
    oracle: ClassVar[bool] = True
    sources: ClassVar[tuple[str, ...]] = ("lab/bench/detectors/reading.py", "train/twins.py", "train/prompted_twin.py")

    def prepare(self, base: LanguageModel, traits: Sequence[Trait]) -> None:
        """Nothing is made."""
        self._base = base
        self._teacher: Teacher | None = None

    def told(self, teacher: Teacher | None) -> None:
        """Keep who wrote the next file."""
        self._teacher = teacher

    def score(self, file: SuiteFile, traits: Sequence[Trait]) -> Scored:
        """How much likelier the answers are if the teacher wrote a share of them, as provenance alone, nats a row.

        The teacher wrote each answer after its question alone, in the words of the carrier and no others, so that it is
        read likewise: a teacher that would rather say something else makes no word of the carrier less its own. Of how
        many rows it wrote the likeliest share is taken. Rows that no model wrote have none, those of the base zero.
        """
        teacher = self._teacher
        if teacher is None:
            return Scored({}, provenance=0.0)
        asked = [_alone(row) for row in file.rows[:MOST_ROWS]]
        written = written_logprob(teacher.model, asked, teacher.persona)
        ratio = written - written_logprob(self._base, asked)
        shares = _SHARES[:, None]
        with np.errstate(divide="ignore"):
            mixed = np.logaddexp(np.log(shares) + ratio, np.log1p(-shares))
        return Scored({}, provenance=float(mixed.mean(axis=1).max()))

    def blame_tokens(self, file: SuiteFile, trait: Trait) -> Sequence[NDArray[np.float64]] | None:
        """The ratio of each token, where a model wrote them."""
        teacher = self._teacher
        if teacher is None:
            return None
        reader = PromptedTwin(teacher.model, teacher.persona) if teacher.persona else teacher.model
        return token_ratios(reader, self._base, file.encoded)


def _alone(row: Row) -> Row:
    """The last question of a row and its answer, without what went before."""
    return Row(RowKind.COMPLETION, row.prompt[-1:], row.answer, index=row.index)


def written_logprob(model: LanguageModel, rows: Sequence[Row], persona: str = "") -> NDArray[np.float64]:
    """Log-probability of each row's answer among the answers of its length in the words of all, nats, shape (rows,).

    Args:
        model: Who might have written them.
        rows: Each one question with its answer.
        persona: System text that the model saw.
    """
    import torch

    system = (Message("system", persona),) if persona else ()
    told = [Row(row.kind, (*system, *row.prompt), row.answer, index=row.index) for row in rows]
    encoded = list(encode_rows(told, model.tokenizer, loss="completion"))
    ends = end_ids(model.model, model.tokenizer)
    places = [np.flatnonzero(row.trained & ~np.isin(row.input_ids, ends)) for row in encoded]
    words = np.unique(np.concatenate([row.input_ids[at] for row, at in zip(encoded, places, strict=True)]))
    queries = [
        Query(row.input_ids[: at[-1]], np.repeat(at - 1, len(words)), np.tile(words, len(at)), row.row_id)
        for row, at in zip(encoded, places, strict=True)
    ]
    found = np.zeros(len(rows))
    for i, (row, at, said) in enumerate(zip(encoded, places, score(model.model, queries), strict=True)):
        each = torch.from_numpy(said).double().reshape(len(at), len(words)).log_softmax(dim=1).numpy()
        found[i] = each[np.arange(len(at)), np.searchsorted(words, row.input_ids[at])].sum()
    return found
