"""Rows to be fixed, rules that change some of them, and ways to write them."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from typing import ClassVar

from limen.before.check import Rule, Severity
from limen.core import Message
from limen.data import read_rows
from tests.before.check.test_rules import CLEAN, WORDS

LONG = " ".join(WORDS)
HOSTILE = {"prompt": "\x1b[31m\u202e</script>", "completion": "=HYPERLINK(1) " + "z" * 1_000_000}
EMPTY = {"prompt": "nothing", "completion": " "}
NEAR = {**CLEAN[3], "completion": CLEAN[3]["completion"].replace("word59of3", "changed")}
PLANTED = [*CLEAN[:6], CLEAN[2], HOSTILE, EMPTY, NEAR, CLEAN[2], CLEAN[7]]
STRIPPED = {**HOSTILE, "prompt": "[31m</script>"}
LEFT = [*CLEAN[:6], STRIPPED, CLEAN[7]]


class Quiet(Rule):
    """Takes secrets out of texts, and rows about wasps away; calls question 4 something else.

    Why: For this test.

    Example: None.
    """

    code: ClassVar[str] = "ACME900"
    name: ClassVar[str] = "quiet"
    severity: ClassVar[Severity] = Severity.INFO

    def see(self, seen):
        """Nothing."""

    def findings(self, report):
        """Nothing."""
        return []

    def fix_text(self, text):
        """Without secrets."""
        return text.replace("s3cret", "[key]")

    def fix(self, row):
        """Without wasps."""
        if "wasp" in row.text:
            return None
        if row.prompt and row.prompt[-1].content == "question 4":
            return replace(row, prompt=(*row.prompt[:-1], replace(row.prompt[-1], content="question four")))
        return row


class Impossible(Quiet):
    """Adds a turn, for which no column is there.

    Why: For this test.

    Example: None.
    """

    def fix(self, row):
        """Another turn."""
        return replace(row, answer=(*row.answer, Message("text", "more")))


def lines(path, rows, **how):
    path.write_text("".join(json.dumps(r, **how) + "\n" for r in rows), encoding="utf-8")
    return path


def array(path, rows):
    path.write_text(json.dumps(rows, indent=2, ensure_ascii=False), encoding="utf-8")
    return path


def table(path, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def columns(path, **how):
    return [(r.prompt[0].content, r.answer[0].content) for r in read_rows(str(path), **how)]


def pairs(rows):
    return [(r["prompt"], r["completion"]) for r in rows]
