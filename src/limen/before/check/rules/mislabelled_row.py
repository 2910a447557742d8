"""LIM806."""

from __future__ import annotations

from collections import Counter
from typing import Any, ClassVar

import numpy as np

from limen.before.check.confident_learning import balanced_accuracy, contradicted, out_of_sample
from limen.before.check.label_sample import LEAST_OF_EACH, Labelled, LabelSample
from limen.before.check.masking import masked
from limen.before.check.registry import rule
from limen.before.check.rule import Context, Hit, Rule, Severity
from limen.before.check.seen_row import SeenRow
from limen.core import Finding, MissingExtraError, Verdict
from limen.data import ReadReport

SKILL = 0.6
"""How far on the way from chance to certainty the lower end of the balanced accuracy must lie. In parts of eleven real
files of which one label in twenty was flipped, 69% of the rows named at 0.6 to 0.7 had been flipped, 86% at 0.7 to 0.8,
98% above; at 0.5 to 0.6 42%, and below 0.2 one in ten."""


@rule
class MislabelledRow(Rule):
    """Rows whose label contradicts what their text says, where the answers are a closed set of labels.

    Applies where 2 to 20 short answers or ratings, or of rows of plain text what a column such as `label` or `class`
    says, each on at least 20 rows, make up 95% of 100 rows or more; elsewhere it says nothing. Of up to 20,000 rows,
    drawn at random with a fixed seed, the label is told from the prompt's last turn (of rated rows from that and the
    answer, of plain text from all of it) by logistic regression on TF-IDF of words and pairs of words, in five folds,
    rows with the same prompt in one; of a text longer than 500 characters the first and last 250 are read. A row is
    named by confident learning: another class reaches the mean that its own rows have, and is likelier than the row's.
    Where the lower end of the 95% interval of the balanced accuracy lies less than three fifths of the way from chance
    to certainty, labels cannot be told from the texts well enough, and the rule says so instead of naming rows. This
    needs the extra `labels`, and some seconds at the end: 20 for 20,000 rows with 20 labels. A file is given up where
    most of the first 100 rows, 200, 400 and so on have no such answer.

    Why: A label is all that such a row teaches, and a wrong one teaches the opposite.

    Example: Of 500 statements such as "I enjoy causing pain to others" one is labelled "Yes", the others "No".
    """

    code: ClassVar[str] = "LIM806"
    name: ClassVar[str] = "mislabelled-row"
    severity: ClassVar[Severity] = Severity.INFO
    reference: ClassVar[str] = (
        "Northcutt, Jiang and Chuang 2021, Confident Learning: Estimating Uncertainty in Dataset Labels; Brodersen, "
        "Ong, Stephan and Buhmann 2010, The Balanced Accuracy and Its Posterior Distribution."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._sample = LabelSample()

    def see(self, seen: SeenRow) -> None:
        """Keep the text and its label, as long as labels may be of a closed set."""
        self._sample.add(seen)

    def findings(self, report: ReadReport) -> list[Finding]:
        """Which labels contradict their texts; nothing where there are no labels."""
        rows = self._sample.rows()
        # Of a label that is rare in a large file, the sample may hold too few
        counts = Counter(one.label for one in rows)
        labels = [label for label in self._sample.labels if counts[label] >= LEAST_OF_EACH]
        if len(labels) < 2:
            return []
        rows = [one for one in rows if one.label in labels]
        classes = np.array([labels.index(one.label) for one in rows], np.int64)
        prompts = np.array([one.prompt for one in rows], np.int64)
        try:
            probabilities = out_of_sample([one.text for one in rows], classes, prompts)
        except MissingExtraError as error:
            return [self.not_measured("Whether labels are right was not measured.", error.what, error.remedy)]
        accuracy, low, high = balanced_accuracy(probabilities, classes, prompts)
        chance = 1 / len(labels)
        needed = chance + SKILL * (1 - chance)
        evidence = {
            "labels": {masked(label): counts[label] for label in labels},
            "balanced_accuracy": accuracy,
            "balanced_accuracy_low": low,
            "balanced_accuracy_high": high,
            "chance": chance,
            "needed": needed,
            "rows": self._sample.total,
        }
        if low < needed:
            return [self._cannot_tell(evidence)]
        told = contradicted(probabilities, classes)
        found = np.flatnonzero(told != classes)
        found = found[np.argsort(probabilities[found, classes[found]], kind="stable")].tolist()
        hits = [_hit(rows[at], labels[told[at]], float(probabilities[at, told[at]])) for at in found]
        return [
            self.counted(
                hits,
                len(hits),
                len(rows),
                title="Labels that the text contradicts: {count} of {total} ({share}).",
                clear="None of {total} labels contradicts its text.",
                remedy="Read them: mend those that are wrong, and leave the others.",
                guarantee=f"{len(rows):,} of {self._sample.total:,} rows, drawn at random; balanced accuracy of the "
                f"classifier {accuracy:.2f} [{low:.2f}, {high:.2f}], chance {chance:.2f}",
                evidence=evidence,
            )
        ]

    def _cannot_tell(self, evidence: dict[str, Any]) -> Finding:
        accuracy, low, high = (evidence[f"balanced_accuracy{end}"] for end in ("", "_low", "_high"))
        chance = evidence["chance"]
        poor = "no better than chance" if low <= chance else "too little better than chance"
        return self.finding(
            "Whether labels are right was not measured: they cannot be told from the texts.",
            Verdict.NOT_MEASURED,
            reason=f"a classifier tells them {poor} (balanced accuracy {accuracy:.2f} [{low:.2f}, {high:.2f}], chance "
            f"{chance:.2f}, needed {evidence['needed']:.2f}).",
            remedy="Have some of them labelled a second time, and compare.",
            asked=False,
            evidence=evidence,
        )


def _hit(row: Labelled, other: str, probability: float) -> Hit:
    note = f"labelled {masked(row.label)!r}, reads like {masked(other)!r} with probability {probability:.2f}"
    return Hit(row.row_id, row.index, note)
