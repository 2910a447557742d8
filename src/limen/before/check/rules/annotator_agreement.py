"""LIM606."""

from __future__ import annotations

from array import array
from typing import ClassVar

import numpy as np

from limen.before.check.agreement_alpha import krippendorff_alpha
from limen.before.check.judgements import judgement_of, who_judged
from limen.before.check.keys import key_of
from limen.before.check.registry import rule
from limen.before.check.rule import Context, Rule, Severity
from limen.before.check.seen_row import SeenRow
from limen.before.check.whole_file import parts_of
from limen.before.check.wide_judgements import wide_judgements
from limen.core import Finding, Interval, Verdict
from limen.data import ReadReport

ENOUGH = 0.667
"""Alpha below which Krippendorff draws no conclusions from judgements."""

LEAST_UNITS = 20
MOST_LABELS = 50
"""Distinct labels that are kept."""

_LABELS_FROM = 1e9  # beyond every rating


@rule
class AnnotatorAgreement(Rule):
    """Judgements on which the annotators do not agree, where a column says who judged.

    Columns: `annotator`, `rater`, `labeler`, `worker` or `judge`, with `_id` or `_hash` if need be. What two or more
    of them judged (a pair of answers to a prompt, or an answer to a prompt) is compared by Krippendorff's alpha, with
    a 95% bootstrap interval over what was judged; so is what stands in wide columns, one a judge (`annotator_1`,
    `annotator_2`, `annotation_1`, `rating_a` and the like). Numbers are compared by their squared difference, labels
    by whether they are the same; up to 50 labels are told apart. Found if the whole interval lies below 0.667, clear
    if none of it does.

    Why: A reward learned from judges who do not agree is mostly noise, and its accuracy cannot rise above theirs.

    Example: Two workers rate the same 500 answers, and alpha is 0.21.
    """

    code: ClassVar[str] = "LIM606"
    name: ClassVar[str] = "annotator-agreement"
    severity: ClassVar[Severity] = Severity.INFO
    reference: ClassVar[str] = (
        "Krippendorff 2004, Content Analysis; Krippendorff 2011, Computing Krippendorff's Alpha-Reliability."
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._units = array("q")
        self._judges = array("q")
        self._values = array("d")
        self._labels: dict[str, int] = {}

    def see(self, seen: SeenRow) -> None:
        """Keep who judged what how."""
        row = seen.row
        wide = wide_judgements(row.columns)
        for column, value in wide.items():
            self._keep(key_of(f"{row.id} {row.index}"), column, value)
        if wide:
            return
        who = who_judged(row)
        judgement = judgement_of(row) if who is not None else None
        if who is not None and judgement is not None:
            self._keep(key_of(repr((seen.prompt_key, judgement[0]))), who, judgement[1])

    def _keep(self, unit: int, judge: str, value: float | str) -> None:
        """Note a judgement: 24 bytes; a label as its number."""
        if isinstance(value, str):
            if value not in self._labels and len(self._labels) >= MOST_LABELS:
                return
            value = _LABELS_FROM + self._labels.setdefault(value, len(self._labels))
        self._units.append(unit)
        self._judges.append(key_of(judge))
        self._values.append(value)

    def findings(self, report: ReadReport) -> list[Finding]:
        """How far the annotators agree; nothing where no column names them."""
        if not self._units:
            return []
        units, judges = np.array(self._units, np.int64), np.array(self._judges, np.int64)
        _, first = np.unique(np.stack([units, judges]), axis=1, return_index=True)
        values = np.array(self._values)[first]
        # A column of labels with a number among them is one of labels
        if self._labels:
            values = (values[:, None] == np.unique(values)).astype(np.float64)
        found = krippendorff_alpha(values, units[first])
        if found is None or found[3] < LEAST_UNITS:
            return [
                self.not_measured(
                    "Whether annotators agree was not measured.",
                    f"fewer than {LEAST_UNITS} answers or pairs were judged by two of them.",
                    "Have some rows judged twice.",
                )
            ]
        alpha, low, high, count = found
        verdict = Verdict.FOUND if high < ENOUGH else Verdict.CLEAR if low >= ENOUGH else Verdict.INCONCLUSIVE
        says = {Verdict.FOUND: "do not agree enough", Verdict.CLEAR: "agree"}.get(
            verdict, "may or may not agree enough"
        )
        return [
            self.finding(
                title=f"Annotators {says}: Krippendorff's alpha {alpha:.2f} [{low:.2f}, {high:.2f}] over {count:,} "
                "judged twice.",
                verdict=verdict,
                effect=Interval(alpha, low, high, unit="Krippendorff's alpha", sampling_unit="judged answer or pair"),
                guarantee="95% bootstrap interval over what was judged",
                reason=f"the interval holds {ENOUGH}." if verdict is Verdict.INCONCLUSIVE else "",
                remedy="Write the criteria down, and have the rows judged again that they disagree on."
                if verdict is Verdict.FOUND
                else "",
                asked=verdict is not Verdict.INCONCLUSIVE,
                evidence={
                    "alpha": alpha,
                    "units": count,
                    "annotators": len(np.unique(judges)),
                    "parts": parts_of([("alpha", (alpha - ENOUGH, low - ENOUGH, high - ENOUGH))]),
                },
            )
        ]
