"""A tokenizer's chat template, called as TRL calls it, with errors that name the row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from limen.core import Message, Row, RowError, TemplateError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_GENERATION = re.compile(r"\{%-?\s*generation\s*-?%\}")


class Template:
    """Renders and tokenizes rows.

    Args:
        tokenizer: The model's own.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase) -> None:
        self._tokenizer = tokenizer
        self._calls_tools = "tool_calls" in self._text()
        self._marking: str | None = None
        self.eos: str = str(tokenizer.eos_token or "")

    @property
    def exists(self) -> bool:
        """Whether the tokenizer has a chat template."""
        return bool(self._text())

    def _text(self) -> str:
        template: Any = getattr(self._tokenizer, "chat_template", None)
        if isinstance(template, dict):
            template = template.get("default") or next(iter(template.values()), "")
        return template or ""

    def tokenize(self, row: Row, text: str) -> list[int]:
        """Token ids of a plain text, with the special tokens that the tokenizer adds.

        Raises:
            RowError: The tokenizer does not take it.
        """
        try:
            return list(self._tokenizer(text=text)["input_ids"])
        except (TypeError, ValueError, UnicodeError, OverflowError) as error:
            raise RowError(
                f"the tokenizer does not take this text: {error}.",
                remedy="Mend or leave out the row.",
                where=place(row),
            ) from error

    def render(
        self, row: Row, messages: Sequence[Message], *, generation_prompt: bool = False, mark: bool = False
    ) -> tuple[list[int], list[bool] | None]:
        """Token ids of turns, and with `mark` whether each token lies in a generation block of the template.

        Args:
            row: The row, for its tools and template arguments, and for errors.
            messages: The turns.
            generation_prompt: Whether to begin the next answer.
            mark: Whether to ask for the marks.

        Raises:
            TemplateError: The template cannot render them, or has no generation blocks to mark.
        """
        import jinja2

        arguments: dict[str, Any] = {"tools": self._tools(row)}
        own = row.columns.get("chat_template_kwargs")
        if isinstance(own, dict):
            arguments |= {str(k): v for k, v in own.items()}
        if mark:
            arguments |= {"chat_template": self._marking_template(row), "return_assistant_tokens_mask": True}
        try:
            output: Any = self._tokenizer.apply_chat_template(
                [self._turn(m) for m in messages],
                tokenize=True,
                return_dict=True,
                add_generation_prompt=generation_prompt,
                **arguments,
            )
        except (jinja2.TemplateError, TypeError, ValueError, LookupError, NotImplementedError) as error:
            raise TemplateError(
                f"the chat template cannot render this row: {error}.".replace("..", "."),
                remedy="Bring its turns into the order and roles that the model's template knows, or leave it out.",
                where=place(row),
            ) from error
        ids = list(output["input_ids"])
        return ids, [bool(m) for m in output["assistant_masks"]] if mark else None

    def _tools(self, row: Row) -> list[dict[str, Any]] | None:
        # A row with an empty list of tools is not a row without the column: some templates render the two differently
        if row.tools:
            return list(row.tools)
        return [] if row.columns.get("tools") in ([], "[]") else None

    def _turn(self, message: Message) -> dict[str, Any]:
        """A turn for the template: calls written as text become tool calls where the template knows them."""
        turn = message.to_dict()
        call = turn.pop("function_call", None)
        if call is not None and self._calls_tools and "tool_calls" not in turn:
            calls = call if isinstance(call, list) else [call]
            if all(isinstance(c, dict) and isinstance(c.get("name"), str) for c in calls):
                turn |= {"content": "", "tool_calls": [{"type": "function", "function": c} for c in calls]}
        return turn

    def _marking_template(self, row: Row) -> str | None:
        """The template with generation blocks: the tokenizer's own (None), or the one TRL puts in its place."""
        if _GENERATION.search(self._text()):
            return None
        if self._marking is None:
            try:
                from trl.chat_template_utils import get_training_chat_template

                self._marking = get_training_chat_template(self._tokenizer)
            except (ImportError, ValueError, TypeError, KeyError):
                self._marking = None
        if self._marking is None:
            raise TemplateError(
                "assistant-only loss needs a chat template with {% generation %}, and this one has none.",
                remedy="Use the loss 'completion' or 'all', or mark the answers in the template.",
                where=place(row),
            )
        return self._marking


def place(row: Row) -> str:
    """Where a row stands, for errors."""
    where = f"{row.source}, " if row.source else ""
    return f"{where}line {row.line} (row {row.index + 1})" if row.line else f"{where}row {row.index + 1}"
