"""LabelSample: texts and labels of a file whose answers or ratings are a closed set; of other files next to nothing.

Labels are of a closed set where 2 to 20 of them, each on at least 20 rows, make up 95% of at least 100 rows.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from limen.before.check.keys import answer_key, same_reading
from limen.before.check.reservoir import Reservoir
from limen.before.check.seen_row import SeenRow
from limen.core import RowKind

SAMPLE = 20_000
LEAST_ROWS = 100
LEAST_OF_EACH = 20
MOST_LABELS = 20
COVERED = 0.95
LONGEST = 60
"""Characters of the longest answer that can be a label."""

COLUMNS = ("label", "labels", "label_text", "class", "category", "sentiment")
"""Columns that hold the label of a text."""

_MOST_DISTINCT = 1_000
_OPEN = 0.5
"""Share of rows with none of the most common labels from which a file is given up, at 100 rows, 200, 400 and so on."""

_HALF = 250
_AROUND = " .!\"'`*()[]:"


@dataclass(frozen=True)
class Labelled:
    """A row with a label.

    Attributes:
        row_id: The row's id.
        index: Its position in the source, from 0.
        label: What the row says of its text.
        text: What the label is of: its first and last 250 characters, where it is longer.
        prompt: The key of its prompt, or of its text where it is nothing else.
    """

    row_id: str
    index: int
    label: str
    text: str
    prompt: int


class LabelSample:
    """A sample of up to 20,000 rows with a label, drawn so that each is as likely to be in it (Vitter 1985).

    Attributes:
        total: How many rows were seen, those without a label among them.
        open: Whether labels were seen to be of no closed set, after which nothing is kept.
    """

    def __init__(self) -> None:
        self.total = 0
        self.open = False
        self._counts: Counter[str] = Counter()
        self._sample = Reservoir[Labelled](SAMPLE)
        self._look_at = LEAST_ROWS

    def add(self, seen: SeenRow) -> None:
        """Draw a row, or not; a preference pair, or a row without a prompt and without a column of labels, has none.

        Args:
            seen: The row.
        """
        if self.open:
            return
        self.total += 1
        label = label_of(seen)
        if label and (label in self._counts or len(self._counts) < _MOST_DISTINCT):
            self._counts[label] += 1
            self._sample.add(lambda: _labelled(seen, label))
        if self.total == self._look_at:
            self._look_at *= 2
            if self._strange() > _OPEN * self.total:
                self.open = True
                self._counts.clear()
                self._sample.kept.clear()

    def _strange(self) -> int:
        """How many rows have no label, or none of the most common ones."""
        return self.total - sum(count for _, count in self._counts.most_common(MOST_LABELS))

    @property
    def labels(self) -> list[str]:
        """The labels of the closed set in alphabetical order; none where there is no such set."""
        common = [(label, count) for label, count in self._counts.most_common(MOST_LABELS) if count >= LEAST_OF_EACH]
        if len(common) < 2 or self.total < LEAST_ROWS or sum(n for _, n in common) < COVERED * self.total:
            return []
        return sorted(label for label, _ in common)

    def rows(self) -> list[Labelled]:
        """The rows of the sample whose label is one of the closed set, in their order."""
        closed = set(self.labels)
        return sorted((one for one in self._sample.kept if one.label in closed), key=lambda one: one.index)


def label_of(seen: SeenRow) -> str:
    """The label of a row: its rating, its answer where that is short, or of a text a column's; empty where it has none.

    Args:
        seen: The row.
    """
    row = seen.row
    if row.kind is RowKind.RATED:
        return "" if row.rating is None else f"rating {row.rating:g}"
    if row.kind is RowKind.TEXT:
        value = next((row.columns[name] for name in COLUMNS if row.columns.get(name) not in (None, "")), None)
        return _read(str(value)) if isinstance(value, str | bool | int) else ""
    if row.kind is RowKind.PREFERENCE or not row.prompt or len(row.answer) != 1:
        return ""
    return _read(row.answer[0].content)


def _read(answer: str) -> str:
    """A label by its letters, empty where it is too long for one."""
    if len(answer) > 2 * LONGEST:  # most rows end here; white space may still be taken from the rest
        return ""
    read = same_reading(answer)
    return (read.strip(_AROUND) or read) if len(read) <= LONGEST else ""


def _labelled(seen: SeenRow, label: str) -> Labelled:
    row = seen.row
    said = row.prompt[-1:] + (row.answer if row.kind in (RowKind.RATED, RowKind.TEXT) else ())
    text = "\n".join(message.content for message in said)
    if len(text) > 2 * _HALF:
        text = f"{text[:_HALF]} {text[-_HALF:]}"
    prompt = answer_key(row.answer) if row.kind is RowKind.TEXT else seen.prompt_key
    return Labelled(row.id, row.index, label, text, prompt)
