"""LIM413."""

from __future__ import annotations

from collections import Counter
from typing import ClassVar

from limen.before.check.find_toxic import Judged, ToxicityFinder, toxicity_finder
from limen.before.check.registry import rule
from limen.before.check.rule import Context, Rule, Severity
from limen.before.check.seen_row import SeenRow
from limen.core import Finding, Row
from limen.data import ReadReport

LEAST = 0.5
"""Probability of toxicity from which a row is named."""

_BATCH = 32  # passages that the classifier is shown together


@rule
class ToxicAnswer(Rule):
    """Rows of which a classifier calls an answer toxic.

    Off unless `toxicity` is set in the configuration: the folder or hub id of a sequence classifier of transformers,
    with weights as safetensors. Which of its labels stand for toxicity is read from their names (toxic, hate, insult,
    threat and the like). A row is named where these make up a probability of one half or more for an answer or an
    earlier turn of the assistant; of a long text the first 512 tokens are looked at, or as many as the classifier
    takes. Rejected answers are not looked at. It runs on the processor, in batches.

    Why: A model learns the tone of its answers; a few insults among thousands of rows are found by no list of words.

    Example: {"instruction": "What do you think of my essay?", "output": "Only an idiot writes like this."}
    """

    code: ClassVar[str] = "LIM413"
    name: ClassVar[str] = "toxic-answer"
    severity: ClassVar[Severity] = Severity.WARNING
    reference: ClassVar[str] = (
        "Gehman et al. 2020, RealToxicityPrompts, arXiv 2009.11462, which takes one half as the bound too."
    )
    needs_classifier: ClassVar[bool] = True

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._finder: ToxicityFinder | None = None
        if context.toxicity is not None:
            self._finder = toxicity_finder(context.toxicity)
        self._waiting: list[tuple[Row, str, str]] = []
        self._tally = self.new_tally()
        self._labels: Counter[str] = Counter()
        self._total = 0

    def see(self, seen: SeenRow) -> None:
        """Put what the row's assistant says before the classifier, with that of other rows."""
        if self._finder is None:
            return
        self._total += 1
        self._waiting += [(seen.row, p.field, p.text) for p in seen.passages if p.answers]
        if len(self._waiting) >= _BATCH:
            self._judge()

    def _judge(self) -> None:
        """Count the rows that wait; of a row the answer that is most likely toxic is told."""
        if self._finder is None or not self._waiting:
            return
        worst: dict[int, tuple[Row, str, str, Judged]] = {}
        for (row, field, text), said in zip(
            self._waiting, self._finder.judge([text for _, _, text in self._waiting]), strict=True
        ):
            if row.index not in worst or said.probability > worst[row.index][3].probability:
                worst[row.index] = row, field, text, said
        for row, field, text, said in worst.values():
            if said.probability >= LEAST:
                self._labels[said.label] += 1
                self._tally.add(row, f"{said.label}: {said.probability:.2f}", field, 0, len(text))
        self._waiting = []

    def findings(self, report: ReadReport) -> list[Finding]:
        """How many rows have a toxic answer."""
        if self._finder is None:
            return [
                self.not_measured(
                    "Whether answers are toxic was not measured.",
                    "the configuration names no classifier.",
                    'Write toxicity = "FOLDER" under [check]: a sequence classifier with labels of toxicity.',
                )
            ]
        self._judge()
        return [
            self.counted(
                self._tally.hits,
                self._tally.count,
                self._total,
                rows=self._tally.rows,
                title="Rows with an answer that the classifier calls toxic: {count} of {total} ({share}).",
                clear="The classifier calls no answer toxic, in {total} rows.",
                remedy="Read these rows, and leave out those in which it is right.",
                evidence={"classifier": self.context.toxicity, "labels": dict(self._labels.most_common())},
            )
        ]
