"""LIM211."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from limen.before.check.registry import rule
from limen.before.check.reservoir import Reservoir
from limen.before.check.rule import Context, Hit, Rule, Severity
from limen.before.check.seen_row import SeenRow
from limen.before.token_ends import FEWEST_ROWS, FEWEST_TOKENS, shared_run
from limen.core import Finding, Verdict
from limen.core.wording import plural
from limen.data import EncodedRow, ReadReport

_SAMPLE = 1_000
_KEPT = 256
"""Tokens that are kept of each end of a row."""


@dataclass(frozen=True)
class _Ends:
    """Both ends of a row's trained tokens, the last token first at its end, and how many there are."""

    row_id: str
    index: int
    start: NDArray[np.int32]
    end: NDArray[np.int32]
    trained: int


def _ends_of(row: EncodedRow) -> _Ends:
    trained = row.input_ids[row.trained]
    end = trained[:0] if row.truncated else trained[::-1][:_KEPT].copy()
    return _Ends(row.row_id, row.index, trained[:_KEPT].copy(), end, len(trained))


@rule
class TrainedBoilerplate(Rule):
    """Files of which most rows begin or end with the same trained tokens.

    Of up to 1,000 rows, drawn at random with a fixed seed, the longest run of at least four trained tokens that half of
    them begin with, and the longest that half end with; special tokens do not count towards the four, and of rows that
    are cut the end is not looked at. Found by how much of the training goes there, as a share of the trained tokens of
    these rows. Which tokens are trained on is what --loss says. Needs --model.

    Why: They are learned first and by heart, take up the loss, and hide what differs between rows.

    Example: Training on whole conversations, so that the same system prompt is trained on in every row; or answers that
    all open with "Sure! Here is".
    """

    code: ClassVar[str] = "LIM211"
    name: ClassVar[str] = "trained-boilerplate"
    severity: ClassVar[Severity] = Severity.WARNING
    reference: ClassVar[str] = "Vitter 1985, Random Sampling with a Reservoir."
    needs_tokenizer: ClassVar[bool] = True

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._sample = Reservoir[_Ends](_SAMPLE)
        self._special: frozenset[int] = frozenset()

    def see(self, seen: SeenRow) -> None:
        """Keep both ends of the row's trained tokens, or not, so that each row is as likely to be in the sample."""
        row = seen.encoded
        if row is None or seen.model is None or not row.trained.any():
            return
        self._special = seen.model.special
        self._sample.add(lambda: _ends_of(row))

    def findings(self, report: ReadReport) -> list[Finding]:
        """Which share of the trained tokens most rows have in common."""
        if not self.context.has_tokenizer:
            return [self.not_encoded("Whether most rows train on the same beginning or end")]
        sample, total = sorted(self._sample.kept, key=lambda one: one.index), self._sample.total
        if len(sample) < FEWEST_ROWS:
            title = f"{plural(len(sample), 'row')} with trained tokens are too few to have boilerplate in common."
            return [self.finding(title, Verdict.CLEAR, evidence={"looked_at": len(sample), "of": total})]
        start, starting = shared_run([one.start for one in sample], self._special)
        end, ending = shared_run([one.end for one in sample], self._special)
        spent = len(start) * len(starting) + len(end) * len(ending)
        share = spent / sum(one.trained for one in sample)
        notes = dict.fromkeys(ending, f"its last {len(end)} trained tokens") | dict.fromkeys(
            starting, f"its first {len(start)} trained tokens"
        )
        parts = [
            f"{len(hit):,} {verb} with the same {len(run)}"
            for run, hit, verb in ((start, starting, "begin"), (end, ending, "end"))
            if len(run)
        ]
        many = f"{len(sample):,} of {total:,} rows, drawn at random"
        finding = self.counted(
            [Hit(sample[at].row_id, sample[at].index, notes[at]) for at in sorted(notes)],
            len(notes),
            len(sample),
            title="Rows that train on the same beginning or end: {count} of {total} ({share})",
            clear=f"No run of {FEWEST_TOKENS} trained tokens begins or ends half of {{total}} rows",
            of_all=f"{', '.join(parts)}; {share:.1%} of the trained tokens" if parts else "special tokens apart",
            remedy="Train on the answers alone (rows of prompt and completion, or --loss assistant), or take the "
            "shared text out.",
            guarantee=many if total > len(sample) else "every row was read",
            evidence={
                "of": total,
                "start_tokens": len(start),
                "start_rows": len(starting),
                "end_tokens": len(end),
                "end_rows": len(ending),
                "share_of_trained_tokens": share,
            },
        )
        # What counts is how much of the training goes there: half of the rows is where it begins to be looked at
        return [replace(finding, harmful=finding.harmful and self.spoils(share))]
