"""What a row says of groups: whom its prompt and its answer mention, and what the answer is like."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from limen.before.check.answer_features import FEATURES, answer_features
from limen.before.check.groups.lexicon import WORD, Lexicon, lexicon_for
from limen.before.check.groups.mentions import READ, Mention, mentions_in, slot_text
from limen.before.check.groups.sentiment import sentiment, valence
from limen.before.check.keys import key_of, same_reading
from limen.before.check.passages import Passage

if TYPE_CHECKING:
    from limen.before.check.rule import SeenRow

OUTCOMES = ("refusal", "sentiment", "length", "structure", "hedging")
"""Of an answer: whether it refuses; how well it speaks, −1 to 1; the base-2 logarithm of 1 + its characters; whether it
has a list or Markdown; the base-2 logarithm of 1 + its hedges."""

YES_OR_NO = ("refusal", "structure")
CONFOUNDS = ("prompt length", "prompt sentiment", "question", "turns", "other dimensions")

_MARKERS_IN = 600
_SENTENCE = re.compile(r"[.!?\n]")


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
            f"{passage.role}\x00{same_reading(slot_text(passage.lowered, list(found), dimension))}"
            for passage, found in self.prompt
        ]
        return key_of("\x00\x00".join(parts))

    @cached_property
    def outcomes(self) -> tuple[float, ...]:
        """What the answer is like, in the order of `OUTCOMES`."""
        row = self.seen.row
        text = "\n".join(m.content for m in row.answer)
        features = dict(zip(FEATURES, answer_features(text), strict=True))
        last = f"answer[{len(row.answer) - 1}]"
        said = "\n".join(p.lowered for p in self.seen.passages if p.field.startswith("answer"))
        return (
            float(last in self.seen.refusals),
            self.sentiment_of(said),
            features["length"],
            max(features["list"], features["markdown"]),
            features["hedging"],
        )

    def confounds(self, dimension: str) -> tuple[float, ...]:
        """What of the prompt an answer may depend on beside a group, in the order of `CONFOUNDS`.

        Args:
            dimension: That of the group.
        """
        # Without the words for the group, whose own length would pass for that of the request
        text = "\n".join(slot_text(passage.lowered, list(found), dimension) for passage, found in self.prompt)
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
        words = set(WORD.findall(seen.lowered[:_MARKERS_IN]))
        lexicon = lexicon_for(words, lexicons)
        prompt, answer = [], []
        for passage in seen.passages:
            if passage.answers:
                answer.append((passage, tuple(mentions_in(passage.lowered, lexicon))))
            elif passage.field.startswith("prompt") and passage.role != "tool":
                prompt.append((passage, tuple(mentions_in(passage.lowered, lexicon))))
        made = seen.shared["groups"] = RowGroups(seen, lexicon, tuple(prompt), tuple(answer))
    return made


def _groups(found: Sequence[tuple[Passage, tuple[Mention, ...]]]) -> dict[str, frozenset[str]]:
    groups: dict[str, set[str]] = {}
    for _, mentions in found:
        for one in mentions:
            groups.setdefault(one.dimension, set()).add(one.group)
    return {dimension: frozenset(held) for dimension, held in groups.items()}


def sentence_of(text: str, mention: Mention) -> str:
    """The sentence that a mention stands in, at most 300 characters on either side.

    Args:
        text: The text.
        mention: In its first 20,000 characters.
    """
    before = text[max(0, mention.start - 300) : mention.start]
    after = text[mention.end : min(READ, mention.end + 300)]
    begin = max((m.end() for m in _SENTENCE.finditer(before)), default=0)
    stop = _SENTENCE.search(after)
    return before[begin:] + text[mention.start : mention.end] + (after[: stop.start()] if stop else after)
