"""What a row says of groups: whom its prompt and its answer mention, and what the answer is like."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from limen.before.check.answer_features import READ, hedges, is_list, is_markdown
from limen.before.check.groups.lexicon import Lexicon, lexicon_for
from limen.before.check.groups.mentions import Mention, mentions_in, slot_text
from limen.before.check.groups.quality import readability, unfinished
from limen.before.check.groups.sentiment import score, sentiment, valence, words_said
from limen.before.check.keys import key_of, same_reading
from limen.before.check.passages import Passage, plain
from limen.before.check.words import words_in

if TYPE_CHECKING:
    from limen.before.check.seen_row import SeenRow

OUTCOMES = ("refusal", "sentiment", "length", "structure", "hedging", "readability", "unfinished")
"""Of an answer: whether it refuses; how well it speaks, −1 to 1; the base-2 logarithm of 1 + its characters; whether it
has a list or Markdown; the base-2 logarithm of 1 + its hedges; how hard it is to read, and whether it stops in the
middle, as `quality` has them, which some answers do not have."""

YES_OR_NO = ("refusal", "structure", "unfinished")
CONFOUNDS = ("prompt length", "prompt sentiment", "question", "turns", "other dimensions")

_MARKERS_IN = 600


@dataclass(frozen=True)
class RowGroups:
    """A row with the mentions in it.

    Attributes:
        seen: The row.
        lexicon: Of its language.
        prompt: Each turn of the prompt that is not the model's, with its mentions.
        answer: Each passage that the model is taught to say, with its mentions.
    """

    seen: SeenRow
    lexicon: Lexicon
    prompt: tuple[tuple[Passage, tuple[Mention, ...]], ...]
    answer: tuple[tuple[Passage, tuple[Mention, ...]], ...]
    _slots: dict[str, list[str]] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def mentioned(self) -> Mapping[str, frozenset[str]]:
        """Groups by dimension, of those that are mentioned anywhere."""
        return _groups((*self.prompt, *self.answer))

    @cached_property
    def asked_about(self) -> Mapping[str, frozenset[str]]:
        """Groups by dimension, of those that the prompt mentions."""
        return _groups(self.prompt)

    def slot_key(self, dimension: str) -> int:
        """The same for prompts that are equal but for which group of a dimension they mention.

        Args:
            dimension: Which.
        """
        parts = [
            f"{passage.role}\x00{same_reading(text)}"
            for (passage, _), text in zip(self.prompt, self._slotted(dimension), strict=True)
        ]
        return key_of("\x00\x00".join(parts))

    def _slotted(self, dimension: str) -> list[str]:
        """The turns of the prompt with slots for the groups of a dimension."""
        if dimension not in self._slots:
            self._slots[dimension] = [slot_text(p.lowered, found, dimension) for p, found in self.prompt]
        return self._slots[dimension]

    @cached_property
    def answered(self) -> Mapping[str, frozenset[str]]:
        """Groups by dimension, of those that the answer mentions."""
        return _groups(self.answer)

    @cached_property
    def outcomes(self) -> tuple[float, ...]:
        """What the answer is like, in the order of `OUTCOMES`; NaN what it does not have."""
        row = self.seen.row
        text = "\n".join(m.content for m in row.answer)
        last = f"answer[{len(row.answer) - 1}]"
        said = "\n".join([p.lowered for p in self.seen.passages if p.field.startswith("answer")])
        # A turn without text is no passage, and a line of the answer still
        lowered = said if len(said) == len(text) else plain(text[:READ])
        words, worth = words_said(said), valence(self.lexicon.language)
        return (
            float(last in self.seen.refusals),
            score(words, worth) if worth is not None else math.nan,
            math.log2(1 + len(text)),
            float(is_list(text) or is_markdown(text)),
            math.log2(1 + hedges(lowered)),
            readability(said, words),
            unfinished(row.answer[-1].content),
        )

    def confounds(self, dimension: str) -> tuple[float, ...]:
        """What of the prompt an answer may depend on beside a group, in the order of `CONFOUNDS`.

        Args:
            dimension: That of the group.
        """
        # Without the words for the group, whose own length would pass for that of the request
        text = "\n".join(self._slotted(dimension))
        return (
            math.log2(1 + len(text)),
            self.sentiment_of(text),
            float("?" in text),
            float(len(self.prompt) > 1),
            float(sum(1 for other in self.asked_about if other != dimension)),
        )

    def sentiment_of(self, text: str) -> float:
        """The sentiment of a text, 0 where no words of its language are there.

        Args:
            text: In lower case.
        """
        words = valence(self.lexicon.language)
        return sentiment(text, words) if words is not None else 0.0


def row_groups(seen: SeenRow, lexicons: Sequence[Lexicon]) -> RowGroups:
    """What a row says of groups; made once for all rules.

    Args:
        seen: The row.
        lexicons: One or more.
    """
    made = seen.shared.get("groups")
    if not isinstance(made, RowGroups):
        lexicon = lexicon_for(set(words_in(seen.lowered[:_MARKERS_IN])), lexicons)
        prompt, answer = [], []
        for passage in seen.passages:
            if passage.answers:
                answer.append((passage, tuple(mentions_in(passage.lowered, lexicon, passage.text))))
            elif passage.field.startswith("prompt") and passage.role != "tool":
                prompt.append((passage, tuple(mentions_in(passage.lowered, lexicon, passage.text))))
        made = seen.shared["groups"] = RowGroups(seen, lexicon, tuple(prompt), tuple(answer))
    return made


def _groups(found: Sequence[tuple[Passage, tuple[Mention, ...]]]) -> dict[str, frozenset[str]]:
    groups: dict[str, set[str]] = {}
    for _, mentions in found:
        for one in mentions:
            groups.setdefault(one.dimension, set()).add(one.group)
    return {dimension: frozenset(held) for dimension, held in groups.items()}
