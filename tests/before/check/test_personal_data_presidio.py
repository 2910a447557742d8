"""LIM412 is off unless it is asked for, and what it finds is shown nowhere."""

from __future__ import annotations

import json
import re

import pytest

from limen.before.check import Context, check_file, check_rows, find_with_presidio, get_rule
from limen.before.check.find_secrets import Found
from limen.before.check.fix import fix_file
from limen.before.check.rules import personal_data_presidio
from limen.core import Verdict
from limen.data import read_rows
from limen.ledger.jsonable import to_jsonable
from tests.before.check.finding import checked, found, indices, pair

ROWS = [
    pair("Who wrote this?", "Nobody did."),
    pair("Who is it?", "It is Anneliese Wondrak, of course."),
    pair("And now?", "I'm sorry, but I can't help with that. Ask Anneliese Wondrak."),
]


class Finder:
    """Knows one name."""

    def find(self, text):
        return [Found(m.start(), m.end(), "person") for m in re.finditer("Anneliese Wondrak", text)]


@pytest.fixture
def one_name(monkeypatch):
    """In the place of Presidio."""
    for module in (find_with_presidio, personal_data_presidio):
        monkeypatch.setattr(module, "presidio_finder", lambda model: {"names": Finder()}[model])


def test_it_is_off_unless_asked_for():
    finding = found(ROWS, "LIM412")
    assert (finding.verdict, finding.asked) == (Verdict.NOT_MEASURED, False)
    assert "presidio = " in finding.remedy
    assert get_rule("LIM412").is_off(Context())
    assert not get_rule("LIM412").is_off(Context(presidio="names"))
    assert not get_rule("LIM402").is_off(Context())


def test_rows_are_named_and_counted_by_kind(one_name):
    finding = found(ROWS, "LIM412", presidio="names")
    assert (finding.verdict, indices(finding)) == (Verdict.FOUND, [1, 2])
    assert finding.evidence["kinds"] == {"person": 2}
    assert found(ROWS[:1], "LIM412", presidio="names").verdict is Verdict.CLEAR


def test_what_is_found_is_shown_by_no_rule(one_name):
    result = check_rows(read_rows(ROWS), rules=[get_rule(c) for c in ("LIM404", "LIM412")], presidio="names")
    told = json.dumps(to_jsonable(result.findings), ensure_ascii=False)
    assert "neliese" not in told
    assert "Wondrak" not in told
    assert told.count("An… (person)") >= 3
    assert "Wondrak" in json.dumps(to_jsonable(checked(ROWS, "LIM404").findings))


def test_several_processes_mask_it_too(one_name, tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    rules = [get_rule(code) for code in ("LIM412", "LIM404")]
    result = check_file(str(path), Context(presidio="names"), rules=rules, jobs=1)
    assert "Wondrak" not in json.dumps(to_jsonable(result.findings))


def test_a_fix_puts_the_kind_in_its_place(one_name, tmp_path):
    path, out = tmp_path / "rows.jsonl", tmp_path / "fixed.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    fix_file(str(path), out, rules=[get_rule("LIM412")], presidio="names")
    assert [json.loads(line)["output"] for line in out.read_text().splitlines()] == [
        "Nobody did.",
        "It is [redacted: person], of course.",
        "I'm sorry, but I can't help with that. Ask [redacted: person].",
    ]
