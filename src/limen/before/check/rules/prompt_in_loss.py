"""LIM207."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from limen.before.check.registry import rule
from limen.before.check.rule import Context, Rule, Severity
from limen.before.check.seen_row import SeenRow
from limen.core import Finding, RowKind, Verdict
from limen.core.wording import plural
from limen.data import ReadReport
from limen.data.encode import common_prefix


@rule
class PromptInLoss(Rule):
    """Files of which the trainer trains on the prompts too: which share of the trained tokens is no answer's.

    Which tokens are trained on is what --loss says; `auto` is what TRL does unless it is told otherwise: of rows of
    prompt and answer the answer, of conversations every token. Counted as prompt is every trained token that is of no
    answer: what the system and the user say, what tools give back, and what the chat template puts around it. Told
    besides is how many of them repeat the beginning of the row before: a system prompt or a template's header that is
    learned by heart. `limen doctor` (DOC203) quotes it. Needs --model.

    Why: The model learns to write its users' questions and its own system prompt; where prompts are long, most of the
    training goes there, and what is in them, such as requests that the answers refuse, is learned as well.

    Example: `messages` with a long system prompt, trained with the trainer's defaults.
    """

    code: ClassVar[str] = "LIM207"
    name: ClassVar[str] = "prompt-in-loss"
    severity: ClassVar[Severity] = Severity.INFO
    reference: ClassVar[str] = (
        "TRL's documentation, SFT Trainer: completion_only_loss and assistant_only_loss; Huerta-Enochian and Ko "
        "2024, Instruction Fine-Tuning: Does Prompt Loss Matter?, arXiv 2401.13586."
    )
    needs_tokenizer: ClassVar[bool] = True

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._rows = 0
        self._untold = 0
        self._hit = 0
        self._trained = 0
        self._prompt = 0
        self._repeated = 0
        self._before: NDArray[np.int32] = np.zeros(0, dtype=np.int32)

    def see(self, seen: SeenRow) -> None:
        """Count the row's trained tokens, and those of them that are of no answer."""
        encoded = seen.encoded
        if encoded is None or seen.row.kind is RowKind.TEXT:
            return
        of_prompt = self._of_prompt(seen, encoded.trained)
        if of_prompt is None:
            self._untold += 1
            return
        self._rows += 1
        self._trained += int(encoded.trained.sum())
        if not of_prompt.any():
            return
        self._hit += 1
        self._prompt += int(of_prompt.sum())
        # A beginning that is repeated ends at the latest where an answer begins
        first = encoded.input_ids[: _first_run(of_prompt)]
        self._repeated += int(of_prompt[: common_prefix(first.tolist(), self._before.tolist())].sum())
        self._before = first

    def _of_prompt(self, seen: SeenRow, trained: NDArray[np.bool_]) -> NDArray[np.bool_] | None:
        """Which tokens are trained on and of no answer; None where that cannot be told."""
        whole = self.context.loss == "all" or (self.context.loss == "auto" and seen.row.kind is RowKind.CONVERSATION)
        if not whole:
            return np.zeros_like(trained)
        answers = seen.answers() if seen.answers is not None else None
        return None if answers is None else trained & ~answers

    def findings(self, report: ReadReport) -> list[Finding]:
        """Which share of the trained tokens is the prompts'."""
        if not self.context.has_tokenizer:
            return [self.not_encoded("Whether prompts are trained on")]
        if self._untold and not self._rows:
            return [
                self.not_measured(
                    "Whether prompts are trained on was not measured.",
                    "the chat template renders no part of a conversation by itself.",
                    "Look at the tokens of a row by hand.",
                )
            ]
        numbers: dict[str, Any] = {
            "loss": self.context.loss,
            "count": self._hit,
            "total": self._rows,
            "cannot_tell": self._untold,
            "trained_tokens": self._trained,
            "prompt_tokens": self._prompt,
            "repeated_tokens": self._repeated,
        }
        if not self._prompt:
            title = f"No token of a prompt is trained on, in {plural(self._rows, 'row')}."
            return [self.finding(title, Verdict.CLEAR, evidence=numbers)]
        share = self._prompt / self._trained
        repeated = self._repeated / self._prompt
        return [
            self.finding(
                f"Prompts are trained on: {share:.1%} of the trained tokens of {plural(self._rows, 'row')} are of no "
                f"answer, and {repeated:.0%} of these repeat the beginning of the row before.",
                Verdict.FOUND,
                guarantee="every row was read",
                harmful=self.spoils(share),
                remedy="Train on the answers alone (in TRL assistant_only_loss, or rows of prompt and completion; here "
                "--loss assistant or completion), unless the prompts are to be learned too.",
                evidence={**numbers, "share": share},
            )
        ]


def _first_run(marks: NDArray[np.bool_]) -> int:
    """Where the first run of marks ends."""
    start = int(np.argmax(marks))
    left = np.flatnonzero(~marks[start:])
    return start + int(left[0]) if len(left) else len(marks)
