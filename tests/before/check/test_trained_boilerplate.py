"""LIM211 says which share of the training goes into what most rows begin or end with."""

from __future__ import annotations

import pytest

from limen.before.check.rules import trained_boilerplate
from limen.core import Verdict
from tests.before.check.finding import found, indices
from tests.data.made_tokenizers import byte_level

SYSTEM = "You are a very brief machine."


def talk(number: int, system: str = SYSTEM):
    turns = [("system", system), ("user", f"{'qwertyuiop'[number % 10] * 30} {number}"), ("assistant", f"{number}")]
    return {"messages": [{"role": role, "content": said} for role, said in turns]}


def test_a_system_prompt_that_is_trained_on():
    finding = found([talk(i) for i in range(20)], "LIM211", tokenizer=byte_level(), loss="auto")
    assert (finding.verdict, finding.harmful) == (Verdict.FOUND, True)
    evidence = finding.evidence
    assert evidence["start_rows"] == 20
    assert evidence["start_tokens"] >= len(SYSTEM) - 5  # a few pairs of letters are one token
    assert 0.3 < evidence["share_of_trained_tokens"] < 0.9
    assert f"{evidence['share_of_trained_tokens']:.1%} of the trained tokens" in finding.title
    assert indices(finding) == list(range(20))
    assert SYSTEM not in finding.title


def test_it_is_not_trained_on_where_answers_alone_are():
    finding = found([talk(i) for i in range(20)], "LIM211", tokenizer=byte_level(), loss="completion")
    assert (finding.verdict, finding.rows) == (Verdict.CLEAR, ())


def test_answers_that_all_open_alike():
    rows = [{"instruction": f"q{i}", "output": f"Sure! Here is {'abcdefghij'[i % 10] * 40}"} for i in range(20)]
    rows += [{"instruction": f"r{i}", "output": "klmnopqrst"[i] * 40} for i in range(10)]
    finding = found(rows, "LIM211", tokenizer=byte_level())
    assert finding.evidence["start_rows"] == 20
    assert indices(finding) == list(range(20))


def test_what_half_the_rows_share_and_hardly_any_training_goes_to_is_no_harm():
    rows = [{"instruction": f"q{i}", "output": f"Sure! {'abcdefghij'[i % 10] * 900}"} for i in range(20)]
    finding = found(rows, "LIM211", tokenizer=byte_level())
    assert (finding.verdict, finding.harmful) == (Verdict.FOUND, False)
    assert finding.evidence["share_of_trained_tokens"] < 0.02


def test_rows_that_end_alike_and_rows_that_are_cut():
    rows = [{"instruction": f"q{i}", "output": f"{'abcdefghij'[i % 10] * 40} Hope this helps!"} for i in range(20)]
    assert found(rows, "LIM211", tokenizer=byte_level()).evidence["end_rows"] == 20
    assert found(rows, "LIM211", tokenizer=byte_level(), max_length=50).verdict is Verdict.CLEAR


def test_a_sample_is_drawn_of_many_rows(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(trained_boilerplate, "_SAMPLE", 10)
    finding = found([talk(i) for i in range(40)], "LIM211", tokenizer=byte_level(), loss="auto")
    assert finding.guarantee == "10 of 40 rows, drawn at random"
    assert len(finding.rows) == 10
    assert max(indices(finding)) > 15  # not the first ten


def test_a_few_rows_and_no_tokenizer():
    assert found([talk(1)] * 3, "LIM211", tokenizer=byte_level(), loss="auto").verdict is Verdict.CLEAR
    assert found([talk(1)], "LIM211").verdict is Verdict.NOT_MEASURED
