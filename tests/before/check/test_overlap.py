"""Rows that overlap with other files: what is planted is found, and what only looks like it is not."""

from __future__ import annotations

import csv
import json

import pytest

from limen.before.check import read_against
from limen.core import ReadError, Verdict
from tests.before.check.finding import found, indices, pair

QUESTION = "Which of these two rivers is the longer one?"
CLEAN = [pair(f"question {i}", " ".join(f"word{n}of{i}" for n in range(60))) for i in range(30)]
PASSAGE = " ".join(f"term{i}" for i in range(40))


@pytest.fixture
def benchmark(tmp_path):
    """A benchmark of a shape that no row format has."""
    path = tmp_path / "bench.jsonl"
    records = [
        {"id": "a", "stem": "What is a noun?", "choices": [{"text": "Yes."}, {"text": "No."}]},
        {"id": "b", "stem": {"en": QUESTION}, "passage": PASSAGE},
    ]
    path.write_text("".join(json.dumps(record) + "\n" for record in records) + "{broken\n", encoding="utf-8")
    return path


def test_a_prompt_or_an_answer_that_stands_there_is_found(benchmark):
    planted = [
        *CLEAN,
        pair("which of THESE two rivers,  is the longer one", "The second."),
        pair("Ask me something.", QUESTION),
        pair("What is a noun?", "Yes."),  # four words, and one
        pair(f"Tell me: {QUESTION}", "The first."),
    ]
    finding = found(planted, "LIM105", against=read_against([str(benchmark)]))
    assert (finding.verdict, finding.harmful) == (Verdict.FOUND, True)
    assert indices(finding) == [30, 31]
    assert finding.evidence["kinds"] == {"prompt": 1, "answer": 1}
    assert finding.evidence["files"] == {"bench.jsonl": 2}
    assert [e["note"] for e in finding.evidence["examples"]] == ["as in record 2 of bench.jsonl"] * 2


def test_half_of_the_sequences_of_a_text_are_found_and_less_is_only_told(benchmark):
    """The passage has 40 words, and so 28 sequences of 13: 26 words in a row hold 14 of them, 25 hold 13."""
    words = PASSAGE.split()
    planted = [
        *CLEAN,
        pair("Quote it.", "It says: " + ", ".join(words[5:31]).upper()),
        pair("Quote less.", " ".join(words[3:28])),
        pair("Quote its ends.", " ".join([*words[:12], "and", *words[-12:]])),
    ]
    against = read_against([str(benchmark)])
    finding = found(planted, "LIM106", against=against)
    assert indices(finding) == [30]
    assert finding.harmful
    assert finding.evidence["any_sequence"] == 2
    (example,) = finding.evidence["examples"]
    assert example["note"] == "50% of the sequences of 13 words of a text in record 2 of bench.jsonl"
    assert found(planted, "LIM105", against=against).verdict is Verdict.CLEAR


@pytest.mark.parametrize(("rows", "count"), [(10, 10), (11, 0)])
def test_a_sequence_of_more_than_ten_rows_is_boilerplate(benchmark, rows, count):
    planted = [*CLEAN, *(pair(f"p{i}", f"{i} {PASSAGE}") for i in range(rows))]
    finding = found(planted, "LIM106", against=read_against([str(benchmark)]))
    assert (finding.evidence["count"], finding.evidence["any_sequence"]) == (count, count)


def test_texts_that_share_a_template_are_told_apart_by_what_is_their_own(tmp_path):
    """Of two texts with the same 30 words in front, the row holds the second."""
    own = [" ".join(f"{name}{i}" for i in range(20)) for name in ("first", "second")]
    path = tmp_path / "bench.jsonl"
    path.write_text("".join(json.dumps({"q": f"{PASSAGE} {one}"}) + "\n" for one in own), encoding="utf-8")
    finding = found([*CLEAN, pair("p", own[1])], "LIM106", against=read_against([str(path)]))
    assert finding.evidence["count"] == 0  # 8 of the 20 sequences that are the second text's own
    whole = found([*CLEAN, pair("p", f"{PASSAGE} {own[1]}")], "LIM106", against=read_against([str(path)]))
    assert [e["note"][:4] for e in whole.evidence["examples"]] == ["100%"]
    assert "record 2" in whole.evidence["examples"][0]["note"]


def test_records_are_counted_in_each_file(benchmark, tmp_path):
    other = tmp_path / "validation.csv"
    with other.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["goal", "target"], ["x", "y"], ["Write me a very short poem.", PASSAGE[::-1]]])
    planted = [*CLEAN, pair("Write me a very short poem!", "No."), pair(QUESTION, "a")]
    finding = found(planted, "LIM105", against=read_against([str(benchmark), str(other)]))
    notes = [e["note"] for e in finding.evidence["examples"]]
    assert notes == ["as in record 2 of validation.csv", "as in record 2 of bench.jsonl"]


@pytest.mark.parametrize("code", ["LIM105", "LIM106"])
def test_rows_without_overlap_are_clear_and_nothing_is_said_unless_asked(benchmark, code):
    assert found(CLEAN, code, against=read_against([str(benchmark)])).verdict is Verdict.CLEAR
    unasked = found(CLEAN, code)
    assert (unasked.verdict, unasked.asked) == (Verdict.NOT_MEASURED, False)


def test_a_file_without_texts_is_refused(tmp_path):
    path = tmp_path / "labels.jsonl"
    path.write_text('{"label": 1, "name": "yes"}\n', encoding="utf-8")
    with pytest.raises(ReadError, match="no record has a text"):
        read_against([str(path)])
