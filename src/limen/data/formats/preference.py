"""Preference pairs: chosen and rejected, with the prompt in a column of its own or at the head of both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from limen.core import Message, RowKind
from limen.data.formats._turns import ANSWERING, tools_of, with_system
from limen.data.formats.base import BadRow, Parts, column, row_format
from limen.data.formats.completion import PLAIN, PROMPTS, side
from limen.data.formats.instruction import instruction_prompt, instruction_roles
from limen.data.formats.messages import turns_column

Turns = tuple[Message, ...]


@row_format
class Preference:
    """chosen and rejected."""

    name: ClassVar[str] = "preference"
    order: ClassVar[int] = 10
    aliases: ClassVar[tuple[str, ...]] = ("chosen-rejected", "dpo", "chosen_rejected")
    kind: ClassVar[RowKind] = RowKind.PREFERENCE
    expects: ClassVar[str] = "chosen, rejected (and prompt, instruction or conversations)"

    def match(self, record: Mapping[str, Any]) -> dict[str, str] | None:
        """Which columns play which role, or None."""
        chosen, rejected = column(record, ("chosen",)), column(record, ("rejected",))
        if chosen is None or rejected is None:
            return None
        roles = {"chosen": chosen, "rejected": rejected}
        talk = turns_column(record, "from") or turns_column(record, "role")
        if (asking := instruction_roles(record)) is not None:
            roles |= asking
        elif (prompt := column(record, PROMPTS)) is not None:
            roles["prompt"] = prompt
        elif talk is not None:
            roles["conversations"] = talk
        return roles

    def parts(self, record: Mapping[str, Any], roles: Mapping[str, str]) -> Parts:
        """The row's parts."""
        chosen, rejected = side(record, roles["chosen"]), side(record, roles["rejected"])
        if (chosen[0].role == PLAIN) != (rejected[0].role == PLAIN):
            raise BadRow("one of chosen and rejected is text, the other turns.", "Write both alike.")
        if "instruction" in roles:
            prompt = instruction_prompt(record, roles)
        elif "prompt" in roles and record.get(roles["prompt"]) is not None:
            prompt = side(record, roles["prompt"])
        elif "conversations" in roles:
            prompt = side(record, roles["conversations"])
        else:
            prompt = ()
        parts = _joined(prompt, chosen, rejected)
        if (parts[0][:1] and parts[0][0].role == PLAIN) or not parts[0]:
            return Parts(*parts)
        return Parts(with_system(record, parts[0]), parts[1], parts[2], tools=tools_of(record))


def _joined(prompt: Turns, chosen: Turns, rejected: Turns) -> tuple[Turns, Turns, Turns]:
    """Prompt, chosen and rejected in one form: all plain, or all turns."""
    if chosen[0].role == PLAIN:
        if not prompt:
            return _plain_head(chosen[0].content, rejected[0].content)
        if prompt[0].role != PLAIN:  # turns, answered in text
            return prompt, _answers(chosen), _answers(rejected)
        return prompt, chosen, rejected
    head = _shared(chosen, rejected)
    if chosen[0].role in ("system", "user"):  # the prompt stands at the head of both
        prompt = ()
    elif prompt and prompt[0].role == PLAIN:
        prompt = (Message("user", prompt[0].content),)
    return prompt + chosen[:head], chosen[head:], rejected[head:]


def _answers(plain: Turns) -> Turns:
    return tuple(Message(ANSWERING, m.content) for m in plain)


def _shared(chosen: Turns, rejected: Turns) -> int:
    """How many turns both begin with; at least one turn is left to each as its answer."""
    most = min(len(chosen), len(rejected)) - 1
    return next((i for i in range(most) if chosen[i].to_dict() != rejected[i].to_dict()), max(most, 0))


def _plain_head(chosen: str, rejected: str) -> tuple[Turns, Turns, Turns]:
    """Two whole texts cut where they part, before a space that both share, as TRL's `extract_prompt` does."""
    most = min(len(chosen), len(rejected))
    at = next((i for i in range(most) if chosen[i] != rejected[i]), most)
    if at and chosen[at - 1] == " ":
        at -= 1
    prompt = (Message(PLAIN, chosen[:at]),) if at else ()
    return prompt, (Message(PLAIN, chosen[at:]),), (Message(PLAIN, rejected[at:]),)
