"""What the rules name on the real files today is what a reader labelled, and how often they are right."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter, defaultdict

import pytest

from limen.before.check import all_rules
from limen.data import read_rows
from limen.stats import proportion_interval
from scripts.make_docs import measured
from tests.before.check.cues import has_cue
from tests.before.check.labelled import FILES, FURTHER, LABELS, codes, drawn, drawn_misses, hit_rows, labels, seen_rows

LEAST = {
    "LIM101": 0.9,
    "LIM104": 0.9,
    "LIM301": 0.55,
    "LIM404": 0.65,
    "LIM408": 0.6,
    "LIM410": 0.7,
    "LIM501": 0.9,
    "LIM502": 0.85,
    "LIM504": 0.9,
    "LIM701": 0.8,
}
"""Lower ends of the 95% intervals of precision that must not be lost; where few rows are named, none is asked for."""


@pytest.fixture(autouse=True)
def _installed(request):
    """Leave out the rules whose extra is not installed."""
    params = getattr(request.node, "callspec", None)
    if params and params.params.get("code") == "LIM412":
        pytest.importorskip("presidio_analyzer", reason="the extra presidio is not installed")


@pytest.mark.parametrize("code", codes())
def test_the_hits_of_today_are_those_that_were_read(shared_data, monkeypatch, code):
    read = {(label.file, label.row) for label in labels(code) if label.hit}
    assert {(file, row.id) for file, row in drawn(code, shared_data, monkeypatch)} == read
    if has_cue(code):
        left = {(label.file, label.row) for label in labels(code) if not label.hit}
        assert {(file, row.id) for file, row in drawn_misses(code, shared_data, monkeypatch)} == left


@pytest.mark.parametrize("code", codes())
def test_labels_agree_with_the_rule(shared_data, monkeypatch, code):
    by_file: dict[str, set[str]] = {}
    for label in labels(code):
        if label.file not in by_file:
            by_file[label.file] = {row.id for row in hit_rows(code, shared_data / label.file, monkeypatch)}
        assert (label.row in by_file[label.file]) is label.hit, label


def test_what_is_said_of_presidio_is_what_the_labels_say():
    false = [label for label in labels("LIM412") if label.hit and not label.right]
    notes = json.loads((LABELS / "notes.json").read_text(encoding="utf-8"))
    assert f"Of its {len(false)} false hits" in notes["LIM412"]
    assert len(false) == len(labels("LIM412"))
    guide = (LABELS.parents[3] / "docs" / "checking-data.md").read_text(encoding="utf-8")
    assert f"of {len(false)} of these, read by hand, none holds" in guide


def test_a_page_begins_with_what_people_s_labels_say():
    for code in ("LIM404", "LIM410"):
        assert measured(code).startswith("\n**Measured.** By people's labels of XSTest's answers")


def test_the_pages_count_rows_as_they_are(shared_data):
    rows = json.loads((LABELS / "rows.json").read_text(encoding="utf-8"))
    assert rows == {file: sum(1 for _ in read_rows(shared_data / file)) for file in (*FILES, *FURTHER)}
    assert rows == {file: records(shared_data / file) for file in rows}


def records(path):
    """How many records a file holds, by Python's own readers."""
    with path.open(encoding="utf-8", newline="") as file:
        if path.suffix == ".csv":
            return sum(1 for _ in csv.DictReader(file))
        return len(json.load(file)) if path.suffix == ".json" else sum(1 for line in file if json.loads(line))


def test_copies_are_those_that_every_pair_tells(shared_data, monkeypatch):
    """Exact copies against the records as JSON, near ones against the similarity of every two rows."""
    counts = {code: {"named": 0, "right": 0, "there": 0} for code in ("LIM101", "LIM102")}
    for file in (*FILES, *FURTHER):
        rows = [seen.row for seen in seen_rows(shared_data / file)]
        for code, there in (("LIM101", exact_copies(rows)), ("LIM102", near_copies_of(rows))):
            named = {row.id for row in hit_rows(code, shared_data / file, monkeypatch)}
            counts[code]["named"] += len(named)
            counts[code]["right"] += len(named & there)
            counts[code]["there"] += len(there)
    told = json.loads((LABELS / "compared.json").read_text(encoding="utf-8"))
    assert counts == {code: {key: told[code][key] for key in counts[code]} for code in counts}


def exact_copies(rows):
    """Ids of rows whose turns, answers, rating and tools an earlier row has too."""
    seen, copies = set(), set()
    for row in rows:
        said = [[[m.role, m.content, m.extra] for m in part] for part in (row.prompt, row.answer, row.rejected)]
        content = json.dumps([said, row.rating, row.tools], sort_keys=True, default=str)
        if content in seen:
            copies.add(row.id)
        seen.add(content)
    return copies


def near_copies_of(rows):
    """Ids of rows that share four fifths of their five-word sequences with an earlier row; exact copies left out."""
    holders, sets, copies = defaultdict(list), [], set()
    first = {}
    for row in rows:
        first.setdefault(row.id, row)
    for i, row in enumerate(first.values()):
        words = re.findall(r"\w+", row.text.casefold())
        own = {tuple(words[at : at + 5]) for at in range(max(1, len(words) - 4))}
        shared = Counter(j for sequence in own for j in holders[sequence])
        if any(n >= 0.8 * (len(own) + len(sets[j]) - n) for j, n in shared.items()):
            copies.add(row.id)
        sets.append(own)
        for sequence in own:
            holders[sequence].append(i)
    return copies


def test_refusals_are_those_that_people_saw(shared_data, monkeypatch):
    """Against XSTest's own labels; its scorer was developed on half of the prompts, the rule's additions on none."""
    named = right = there = 0
    for file in FURTHER[1:]:
        hits = {row.id for row in hit_rows("LIM404", shared_data / file, monkeypatch)}
        for row in (seen.row for seen in seen_rows(shared_data / file)):
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


def test_each_rule_has_labels_or_says_why_not():
    unlabelled = json.loads((LABELS / "unlabelled.json").read_text(encoding="utf-8"))
    cues = json.loads((LABELS / "cues.json").read_text(encoding="utf-8"))
    assert set(codes()) | set(unlabelled) == {rule.code for rule in all_rules()}
    assert set(cues) == {code for code in codes() if has_cue(code)}


def test_labels_are_of_rules_and_say_why():
    known = {rule.code for rule in all_rules()}
    for code in codes():
        assert code in known
        rows = [(label.file, label.row, label.hit) for label in labels(code)]
        assert len(set(rows)) == len(rows)
        assert all(label.reason for label in labels(code))
