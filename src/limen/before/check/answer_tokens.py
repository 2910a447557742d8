"""Which tokens of an encoded row the assistant says: in place of a mask, which few templates mark.

The turns up to and with each answer are encoded by themselves, as the row was; of these tokens those after the prompt
are the answer's, as long as they are the row's own. So the header that opens an answer counts as prompt, and the end
token that closes it as answer.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from limen.core import Row, RowError, RowKind, TemplateError
from limen.data import EncodedRow, encode_rows
from limen.data.encode import common_prefix

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


def answer_tokens(row: Row, encoded: EncodedRow, tokenizer: PreTrainedTokenizerBase) -> NDArray[np.bool_] | None:
    """Which tokens are of an answer, an earlier one too, shape (tokens,); None where it cannot be told.

    Args:
        row: The row.
        encoded: Its tokens, perhaps cut.
        tokenizer: What they were made with.
    """
    turns = row.messages
    kind = RowKind.COMPLETION if row.kind is RowKind.CONVERSATION else row.kind
    places = [at for at, turn in enumerate(turns) if turn.role == "assistant"]
    parts = [replace(row, kind=kind, prompt=turns[:at], answer=(turns[at],)) for at in places] or [row]
    answers = np.zeros(len(encoded.input_ids), dtype=np.bool_)
    try:
        for one in encode_rows(parts, tokenizer, loss="completion"):
            same = common_prefix(one.input_ids.tolist(), encoded.input_ids.tolist())
            answers[:same] |= one.trained[:same]
    except (TemplateError, RowError):
        return None
    return answers
