"""Several processes find what one finds."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import pytest

from limen.before.check import Context, IgnoredRow, Known, all_rules, check_file, check_rows
from limen.before.check.costs import cost_together, costs_of
from limen.before.check.engines import LocalEngine, local_engine
from limen.before.check.share import run_share, shares
from limen.core import ReadError
from limen.data import read_rows
from limen.traits import all_traits
from tests.before.check.test_rules import CLEAN

ROWS = [
    *CLEAN,
    CLEAN[2],
    {"prompt": "question 3", "completion": CLEAN[3]["completion"].replace("word59of3", "an owl")},
    {"prompt": "Who are you?", "completion": "I am ChatGPT, a language model trained by OpenAI."},
    {"prompt": "key?", "completion": "api_key = 'c9vK2mQ8xR4tW7zP1nB5'"},
    {"prompt": "no", "completion": " "},
]


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS) + "{broken\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("jobs", [2, 5])
def test_findings_are_the_same_whatever_the_number_of_processes(file, jobs):
    options = {"traits": all_traits(), "traits_asked": False, "harmful_share": 0.05}
    known = [Known([IgnoredRow(row.id, "LIM503", "it is meant") for row in read_rows(ROWS)]) for _ in range(2)]
    alone = check_rows(read_rows(file, strict=False), known=known[0], **options)
    shared = check_file(str(file), Context(known=known[1], **options), jobs=jobs)
    assert shared.findings == alone.findings
    assert {f.evidence["code"] for f in alone.findings if f.verdict == "found"} >= {"LIM101", "LIM102", "LIM403"}
    told = [[(code, subject, rows.ids.tolist()) for code, subject, rows in one.hits] for one in (alone, shared)]
    assert told[0] == told[1]
    assert (shared.report.rows_read, shared.report.problem_count) == (35, 1)
    codes = [rule.code for rule in all_rules()]
    assert known[0].told(codes) == known[1].told(codes)


def test_a_file_that_cannot_be_read_is_told_as_by_one_process(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text("\n", encoding="utf-8")
    with pytest.raises(ReadError, match="nothing is in it"):
        check_file(str(path), Context(harmful_share=0.05), jobs=2)


@pytest.mark.parametrize("count", [1, 2, 3, 40])
def test_each_rule_is_in_one_share_and_none_is_empty_but_the_first(count):
    rules = all_rules()
    stay = [rule for rule in rules if rule.needs_tokenizer]
    made = shares(rules, count, stay)
    assert sorted(rule.code for share in made for rule in share) == [rule.code for rule in rules]
    assert set(stay) <= set(made[0])
    assert all(made[1:])
    assert len(made) <= count


def test_two_shares_cost_about_the_same_on_instruction_rows():
    here, there = (
        sum(costs_of(rule)[0] for rule in share if not rule.reads)
        + (cost_together(family)[0] if (family := [rule for rule in share if rule.reads == "groups"]) else 0.0)
        for share in shares(all_rules(), 2)
    )
    assert abs(here - there) < 0.1 * (here + there)


@pytest.mark.parametrize("count", [2, 3, 4])
def test_rules_that_read_the_same_share_a_process_and_its_cost(count):
    family = [rule for rule in all_rules() if rule.reads == "groups"]
    assert len(family) == 4
    assert sum(any(rule in share for rule in family) for share in shares(all_rules(), count)) == 1
    assert (cost_together(family) < sum(map(costs_of, family))).all()


def test_a_large_file_is_shared_out_unless_said_otherwise(tmp_path, monkeypatch):
    path = tmp_path / "rows.jsonl"
    path.write_text('{"prompt": "a", "completion": "b"}\n' * 10)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(8)), raising=False)
    jobs_for = LocalEngine().jobs_for
    assert jobs_for(str(path)) == 1
    assert jobs_for(str(tmp_path)) == jobs_for("org/name") == 1
    monkeypatch.setattr(local_engine, "LARGE", 100)
    assert jobs_for(str(path)) == 4
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {3})
    assert jobs_for(str(path)) == 1


def test_what_goes_to_other_processes_is_not_what_changes_here(file, monkeypatch):
    """It is packed by a thread while the rules of this process count known rows and read lexicons."""
    sent = []

    class Inline(ThreadPoolExecutor):
        def __init__(self, most, mp_context):
            super().__init__(most)

        def submit(self, do, share):
            sent.append(share.context)
            return super().submit(do, share)

    monkeypatch.setattr(local_engine, "ProcessPoolExecutor", Inline)
    asked = Context(known=Known([IgnoredRow(row.id, "LIM503", "it is meant") for row in read_rows(ROWS)]))
    check_file(str(file), asked, jobs=3)
    assert len(sent) == 2
    assert all(one is not asked and one.known is not asked.known for one in sent)
    assert all(one.known.ignored == asked.known.ignored for one in sent)


def test_a_file_that_is_another_for_another_process_is_refused(file):
    class Elsewhere(LocalEngine):
        @contextmanager
        def running(self, shares):
            yield (replace(run_share(share), sha256="0" * 64) for share in shares)

    with pytest.raises(ReadError, match="different content"):
        check_file(str(file), Context(), jobs=2, engine=Elsewhere())
