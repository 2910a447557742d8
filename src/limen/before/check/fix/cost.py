"""What a fix costs: rows, characters, tokens, distinct prompts and mentions of groups that are no longer there."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from limen.before.check.groups import Lexicon
from limen.before.check.groups.row_groups import row_groups
from limen.before.check.keys import key_of
from limen.before.check.seen_row import SeenRow
from limen.core import LimenError, Row
from limen.data import encode_rows

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


class Cost:
    """Counts what goes in and what comes out, in 16 bytes a row for the prompts.

    Args:
        tokenizer: The model's own, to count the tokens of rows that are changed or left out; None to count none.
        lexicons: Of groups of people, whose mentions are counted; none to count none.

    Attributes:
        groups_before: Rows by dimension and group that they mention.
        groups_after: The same of what is written, rows that were added among them.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase | None = None, lexicons: Sequence[Lexicon] = ()) -> None:
        self._tokenizer = tokenizer
        self._lexicons = lexicons
        self.groups_before: Counter[tuple[str, str]] = Counter()
        self.groups_after: Counter[tuple[str, str]] = Counter()
        self._prompts_before = array("Q")
        self._prompts_after = array("Q")
        self.rows_before = 0
        self.rows_after = 0
        self.rows_added = 0
        self.characters_added = 0
        self.unreadable = 0
        self.unreadable_kept = 0
        self.characters_before = 0
        self.characters_after = 0
        self.tokens_lost: int | None = None if tokenizer is None else 0

    def add(self, before: SeenRow | None, after: SeenRow | None, *, kept: bool = False) -> None:
        """Count a row.

        Args:
            before: As it was; None for a row that cannot be read.
            after: As it is written, the same object where nothing was changed; None where it is left out, or cannot be
                read.
            kept: Whether a row that cannot be read is written as it stands.
        """
        if before is None:
            self.unreadable += 1
            self.unreadable_kept += kept
            return
        prompt = _prompt(before.row)
        length = len(before.row.text)
        self.rows_before += 1
        self.characters_before += length
        self._prompts_before.append(prompt)
        groups = self._groups(before)
        self.groups_before.update(groups)
        if after is not None:
            self.groups_after.update(groups if after is before else self._groups(after))
            self.rows_after += 1
            self.characters_after += len(after.row.text) if after is not before else length
            self._prompts_after.append(_prompt(after.row) if after is not before else prompt)
        if after is not before and self._tokenizer is not None:
            lost = _tokens(before.row, self._tokenizer) - (_tokens(after.row, self._tokenizer) if after else 0)
            self.tokens_lost = (self.tokens_lost or 0) + lost

    def add_row(self, seen: SeenRow) -> None:
        """Count a row that the original does not have; it is among none of the other numbers.

        Args:
            seen: The row.
        """
        self.rows_added += 1
        self.characters_added += len(seen.row.text)
        self.groups_after.update(self._groups(seen))

    def _groups(self, seen: SeenRow) -> list[tuple[str, str]]:
        """Dimensions and groups that a row mentions."""
        if not self._lexicons:
            return []
        mentioned = row_groups(seen, self._lexicons).mentioned
        return [(dimension, group) for dimension, groups in mentioned.items() for group in groups]

    @property
    def groups_moved(self) -> dict[str, list[tuple[str, int, int]]]:
        """Where the balance of groups is another: dimension → group, rows before, rows after, the most first."""
        moved = {d for d, g in self.groups_before | self.groups_after if self._count(d, g)[0] != self._count(d, g)[1]}
        told: dict[str, list[tuple[str, int, int]]] = {}
        for dimension, group in sorted(self.groups_before | self.groups_after):
            if dimension in moved:
                told.setdefault(dimension, []).append((group, *self._count(dimension, group)))
        return {dimension: sorted(rows, key=lambda row: -row[1]) for dimension, rows in told.items()}

    def _count(self, dimension: str, group: str) -> tuple[int, int]:
        return self.groups_before[dimension, group], self.groups_after[dimension, group]

    @property
    def lines_before(self) -> int:
        """How many rows went in, those that cannot be read among them."""
        return self.rows_before + self.unreadable

    @property
    def lines_after(self) -> int:
        """How many of these are in the new file."""
        return self.rows_after + self.unreadable_kept

    @property
    def prompts_before(self) -> int:
        """How many distinct prompts went in."""
        return _distinct(self._prompts_before)

    @property
    def prompts_after(self) -> int:
        """How many distinct prompts came out."""
        return _distinct(self._prompts_after)

    def as_dict(self) -> dict[str, Any]:
        """The numbers, for the manifest."""
        names = ("rows_before", "rows_after", "unreadable", "unreadable_kept", "characters_before", "characters_after")
        prompts = {"prompts_before": self.prompts_before, "prompts_after": self.prompts_after}
        added = {"rows_added": self.rows_added, "characters_added": self.characters_added} if self.rows_added else {}
        moved = {d: {g: [n, m] for g, n, m in rows} for d, rows in self.groups_moved.items()}
        groups = {"groups_moved": moved} if self._lexicons else {}
        return {**{name: getattr(self, name) for name in (*names, "tokens_lost")}, **prompts, **added, **groups}


def _tokens(row: Row, tokenizer: PreTrainedTokenizerBase) -> int:
    try:
        return sum(len(encoded.input_ids) for encoded in encode_rows([row], tokenizer))
    except LimenError:  # the template cannot render it: it was never trained on
        return 0


def _prompt(row: Row) -> int:
    return key_of("\0".join(f"{m.role}\0{m.content}" for m in row.prompt))


def _distinct(values: array[int]) -> int:
    return len(np.unique(np.array(values, dtype=np.uint64)))
