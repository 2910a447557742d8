"""What the rules name on the real files today is what a reader labelled, and how often they are right."""

from __future__ import annotations

import json

import pytest

from limen.before.check import all_rules
from limen.data import read_rows
from limen.stats import proportion_interval
from tests.before.check.labelled import CUES, FILES, FURTHER, LABELS, codes, drawn, drawn_misses, hit_rows, labels

LEAST = {"LIM404": 0.75, "LIM408": 0.6, "LIM501": 0.9, "LIM502": 0.85, "LIM504": 0.6, "LIM104": 0.9}
"""Lower ends of the 95% intervals of precision that must not be lost; where few rows are named, none is asked for."""


@pytest.mark.parametrize("code", codes())
def test_the_hits_of_today_are_those_that_were_read(shared_data, monkeypatch, code):
    read = {(label.file, label.row) for label in labels(code) if label.hit}
    assert {(file, row.id) for file, row in drawn(code, shared_data, monkeypatch)} == read
    if code in CUES:
        left = {(label.file, label.row) for label in labels(code) if not label.hit}
        assert {(file, row.id) for file, row in drawn_misses(code, shared_data, monkeypatch)} == left


@pytest.mark.parametrize("code", codes())
def test_labels_agree_with_the_rule(shared_data, monkeypatch, code):
    by_file: dict[str, set[str]] = {}
    for label in labels(code):
        if label.file not in by_file:
            by_file[label.file] = {row.id for row in hit_rows(code, shared_data / label.file, monkeypatch)}
        assert (label.row in by_file[label.file]) is label.hit, label


def test_the_pages_count_rows_as_they_are(shared_data):
    rows = json.loads((LABELS / "rows.json").read_text(encoding="utf-8"))
    assert rows == {file: sum(1 for _ in read_rows(shared_data / file)) for file in (*FILES, *FURTHER)}


def test_refusals_are_those_that_people_saw(shared_data, monkeypatch):
    """Against XSTest's own labels; its scorer was developed on half of the prompts, the rule's additions on none."""
    named = right = there = 0
    for file in FURTHER[1:]:
        hits = {row.id for row in hit_rows("LIM404", shared_data / file, monkeypatch)}
        for row in read_rows(shared_data / file):
            refuses = row.columns["final_label"] in ("2_full_refusal", "3_partial_refusal")
            named += row.id in hits
            right += row.id in hits and refuses
            there += refuses
    told = json.loads((LABELS / "people.json").read_text(encoding="utf-8"))["LIM404"]
    assert (named, right, there) == (told["named"], told["right"], told["there"])


@pytest.mark.parametrize("code", LEAST)
def test_precision_is_not_lost(code):
    hits = [label for label in labels(code) if label.hit]
    low, _ = proportion_interval(sum(label.right for label in hits), len(hits))
    assert low >= LEAST[code]


def test_labels_are_of_rules_and_say_why():
    known = {rule.code for rule in all_rules()}
    for code in codes():
        assert code in known
        rows = [(label.file, label.row, label.hit) for label in labels(code)]
        assert len(set(rows)) == len(rows)
        assert all(label.reason for label in labels(code))
