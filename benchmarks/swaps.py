"""Rows of real files with gender swapped, to be read: how many are swapped, why others are not, and some of them.

Read are the fifty whose SHA-256 of file and id is the smallest, and all of 500 characters and more, of which there are
few: what a longer text says of a person is harder to swap. What a reader said of them stands in
`tests/before/check/groups/swapped_rows.jsonl`, with a hash of the text that was read; a test compares. Of other
dimensions these files have few rows, all of which were read, with sentences written for it: `swapped_others.jsonl`.

Run: python -m benchmarks.swaps [--show] [--dimension NAME]
"""

from __future__ import annotations

import argparse
import difflib
import hashlib
from collections import Counter
from dataclasses import dataclass

from benchmarks.realistic_rows import DATA, FILES
from limen.before.check.groups import load_lexicons
from limen.before.check.groups.row_groups import row_groups
from limen.before.check.groups.swap_german import NotSwapped
from limen.before.check.groups.swapping import swap_for
from limen.before.check.seen_row import SeenRow
from limen.core import Row
from limen.data import read_rows

DIMENSION = "gender"
READ = 50
LONG = 500


@dataclass(frozen=True)
class Swapped:
    """A row and what it became.

    Attributes:
        file: Under the folder of the real data.
        row: Row id.
        before: Its texts.
        after: These, swapped.
    """

    file: str
    row: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def is_long(self) -> bool:
        """Whether it had 500 characters or more."""
        return sum(map(len, self.before)) >= LONG

    @property
    def digest(self) -> str:
        """Of what it became."""
        return hashlib.sha256("\x00".join(self.after).encode()).hexdigest()[:16]


def texts_of(row: Row) -> tuple[str, ...]:
    """Every turn and answer."""
    return tuple(message.content for part in (row.prompt, row.answer, row.rejected) for message in part)


def swapped_rows(dimension: str = DIMENSION) -> tuple[list[Swapped], Counter[str], Counter[bool]]:
    """The rows that are swapped, each once; why others are not; and how many short and long ones mention a group.

    Args:
        dimension: By which they are swapped.
    """
    lexicons = load_lexicons()
    made: list[Swapped] = []
    skipped: Counter[str] = Counter()
    mentioned: Counter[bool] = Counter()
    for file in FILES:
        rows = {row.id: row for row in read_rows(DATA / file)}
        for row in rows.values():
            read = row_groups(SeenRow(row), lexicons)
            if dimension not in read.mentioned:
                continue
            mentioned[Swapped(file, row.id, texts_of(row), ()).is_long] += 1
            try:
                change = swap_for(row, read.lexicon, dimension)
                made.append(Swapped(file, row.id, texts_of(row), tuple(map(change, texts_of(row)))))
            except NotSwapped as error:
                skipped[str(error)] += 1
    return made, skipped, mentioned


def drawn(made: list[Swapped]) -> list[Swapped]:
    """Those to be read: fifty, and the long ones that are not among them.

    Args:
        made: All that are swapped.
    """
    order = sorted(made, key=lambda one: hashlib.sha256(f"{one.file} {one.row}".encode()).hexdigest())
    return order[:READ] + [one for one in order[READ:] if one.is_long]


def shown(one: Swapped) -> str:
    """What a row became, with what it was in brackets at each change.

    Args:
        one: The row.
    """
    parts = []
    for before, after in zip(one.before, one.after, strict=True):
        was, now = before.split(" "), after.split(" ")
        said = ""
        for kind, a, b, c, d in difflib.SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
            said += " ".join(now[c:d]) + (f"[{' '.join(was[a:b])}] " if kind != "equal" else " ")
        parts.append(said)
    return "\n--\n".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", action="store_true", help="show those to be read")
    parser.add_argument("--dimension", default=DIMENSION, help="by which rows are swapped")
    chosen = parser.parse_args()
    made, skipped, mentioned = swapped_rows(chosen.dimension)
    print(
        f"Of {mentioned.total()} rows that mention a group by {chosen.dimension} {len(made)} are swapped; "
        f"the others: {dict(skipped)}."
    )
    long = sum(one.is_long for one in made)
    print(f"Of {mentioned[False]} short rows {len(made) - long} are swapped, of {mentioned[True]} long ones {long}.")
    if chosen.show:
        for number, one in enumerate(drawn(made), 1):
            print(f"\n===== {number} {one.file} {one.row} {one.digest}\n{shown(one)}")


if __name__ == "__main__":
    main()
