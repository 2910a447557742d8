"""LIM105."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np

from limen.before.check._minhash import words_of
from limen.before.check.against import LEAST_WORDS, text_key
from limen.before.check.registry import rule
from limen.before.check.rule import Context, Severity
from limen.before.check.seen_row import SeenRow
from limen.before.check.spotting import Spot, Spotting
from limen.core import Finding
from limen.data import ReadReport


@rule
class LeakedText(Spotting):
    """Rows of which a prompt or an answer stands word for word in a file that they must not overlap with.

    Files are named with --against: a validation or test set, or a benchmark, of whatever shape; each of its texts is
    compared with each turn and answer of a row, without regard to case, punctuation and white space. Texts of fewer
    than five words are left aside. A prompt counts although its answer is another one. One row is enough to fail.

    Why: What a model has been trained on it cannot be tested on: the score on such a benchmark is worth nothing.

    Example: A question of the benchmark that the model is to be judged by, with its answer, among the rows.
    """

    code: ClassVar[str] = "LIM105"
    name: ClassVar[str] = "leaked-text"
    severity: ClassVar[Severity] = Severity.WARNING
    reference: ClassVar[str] = (
        "OpenAI 2023, GPT-4 Technical Report, arXiv 2303.08774, on text of a test found in training data; Magar and"
        " Schwartz 2022, Data Contamination: From Memorization to Exploitation, arXiv 2203.08242, on why."
    )
    needs_against: ClassVar[bool] = True
    any_row_fails: ClassVar[bool] = True
    title = "Rows with a text of the files that they are compared with: {count} of {total} ({share})."
    clear = "No prompt or answer of {total} rows stands in the files that they are compared with."
    remedy = "Leave these rows out, or test the model on something else."

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._files: Counter[str] = Counter()

    def see(self, seen: SeenRow) -> None:
        """Count the row if it has such a text."""
        if self.context.against is not None:
            super().see(seen)

    def spots(self, seen: SeenRow) -> Iterator[Spot]:
        """Every passage that is such a text; one a row is counted for its file."""
        against = self.context.against
        if against is None:
            return
        counted = set()
        for passage in seen.passages:
            words = words_of(passage.text)
            if passage.field == "tools" or len(words) < LEAST_WORDS:
                continue
            for at in against.wholes.places(np.array([text_key(words)], np.uint64)).tolist():
                file, number = against.place(int(against.wholes.texts[at]))
                if file not in counted:
                    counted.add(file)
                    self._files[file] += 1
                kind = "answer" if passage.field.startswith(("answer", "rejected")) else "prompt"
                yield Spot(kind, f"as in record {number:,} of {file}", passage.field, 0, len(passage.text))

    def evidence(self) -> dict[str, Any]:
        """Further numbers: rows by kind of text and by file."""
        return super().evidence() | {"files": dict(self._files.most_common())}

    def findings(self, report: ReadReport) -> list[Finding]:
        """How many rows have such a text."""
        if self.context.against is None:
            return [self.not_compared("Whether rows overlap with a validation set or a benchmark")]
        return super().findings(report)
