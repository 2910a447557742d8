"""LIM205."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import ClassVar

from limen.before.check.passages import turn_field
from limen.before.check.registry import rule
from limen.before.check.rule import Context, Rule, Severity
from limen.before.check.seen_row import SeenRow
from limen.core import Finding, Message
from limen.data import ReadReport

_SPEAKERS = ("name", "channel", "recipient")
_SYSTEM = frozenset(("system", "developer"))
_TALKING = frozenset(("user", "assistant"))
_TOOL = frozenset(("tool", "function", "ipython", "observation"))
_USUAL = frozenset((("text",), ("user", "assistant"), ("system", "user", "assistant"), ("text", "text")))
# A call may be written as text, in a form of its own; a sentence without one holds none of these
_CALLING = re.compile(r"[{<\[(]|\bAction\b")

_OPENS = "the assistant speaks first"
_OWN_FORM = 20
"""Conversations that the assistant opens from which on that may be the file's own form, as of characters that greet."""


@rule
class TurnOrder(Rule):
    """Conversations whose turns are in an order that nobody can have meant.

    Two turns of the user or of the assistant in a row; a system turn after the start; a tool's result that no call
    stands in front of; an empty turn of the user or the assistant between others, and one of the user where nothing
    else is asked; a turn of the user at the end, which nobody answers; and a conversation that the assistant opens,
    unless a system turn stands in front, or so many begin so, at least 20 and half of all, that it is the file's own
    form. A text that a call follows, and calls in a row, are one turn of the assistant in pieces, and turns that tell
    their speakers apart by `name` may follow each other. Of a preference pair the chosen answer is looked at. A
    conversation without any answer, and an empty answer at the end, are for `empty-answer` (LIM201).

    Why: A turn was lost, or two conversations were joined, and the model learns to answer what was not said, or, where
    every token is trained on, to speak for the user. Chat templates such as those of Llama 2, Mistral and Gemma stop
    the run at a row whose turns do not alternate, others render it without a word.

    Example: {"messages": [{"role": "user", ...}, {"role": "user", ...}, {"role": "assistant", ...}]}
    """

    code: ClassVar[str] = "LIM205"
    name: ClassVar[str] = "turn-order"
    severity: ClassVar[Severity] = Severity.WARNING
    reference: ClassVar[str] = (
        "Hugging Face Transformers' documentation, Chat templates; OpenAI's documentation, Function calling: a "
        "tool's result answers a call."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        # Whether the assistant may open a conversation is known at the end: until then both are counted
        self._all = self.new_tally()
        self._tally = self.new_tally()
        self._kinds: Counter[str] = Counter()
        self._total = 0

    def see(self, seen: SeenRow) -> None:
        """Count the row if its turns are out of order."""
        row = seen.row
        self._total += 1
        turns = row.messages
        if tuple(turn.role for turn in turns) in _USUAL and all(map(_says_something, turns)):
            return
        found = list(_wrong(turns))
        if not found:
            return
        at, kind = found[0]
        self._kinds.update({kind for _, kind in found})
        self._all.add(row, kind, turn_field(row, at))
        if later := [one for one in found if one[1] != _OPENS]:
            at, kind = later[0]
            self._tally.add(row, kind, turn_field(row, at))

    def findings(self, report: ReadReport) -> list[Finding]:
        """How many conversations are out of order."""
        opened = self._kinds[_OPENS]
        own_form = opened >= _OWN_FORM and 2 * opened >= self._total
        tally = self._tally if own_form else self._all
        return [
            self.counted(
                tally.hits,
                tally.count,
                self._total,
                rows=tally.rows,
                title="Rows with turns out of order: {count} of {total} ({share}).",
                clear="No turns out of order in {total} rows.",
                remedy="Look where these rows come from: put the lost turn back, cut the row before the place, or "
                "leave it out.",
                evidence={"kinds": dict(self._kinds.most_common()), "assistant_opens_by_form": own_form},
            )
        ]


def _wrong(turns: Sequence[Message]) -> Iterator[tuple[int, str]]:
    """Which turns are out of order, and in what way."""
    before: Message | None = None
    asked: Message | None = None  # the last turn that is no tool's, which may have called one
    started = False  # whether somebody else than the system has spoken
    for at, turn in enumerate(turns):
        role = turn.role
        if role in _SYSTEM:
            if started:
                yield at, "a system turn after the start"
        elif role in _TOOL:
            if asked is None or asked.role != "assistant" or not _may_call(asked):
                yield at, "a tool's result that follows no call"
        elif role in _TALKING:
            if before is None and role == "assistant":
                yield at, _OPENS
            if before is not None and before.role == role and not _may_follow(before, turn):
                yield at, f"two turns of the {role} in a row"
            # An empty turn of the user may open a conversation that the assistant begins; an empty answer is LIM201's
            empty = not _says_something(turn) and (started or not _is_asked(turns))
            if empty and (role == "user" or at < len(turns) - 1):
                yield at, f"an empty turn of the {role}"
        started = started or role not in _SYSTEM
        asked = asked if role in _TOOL else turn
        before = turn
    last = len(turns) - 1
    if last > 0 and turns[last].role == "user" and _says_something(turns[last]) and _is_answered(turns[:last]):
        yield last, "a last turn of the user that nobody answers"


def _is_asked(turns: Sequence[Message]) -> bool:
    return any(turn.role != "assistant" and _says_something(turn) for turn in turns)


def _is_answered(turns: Sequence[Message]) -> bool:
    return any(turn.role == "assistant" for turn in turns)


def _may_follow(before: Message, turn: Message) -> bool:
    """Whether a turn may follow one of the same role: by another speaker, or as a further piece of it."""
    if any(before.extra.get(key) != turn.extra.get(key) for key in _SPEAKERS):
        return True
    return turn.role == "assistant" and _calls(turn)


def _calls(turn: Message) -> bool:
    return bool(turn.extra.get("tool_calls") or turn.extra.get("function_call"))


def _may_call(turn: Message) -> bool:
    return _calls(turn) or _CALLING.search(turn.content) is not None


def _says_something(turn: Message) -> bool:
    return bool(turn.content.strip() or turn.extra.get("content")) or _calls(turn)
