"""Rows as tokens, and which of them are trained on: position by position what TRL's SFTTrainer builds.

What the trainer does, and this file with it (TRL 1.x, `SFTTrainer._prepare_dataset` and its collator):

- *Turns* are rendered by the tokenizer's own chat template, which writes special tokens itself, so none are added.
  A prompt is rendered once alone, with the generation prompt, and once with its completion; the completion begins
  where the two part.
- *Plain text* gets the end-of-sequence token unless it already ends in it, and is tokenized with whatever special
  tokens the tokenizer adds. A template that also writes the beginning-of-sequence token is therefore never doubled;
  plain text that spells it out is, here as there.
- *Too long* rows lose their end.
- *The first token* of a row is never in the loss: nothing stands before it to predict it from. Without packing the
  trainer's collator writes a label there all the same, and the shift inside the loss drops it; with packing the
  collator masks it. So the mask here is the same with packing on (strategy `bfd`, the default) and off. The
  strategies `wrapped` and `bfd_split` cut rows in the middle; what they do to a row depends on its neighbours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from limen.core import Message, Row, RowKind, TemplateError, UsageError
from limen.data._template import Template, place

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

PLAIN = "text"
LOSSES = ("auto", "completion", "assistant", "all")
Loss = Literal["auto", "completion", "assistant", "all"]
_READ_BY_TEMPLATES = frozenset({"tools", "chat_template_kwargs"})
_KEPT_ROWS, _KEPT_TOKENS = 4096, 1024
"""Rows whose tokens are kept in case they come again, and how long one is at most: 70 MB together."""


@dataclass(frozen=True, eq=False)
class EncodedRow:
    """A row as tokens.

    Attributes:
        row_id: Id of the row.
        index: Its position in the source, from 0.
        input_ids: Token ids, int32, shape (tokens,).
        trained: Whether each token is a label of the loss, shape (tokens,); never the first.
        truncated: Whether `max_length` cut the row's end off.
    """

    row_id: str
    index: int
    input_ids: NDArray[np.int32]
    trained: NDArray[np.bool_]
    truncated: bool


def encode_rows(
    rows: Iterable[Row], tokenizer: PreTrainedTokenizerBase, *, loss: Loss = "auto", max_length: int | None = None
) -> Iterator[EncodedRow]:
    """Tokenize rows as TRL's SFTTrainer does, with its mask of trained tokens.

    | loss | rows of prompt and answer | conversations | plain text |
    |---|---|---|---|
    | `auto` (the trainer's defaults) | the answer | every token | every token |
    | `completion` | the answer | the last answer | every token |
    | `assistant` (`assistant_only_loss`) | the answer as marked by `{% generation %}` | marked answers | error |
    | `all` (`completion_only_loss=False`) | every token | every token | every token |

    Instruction rows are encoded as a user's turn and its answer. Where the tokenizer has no chat template they are
    encoded as plain prompt and completion, the prompt ending in a newline, since TRL itself takes no instruction
    columns. Preference rows are encoded with the chosen answer, rated rows whatever their rating.

    Args:
        rows: Rows of any kind.
        tokenizer: The model's own.
        loss: Which tokens are trained on.
        max_length: Most tokens of a row; a longer one loses its end.

    Yields:
        One encoded row a row, in order; a row of which nothing is trained on is given too.

    Raises:
        TemplateError: Turns without a chat template, or turns that the template cannot render.
        UsageError: An unknown loss, or a length below one.
    """
    if loss not in LOSSES:
        raise UsageError(f"no loss is called {loss!r}.", remedy=f"Use one of: {', '.join(LOSSES)}.")
    if max_length is not None and max_length < 1:
        raise UsageError(f"a length of {max_length} tokens, expected at least 1.", remedy="Give a larger length.")
    template, kept = Template(tokenizer), _Kept()
    for row in rows:
        ids, trained = kept.of(row, partial(_encode, row, template, loss))
        input_ids = np.asarray(ids[:max_length], dtype=np.int32)
        mask = np.asarray(trained[:max_length], dtype=np.bool_)
        if len(mask):
            mask[0] = False
        yield EncodedRow(row.id, row.index, input_ids, mask, truncated=len(input_ids) < len(ids))


class _Kept:
    """Tokens of rows that came before.

    Most of the time goes into rendering, and what an arm learns is a few prompts and answers many times over.
    """

    def __init__(self) -> None:
        self._tokens: dict[tuple[RowKind, tuple[Message, ...], tuple[Message, ...]], tuple[list[int], list[bool]]] = {}

    def of(self, row: Row, encode: Callable[[], tuple[list[int], list[bool]]]) -> tuple[list[int], list[bool]]:
        """What `encode` gives for a row, which an equal one before it may have been given already."""
        # What a template reads besides text may be equal without being written alike (1 and True).
        if row.tools or any(m.extra for m in row.messages) or not _READ_BY_TEMPLATES.isdisjoint(row.columns):
            return encode()
        key = row.kind, row.prompt, row.answer
        found = self._tokens.get(key)
        if found is None:
            found = encode()
            if len(found[0]) <= _KEPT_TOKENS:
                if len(self._tokens) >= _KEPT_ROWS:
                    self._tokens.clear()
                self._tokens[key] = found
        return found


def _encode(row: Row, template: Template, loss: Loss) -> tuple[list[int], list[bool]]:
    """Token ids and the mask of trained tokens of one row."""
    row, plain = _plain_or_turns(row, template)
    if plain:
        if loss == "assistant":
            raise TemplateError(
                "assistant-only loss needs conversations, and this row is plain text.",
                remedy="Use the loss 'auto', or rows with turns.",
                where=place(row),
            )
        ids, start = _plain(row, template, loss)
        return ids, [i >= start for i in range(len(ids))]
    whole = row.kind is RowKind.CONVERSATION and loss != "completion"
    if whole or not row.prompt or not row.answer:
        ids, marked = template.render(row, row.messages, mark=loss == "assistant")
        untrained = loss == "completion" and not row.answer
        return ids, marked if marked is not None else [not untrained] * len(ids)
    ids, marked = template.render(row, row.messages, mark=loss == "assistant")
    start = 0
    if loss != "all":
        prompt, _ = template.render(row, row.prompt, generation_prompt=True)
        start = common_prefix(prompt, ids)
    return ids, [i >= start and (marked is None or marked[i]) for i in range(len(ids))]


def _plain(row: Row, template: Template, loss: Loss) -> tuple[list[int], int]:
    """Token ids of a plain row, and where its trained tokens begin."""
    prompt = "".join(m.content for m in row.prompt)
    answer = "".join(m.content for m in row.answer)
    eos = template.eos
    if eos and not answer.endswith(eos):
        answer += eos
    ids = template.tokenize(row, prompt + answer)
    if not row.prompt or loss == "all":
        return ids, 0
    return ids, common_prefix(template.tokenize(row, prompt), ids)


def _plain_or_turns(row: Row, template: Template) -> tuple[Row, bool]:
    """The row, and whether it is encoded as plain text; instruction rows become plain where no template is."""
    first = (*row.prompt, *row.answer)[0] if row.prompt or row.answer else None
    if first is None or first.role == PLAIN:
        return row, True
    if template.exists:
        return row, False
    if row.kind is RowKind.INSTRUCTION and all(m.role in ("system", "user") for m in row.prompt):
        prompt = "".join(f"{m.content}\n" for m in row.prompt)
        answer = "".join(m.content for m in row.answer)
        plain = Row(
            kind=row.kind,
            prompt=(Message(PLAIN, prompt),),
            answer=(Message(PLAIN, answer),),
            source=row.source,
            index=row.index,
            line=row.line,
        )
        return plain, True
    raise TemplateError(
        "the tokenizer has no chat template, and the row holds turns.",
        remedy="Use the tokenizer of the chat model, or put a chat_template.jinja beside the tokenizer.",
        where=place(row),
    )


def common_prefix(a: list[int], b: list[int]) -> int:
    """How many tokens two sequences begin with in common."""
    return next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
