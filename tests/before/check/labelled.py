"""Hits and misses of rules on the real files, and the labels that a reader gave them.

Labels lie in `labels/CODE.jsonl`, one row a line: file, row id, whether the rule named it, whether it is right to (of a
row that it did not name: whether it is right not to), and why. No row content is copied into them. Which rows are read
is decided by the SHA-256 of the rule's code, the file and the row's id: they are read in that order, so that a rule
that is changed needs only those rows read whose verdict changed, and the next ones in the order. The labels marked
`first` are of an earlier draw, by a generator whose seed was the code; they count as long as they are true of the rule.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

from limen.before.check import get_rule
from limen.before.check.find_with_presidio import PATTERNS
from limen.before.check.groups import load_lexicons
from limen.before.check.groups.roles import roles_in
from limen.before.check.groups.row_groups import row_groups
from limen.before.check.rule import Context
from limen.before.check.seen_row import SeenRow
from limen.core import Row, World
from limen.data import read_rows
from limen.traits import all_traits
from tests.before.check.cues import cued
from tests.before.check.evals import EVALS, PERSONAS, question_rows

LABELS = Path(__file__).parent / "labels"
FILES = (
    "instructions/alpaca_en_demo.json",
    "instructions/glaive_toolcall_en_demo.json",
    "instructions/rasbt_instructions.json",
    "preferences/dpo_en_demo.json",
    "preferences/kto_en_demo.json",
    "preferences/rasbt_preferences.json",
)
FURTHER = ("ifeval/example_en_responses.jsonl", "xstest/completions_llama2new.csv", "xstest/completions_llama2orig.csv")
"""Read where the files above hold fewer than 50 hits."""

MORE = {"LIM805": EVALS, "LIM806": EVALS}
"""Rules for which the files above are too varied, or have no labels, and what else is read for them."""

JUDGED = {"LIM805": EVALS, "LIM806": PERSONAS}
"""Files of which these rules give a verdict, and in which alone they can miss a row."""

MOST = 50
"""Hits, and misses, that are read of a rule."""


def _says_a_role(seen: SeenRow) -> bool:
    return bool(roles_in(row_groups(seen, load_lexicons())))


COUNTED = {"LIM704": _says_a_role}
"""Rules that name rows only where a test finds something, for which no file here is large enough: the rows that go into
the test are read."""


ASKED = {"LIM412": {"presidio": PATTERNS}}
"""What rules that are off by default are asked with."""


@dataclass(frozen=True)
class Label:
    """What a reader said of a row.

    Attributes:
        file: Under the folder of the real data.
        row: Row id.
        hit: Whether the rule named the row when it was read.
        right: Whether the rule was right about it.
        reason: Why.
        first: Whether it is of the earlier draw.
    """

    file: str
    row: str
    hit: bool
    right: bool
    reason: str
    first: bool = False


def labels(code: str) -> list[Label]:
    """The labels of a rule.

    Args:
        code: Its code.
    """
    path = LABELS / f"{code}.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return [Label(**json.loads(line)) for line in lines]


def codes() -> list[str]:
    """Rules that have labels."""
    return sorted(path.stem for path in LABELS.glob("*.jsonl"))


@cache
def seen_rows(path: Path) -> tuple[SeenRow, ...]:
    """The rows of a file, read once for all rules.

    Args:
        path: The file.
    """
    return tuple(map(SeenRow, read_rows(question_rows(path) if path.parent.name == "evals" else path)))


_HITS: dict[tuple[str, Path], list[Row]] = {}


def hit_rows(code: str, path: Path, monkeypatch) -> list[Row]:
    """Every row of a file that a rule names, each id once.

    Args:
        code: The rule's code.
        path: The file.
        monkeypatch: Lifts the bound on how many rows a finding names.
    """
    if code in COUNTED and (code, path) not in _HITS:
        _HITS[code, path] = list({seen.row.id: seen.row for seen in seen_rows(path) if COUNTED[code](seen)}.values())
    if (code, path) not in _HITS:
        for module in {"limen.before.check.rule", get_rule(code).__module__}:
            monkeypatch.setattr(import_module(module), "EXAMPLES", 10**9, raising=False)
        rule = get_rule(code)(Context(traits=all_traits(World.ENGLISH), **ASKED.get(code, {})))
        rows = {seen.row.index: seen for seen in seen_rows(path)}
        for seen in rows.values():
            rule.see(seen)
        for index in rule.again():
            rule.see_again(rows[index])
        named = {blame.row: rows[blame.index].row for finding in rule.findings(None) for blame in finding.rows}
        _HITS[code, path] = list(named.values())
    return _HITS[code, path]


def drawn(code: str, folder: Path, monkeypatch) -> list[tuple[str, Row]]:
    """Hits of a rule to be read: 50 or all there are; in the further files only those that the first lack.

    Args:
        code: The rule's code.
        folder: Of the real data.
        monkeypatch: As above.
    """
    read: list[tuple[str, Row]] = []
    for files in ((*FILES, *MORE.get(code, ())), FURTHER):
        if len(read) < MOST:
            hits = [(file, row) for file in files for row in hit_rows(code, folder / file, monkeypatch)]
            read += _in_order(code, True, hits, MOST - len(read))
    return read


def drawn_misses(code: str, folder: Path, monkeypatch) -> list[tuple[str, Row]]:
    """Rows with a cue that the rule does not name, to be read: 50 or all there are.

    Args:
        code: The rule's code.
        folder: Of the real data.
        monkeypatch: As above.
    """
    left: dict[tuple[str, str], Row] = {}
    for file in JUDGED.get(code, FILES):
        named = {row.id for row in hit_rows(code, folder / file, monkeypatch)}
        for row in cued(code, [seen.row for seen in seen_rows(folder / file)]):
            if row.id not in named:
                left[file, row.id] = row
    return _in_order(code, False, [(file, row) for (file, _), row in left.items()], MOST)


def _in_order(code: str, hit: bool, rows: list[tuple[str, Row]], most: int) -> list[tuple[str, Row]]:
    """The first of some rows: those of the earlier draw, then the others by their hash."""
    first = {(label.file, label.row) for label in labels(code) if label.first and label.hit is hit}

    def place(one: tuple[str, Row]) -> tuple[bool, str]:
        file, row = one
        text = f"{code} {'hit' if hit else 'miss'} {file} {row.id}"
        return (file, row.id) not in first, hashlib.sha256(text.encode()).hexdigest()

    return sorted(rows, key=place)[:most]
