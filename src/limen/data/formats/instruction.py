"""Instruction rows: instruction, input, output; with system text and history if there are any (alpaca)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from limen.core import Message, RowKind
from limen.data.formats._turns import ANSWERING, as_list, checked_text, text_of, with_system
from limen.data.formats.base import BadRow, Parts, column, row_format

ANSWERS = ("output", "response", "answer", "completion")


def instruction_prompt(record: Mapping[str, Any], roles: Mapping[str, str]) -> tuple[Message, ...]:
    """System text, earlier turns, and the instruction with its input below it, as the turns before the answer.

    Args:
        record: The columns.
        roles: Column by role; `instruction`, and `input` and `history` if there are any.

    Raises:
        BadRow: A column holds something else.
    """
    instruction = text_of(record, roles["instruction"], default="")
    given = text_of(record, roles["input"], default="") if "input" in roles else ""
    asked = f"{instruction}\n{given}" if instruction and given else instruction or given
    turns = [*_history(record.get(roles["history"])), Message("user", asked)] if "history" in roles else None
    return with_system(record, tuple(turns or (Message("user", asked),)))


def _history(value: Any) -> list[Message]:
    value = as_list(value)
    if value is None or value == "":
        return []
    remedy = 'Write it as a list of pairs, such as [["question", "answer"]].'
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise BadRow("the column 'history' is no list.", remedy)
    turns: list[Message] = []
    for pair in value:
        whole = isinstance(pair, Sequence) and len(pair) == 2 and all(isinstance(x, str) for x in pair)
        if not whole or isinstance(pair, str):
            raise BadRow("the column 'history' holds something else than pairs of texts.", remedy)
        turns += [Message(r, checked_text(x, "'history'")) for r, x in zip(("user", ANSWERING), pair, strict=True)]
    return turns


def instruction_roles(record: Mapping[str, Any]) -> dict[str, str] | None:
    """The columns of the asking side of an instruction row, or None."""
    instruction = column(record, ("instruction",))
    if instruction is None:
        return None
    roles = {"instruction": instruction}
    for role, names in {"input": ("input", "context"), "history": ("history",), "system": ("system",)}.items():
        if (found := column(record, names)) is not None:
            roles[role] = found
    return roles


@row_format
class Instruction:
    """instruction, input, output."""

    name: ClassVar[str] = "instruction"
    order: ClassVar[int] = 50
    aliases: ClassVar[tuple[str, ...]] = ("alpaca",)
    kind: ClassVar[RowKind] = RowKind.INSTRUCTION
    expects: ClassVar[str] = "instruction, output (and perhaps input, system, history)"

    def match(self, record: Mapping[str, Any]) -> dict[str, str] | None:
        """Which columns play which role, or None."""
        roles = instruction_roles(record)
        answer = column(record, ANSWERS)
        return {**roles, "answer": answer} if roles and answer else None

    def parts(self, record: Mapping[str, Any], roles: Mapping[str, str]) -> Parts:
        """The row's parts."""
        answer = text_of(record, roles["answer"])
        return Parts(instruction_prompt(record, roles), (Message(ANSWERING, answer),))
