"""Hits of rules on the real files, and the labels that a reader gave them.

Which hits are read is drawn by a generator whose seed is the rule's code. Labels lie in `labels/CODE.jsonl`, one row a
line: file, row id, whether the rule named it, whether it is right to (of a row that it did not name: whether it is
right not to), and why. No row content is copied into them.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from limen.before.check import get_rule
from limen.before.check.rule import Context, SeenRow
from limen.core import Row
from limen.data import read_rows

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
"""Read where the files above hold fewer than 20 hits."""

FEW = 20
MOST = 50

MISSES = 25
CUES = {
    "LIM401": r"[^\x00-\u024f\u2010-\u2027\u4e00-\u9fff]",
    "LIM402": r"@|\d[\d ().-]{8}",
    "LIM404": r"(?i)sorry|unable|cannot|can't|not able|as an ai|apolog|capab",
    "LIM405": r"(?i)ignore|disregard|forget|pretend|jailbreak|instructions above",
    "LIM406": r"<[|/a-z]|\[[A-Z/]|(?i:user|human|assistant):",
    "LIM407": r"[^\s]{50}",
    "LIM410": r"(?i)sorry|unable|cannot|can.t|not able",
    "LIM501": r"(?i)\bai\b|language model|cut-?off|\bmy knowledge|\btrained",
    "LIM502": r"(?i)hope|happy to|let me know|any questions|feel free|further assistance",
    "LIM503": r"(?i)gpt|claude|openai|anthropic|bard|llama",
    "LIM504": r"\[[A-Za-z ]{3,}\]|\{[a-z_]{3,}\}|<[a-z ]{3,}>|(?i:insert|placeholder)",
    "LIM701": r"(?i)\b(?:son|mrs?|king|queen|lady|guys?|female|male|chinese|japanese|french|german|indian|american|"
    r"british|african|old|young|elderly|black|white|blind|deaf|christian|church|immigrant|miss|sir|lord|hero|actor|teen|"
    r"youth|senior|student|grandp|hispanic|latin|islam|bible|wife)",
}
"""Of the rows that a rule does not name, those that hold such a cue are the ones where it may miss something."""


@dataclass(frozen=True)
class Label:
    """What a reader said of a row.

    Attributes:
        file: Under the folder of the real data.
        row: Row id.
        hit: Whether the rule named the row when it was read.
        right: Whether the rule was right about it.
        reason: Why.
    """

    file: str
    row: str
    hit: bool
    right: bool
    reason: str


def labels(code: str) -> list[Label]:
    """The labels of a rule.

    Args:
        code: Its code.
    """
    lines = (LABELS / f"{code}.jsonl").read_text(encoding="utf-8").splitlines()
    return [Label(**json.loads(line)) for line in lines]


def codes() -> list[str]:
    """Rules that have labels."""
    return sorted(path.stem for path in LABELS.glob("*.jsonl"))


def hit_rows(code: str, path: Path, monkeypatch) -> list[Row]:
    """Every row of a file that a rule names, each id once.

    Args:
        code: The rule's code.
        path: The file.
        monkeypatch: Lifts the bound on how many rows a finding names.
    """
    for module in {"limen.before.check.rule", get_rule(code).__module__}:
        monkeypatch.setattr(import_module(module), "EXAMPLES", 10**9, raising=False)
    rule = get_rule(code)(Context())
    rows = {}
    for row in read_rows(path):
        rows[row.index] = row
        rule.see(SeenRow(row))
    named = {blame.row: rows[blame.index] for finding in rule.findings(None) for blame in finding.rows}
    return list(named.values())


def drawn(code: str, folder: Path, monkeypatch) -> Iterator[tuple[str, Row]]:
    """Up to 50 hits of a rule, drawn at random, the seed being its code.

    Args:
        code: The rule's code.
        folder: Of the real data.
        monkeypatch: As above.
    """
    hits = [(file, row) for file in FILES for row in hit_rows(code, folder / file, monkeypatch)]
    if len(hits) < FEW:
        hits += [(file, row) for file in FURTHER for row in hit_rows(code, folder / file, monkeypatch)]
    hits.sort(key=lambda hit: (hit[0], hit[1].id))
    yield from random.Random(code).sample(hits, min(MOST, len(hits)))


def drawn_misses(code: str, folder: Path, monkeypatch) -> Iterator[tuple[str, Row]]:
    """Up to 25 rows with a cue that the rule does not name, drawn at random, the seed being its code.

    Args:
        code: The rule's code.
        folder: Of the real data.
        monkeypatch: As above.
    """
    cue = re.compile(CUES[code])
    rows = {}
    for file in FILES:
        named = {row.id for row in hit_rows(code, folder / file, monkeypatch)}
        for row in read_rows(folder / file):
            if row.id not in named and cue.search(SeenRow(row).text):
                rows[file, row.id] = row
    found = [(file, row) for (file, _), row in sorted(rows.items())]
    yield from random.Random(f"{code} misses").sample(found, min(MISSES, len(found)))
