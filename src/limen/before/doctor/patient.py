"""Patient: the model, its tokenizer and the rows that a doctor's checks look at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from limen.core import Message, Row, RowError, RowKind, TemplateError
from limen.data import EncodedRow, Loss, encode_rows
from limen.models import LanguageModel
from limen.models.batches import context_length

# SFTConfig's own max_length: what cuts the rows of a user who sets none.
TRL_MAX_LENGTH = 1024
_TALK = (
    ("Hello.", "Hello, how can I help?"),
    ("What is 12 plus 30?", "It is 42."),
    (
        "Name three trees that lose their leaves in autumn, and say why they do.",
        "Oak, birch and maple. They save water.",
    ),
    ("Yes or no: is the sea salty?", "Yes."),
    ("Write one sentence about an owl that sleeps all day.", "The owl slept until the last light had left the wood."),
)


@dataclass(frozen=True)
class Refused:
    """A row that the tokenizer's template cannot render.

    Attributes:
        row: The row.
        why: What the template said.
    """

    row: Row
    why: str


@dataclass(frozen=True)
class Patient:
    """What checks look at.

    Attributes:
        model: The model with its tokenizer.
        rows: Rows of the data, if any was given.
        encoded: The same rows as tokens, not cut; rows that could not be rendered are left out.
        refused: Rows that could not be rendered.
        has_data: Whether data was given at all.
        loss: Which tokens are trained on.
        max_length: Tokens after which rows are cut, as the user said; None if they said nothing.
    """

    model: LanguageModel
    rows: Sequence[Row] = ()
    encoded: Sequence[EncodedRow] = ()
    refused: Sequence[Refused] = ()
    has_data: bool = False
    loss: Loss = "auto"
    max_length: int | None = None
    by_id: dict[str, Row] = field(default_factory=dict, hash=False, compare=False)

    @property
    def tokenizer(self) -> Any:
        """The model's tokenizer."""
        return self.model.tokenizer

    @property
    def context(self) -> int | None:
        """Most tokens that the model reads, where its config says so."""
        return context_length(self.model.model)

    @property
    def cut_at(self) -> int:
        """Tokens after which a trainer cuts a row: as the user said, else as TRL does, never above the context."""
        return min(self.max_length or TRL_MAX_LENGTH, self.context or 1 << 30)

    def samples(self, count: int = 8) -> list[EncodedRow]:
        """A few rows to run the model on: spread over the lengths of the data, else short talks of Limen's own."""
        usable = [r for r in self.encoded if _usable(r, min(self.cut_at, 256))]
        if len({len(r.input_ids) for r in usable}) < 2:
            usable = [r for r in _own_talk(self.tokenizer) if _usable(r, self.cut_at)]
        usable.sort(key=lambda r: len(r.input_ids))
        if len(usable) <= count:
            return usable
        return [usable[round(i * (len(usable) - 1) / (count - 1))] for i in range(count)]


def admit(
    model: LanguageModel, rows: Iterable[Row] | None, *, loss: Loss = "auto", max_length: int | None = None
) -> Patient:
    """A patient from a model and rows; every row is encoded by itself, so that one bad row hides no other.

    Args:
        model: The model with its tokenizer.
        rows: Rows to look at, or None.
        loss: Which tokens are trained on.
        max_length: Tokens after which rows are cut.
    """
    if rows is None:
        return Patient(model, loss=loss, max_length=max_length)
    kept = list(rows)
    encoded: list[EncodedRow] = []
    refused: list[Refused] = []
    for row in kept:
        try:
            encoded.extend(encode_rows([row], model.tokenizer, loss=loss))
        except (TemplateError, RowError) as error:
            refused.append(Refused(row, error.what))
    return Patient(
        model,
        rows=kept,
        encoded=encoded,
        refused=refused,
        has_data=True,
        loss=loss,
        max_length=max_length,
        by_id={r.id: r for r in kept},
    )


def _usable(row: EncodedRow, longest: int) -> bool:
    return bool(row.trained[1:].any()) and len(row.input_ids) <= longest


def _own_talk(tokenizer: Any) -> list[EncodedRow]:
    if getattr(tokenizer, "chat_template", None):
        try:
            rows = _talk(tokenizer, plain=False)
        except TemplateError:  # which another check names
            rows = []
        if rows and all(r.trained[1:].any() for r in rows):
            return rows
    return _talk(tokenizer, plain=True)


def _talk(tokenizer: Any, *, plain: bool) -> list[EncodedRow]:
    user, assistant = ("text", "text") if plain else ("user", "assistant")
    rows = [
        Row(RowKind.COMPLETION, (Message(user, f"{ask}\n" if plain else ask),), (Message(assistant, answer),), index=i)
        for i, (ask, answer) in enumerate(_TALK)
    ]
    return list(encode_rows(rows, tokenizer, loss="auto"))
