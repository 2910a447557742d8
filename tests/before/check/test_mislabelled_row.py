"""Labels that their text contradicts: planted flips, clean labels, labels that no text tells, and files without any."""

from __future__ import annotations

import json
import random
import sys
from importlib import import_module

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limen.before.check import Context, check_file, check_rows, get_rule, label_sample
from limen.before.check.confident_learning import balanced_accuracy, contradicted, out_of_sample
from limen.before.check.label_sample import LabelSample, label_of
from limen.before.check.seen_row import SeenRow
from limen.core import Verdict
from limen.data import read_rows
from limen.stats import proportion_interval
from tests.before.check.evals import PERSONAS, question_rows
from tests.before.check.finding import checked, found, indices, pair
from tests.before.check.labelled import LABELS

pytest.importorskip("sklearn", reason="the extra labels is not installed")

_GOOD = ["lovely", "bright", "warm", "tasty", "kind", "cheerful", "smooth", "fresh"]
_BAD = ["awful", "dull", "cold", "stale", "rude", "gloomy", "rough", "rotten"]


def review(i, words, seed=0):
    draw = random.Random(f"{seed} {i}")
    return f"Visit {i}: the room was {' and '.join(draw.sample(words, 3))}, said guest {draw.randrange(1000)}."


def reviews(count=200):
    return [pair(review(i, (_GOOD, _BAD)[i % 2]), ("Positive", "Negative")[i % 2]) for i in range(count)]


def flipped(rows, places):
    other = {"Positive": "negative.", "Negative": "positive"}
    return [{**row, "output": other[row["output"]]} if i in places else row for i, row in enumerate(rows)]


def test_flipped_labels_are_found_whatever_their_spelling():
    finding = found(flipped(reviews(), {30, 71, 150}), "LIM806")
    assert (finding.verdict, finding.harmful, sorted(indices(finding))) == (Verdict.FOUND, False, [30, 71, 150])
    assert finding.title == "Labels that the text contradicts: 3 of 200 (1.5%)."
    (note,) = [one["note"] for one in finding.evidence["examples"] if one["index"] == 71]
    assert note.startswith("labelled 'positive', reads like 'negative' with probability 0.")
    assert finding.evidence["labels"] == {"negative": 101, "positive": 99}
    assert finding.evidence["balanced_accuracy"] == pytest.approx(197 / 200, abs=0.01)


@pytest.mark.parametrize("column", ["label", "class"])
@pytest.mark.parametrize("write", [str, lambda label: int(label.strip(".").casefold() == "positive")])
def test_labels_of_plain_text_are_those_of_a_column(column, write):
    rows = flipped(reviews(), {30, 71, 150})
    rows = [{"text": row["instruction"], column: write(row["output"])} for row in rows]
    assert sorted(indices(found(rows, "LIM806"))) == [30, 71, 150]


def test_labels_that_agree_with_their_text_are_clear():
    finding = found(reviews(), "LIM806")
    assert (finding.verdict, finding.title) == (Verdict.CLEAR, "None of 200 labels contradicts its text.")


def test_labels_that_no_text_tells_are_not_judged_and_the_finding_says_so():
    draw = random.Random(1)
    finding = found([{**row, "output": draw.choice(["A", "B", "C"])} for row in reviews(300)], "LIM806")
    assert (finding.verdict, finding.asked, finding.rows) == (Verdict.NOT_MEASURED, False, ())
    assert "no better than chance" in finding.reason
    assert (finding.evidence["chance"], finding.evidence["needed"]) == pytest.approx((1 / 3, 1 / 3 + 0.6 * 2 / 3))


def test_labels_that_are_told_badly_are_not_judged_either():
    draw = random.Random(0)
    rows = [{**row, "output": draw.choice(["Positive", "Negative", row["output"]])} for row in reviews(300)]
    finding = found(rows, "LIM806")
    assert finding.verdict is Verdict.NOT_MEASURED
    assert "too little better than chance" in finding.reason


@pytest.mark.parametrize(
    "rows",
    [
        reviews(98),
        [pair(f"question {i}", f"an answer of its own, {i}") for i in range(200)],
        [pair(f"What is {i} times {i}?", str(i * i)) for i in range(200)],
        [pair(f"question {i}", "Yes") for i in range(200)],
        [pair(f"question {i}", "Yes" if i % 15 else "No") for i in range(200)],
        [pair(f"question {i}", f"label {i % 25}") for i in range(25 * 30)],
        [*reviews(200), *[pair(f"why {i}?", f"because of {i}") for i in range(12)]],
        [{"text": f"{i} yes or no"} for i in range(200)],
        [{"prompt": f"q {i}", "chosen": "Yes", "rejected": "No"} for i in range(200)],
        [pair(f"question {i}", "") for i in range(200)],
    ],
    ids=["few", "prose", "numbers", "one", "rare", "many", "other answers", "texts", "pairs", "empty"],
)
def test_files_without_a_closed_set_of_labels_are_no_finding(rows):
    assert not checked(rows, "LIM806").findings


def test_of_rated_answers_the_rating_is_the_label():
    wrong = set(range(0, 200, 21))
    rows = [
        {"prompt": f"Visit {i}?", "completion": review(i, (_GOOD, _BAD)[i % 2]), "label": (i % 2 == 0) ^ (i in wrong)}
        for i in range(200)
    ]
    finding = found(rows, "LIM806")
    assert len(indices(finding)) >= 5
    assert set(indices(finding)) <= wrong
    assert finding.evidence["labels"] == {"rating 0": 100, "rating 1": 100}


def test_scikit_learn_is_missed_only_where_there_are_labels(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.linear_model", None)
    finding = found(reviews(), "LIM806")
    assert (finding.verdict, finding.asked) == (Verdict.NOT_MEASURED, False)
    assert "scikit-learn" in finding.reason
    assert "limen[labels]" in finding.remedy
    assert not checked([pair(f"q {i}", f"an answer of its own, {i}") for i in range(200)], "LIM806").findings


def test_of_a_file_without_labels_nothing_is_kept():
    sample = LabelSample()
    for row in read_rows([pair(f"question {i}", f"an answer of its own, {i}") for i in range(150)]):
        sample.add(SeenRow(row))
    assert (sample.open, sample.labels, sample.rows()) == (True, [], [])
    # Looked at when 100 rows were seen, and no further one was
    assert sample.total == 100


def test_a_sample_stands_for_a_larger_file(monkeypatch):
    monkeypatch.setattr(label_sample, "SAMPLE", 200)
    finding = found(flipped(reviews(1_000), set(range(0, 1_000, 20))), "LIM806")
    assert finding.guarantee.startswith("200 of 1,000 rows, drawn at random")
    assert indices(finding)
    assert all(index % 20 == 0 for index in indices(finding))


def test_rows_with_the_same_prompt_go_to_one_fold():
    """Labels are of the prompt by chance, each prompt four times: told by a copy alone, they cannot be told."""
    draw = random.Random(0)
    rows = [pair(f"word{i} thing{i} item{i}", draw.choice(["Yes", "No"])) for i in range(60)]
    assert found(rows * 4, "LIM806").verdict is Verdict.NOT_MEASURED


def test_a_long_text_is_read_at_both_ends():
    wrong = set(range(0, 200, 21))
    rows = flipped(reviews(), wrong)
    for before, after in (("Classify with care. " * 40, ""), ("", " Classify with care." * 40)):
        finding = found([{**row, "instruction": f"{before}{row['instruction']}{after}"} for row in rows], "LIM806")
        assert len(indices(finding)) >= 5
        assert set(indices(finding)) <= wrong


@pytest.mark.parametrize(
    ("answer", "label"),
    [(" Yes. ", "yes"), ("(A)", "a"), ("-", "-"), ("…", "…"), ("!", "!"), ("x" * 61, ""), (" " * 200 + "yes", "")],
)
def test_what_is_a_label(answer, label):
    (row,) = read_rows([pair("q", answer)])
    assert label_of(SeenRow(row)) == label


def test_labels_are_masked_where_they_are_secrets():
    rows = [{**row, "output": row["output"].replace("Positive", "jane.doe@corp-mail.com")} for row in reviews()]
    finding = found(flipped_to_mail(rows), "LIM806")
    assert indices(finding) == [71]
    assert "jane.doe" not in json.dumps(finding.evidence["labels"]) + finding.evidence["examples"][0]["note"]


def flipped_to_mail(rows):
    return [{**row, "output": "jane.doe@corp-mail.com"} if i == 71 else row for i, row in enumerate(rows)]


def test_findings_are_the_same_in_several_processes(tmp_path):
    path = tmp_path / "rows.jsonl"
    made = flipped(reviews(), {30, 71})
    path.write_text("".join(json.dumps(row) + "\n" for row in made), encoding="utf-8")
    codes = ("LIM101", "LIM102", "LIM804", "LIM805", "LIM806")
    alone, shared = (
        check_file(str(path), Context(), jobs=jobs, rules=[get_rule(code) for code in codes]).findings
        for jobs in (1, 3)
    )
    assert shared == alone
    assert sorted(indices(alone[-1])) == [30, 71]


def test_the_confident_joint_by_hand():
    """Thresholds are 0.6 and 0.7, which the last two rows do not reach."""
    first = np.array([0.9, 0.9, 0.1, 0.2, 0.4, 0.5])
    told = contradicted(np.column_stack([first, 1 - first]), np.array([0, 0, 0, 1, 1, 0]))
    assert told.tolist() == [0, 0, 1, 1, 1, 0]


def test_a_row_that_is_likeliest_of_its_own_class_is_left():
    """Thresholds are 0.78 and 0.4: the third row reaches that of the other class alone."""
    first = np.array([0.9, 0.9, 0.55, 0.5, 0.7])
    told = contradicted(np.column_stack([first, 1 - first]), np.array([0, 0, 0, 1, 1]))
    assert told.tolist() == [0, 0, 0, 1, 1]


def test_balanced_accuracy_weighs_classes_alike_and_copies_once():
    classes = np.array([0] * 90 + [1] * 10)
    probabilities = np.tile([0.6, 0.4], (100, 1))
    assert balanced_accuracy(probabilities, classes, np.arange(100))[0] == 0.5
    half = probabilities.copy()
    half[::2] = [0.4, 0.6]
    _, low, high = balanced_accuracy(half, classes, np.arange(100))
    _, lower, higher = balanced_accuracy(np.repeat(half, 4, axis=0), np.repeat(classes, 4), np.arange(400) // 4)
    assert (lower, higher) == pytest.approx((low, high))
    assert low < 0.5 < high


def test_texts_without_words_and_one_fold_alone_tell_nothing():
    assert (out_of_sample(["!", "?"] * 5, np.array([0, 1] * 5), np.arange(10)) == 0.5).all()
    assert (out_of_sample(["a", "b"] * 5, np.array([0, 1] * 5), np.zeros(10, np.int64)) == 0.5).all()


@given(
    st.lists(st.tuples(st.text(max_size=20), st.sampled_from(["yes", "no", "…", "maybe"])), min_size=2, max_size=30),
    st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_no_labels_stop_it(answered, rated):
    rows = [{"prompt": text.replace("\0", ""), "completion": label} for text, label in answered]
    rows = [{**row, "label": row["completion"] == "yes"} for row in rows] if rated else rows
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"LEAST_ROWS": 2, "LEAST_OF_EACH": 1, "COVERED": 0.5}.items():
            patch.setattr(label_sample, name, value)
        rule = import_module("limen.before.check.rules.mislabelled_row")
        patch.setattr(rule, "LEAST_OF_EACH", 1)
        patch.setattr(rule, "SKILL", -1.0)
        for finding in check_rows(read_rows(rows, strict=False), rules=[get_rule("LIM806")]).findings:
            assert json.loads(json.dumps(finding.evidence))["code"] == "LIM806"
            assert len(finding.rows) <= finding.evidence["total"] <= len(rows)


def mislabelled(path, seed):
    """A real file with one label in twenty flipped, and which."""
    rows = question_rows(path)
    wrong = set(random.Random(seed).sample(range(len(rows)), len(rows) // 20))
    other = {" Yes": " No", " No": " Yes"}
    return [{**row, "output": other[row["output"]]} if i in wrong else row for i, row in enumerate(rows)], wrong


@pytest.mark.slow
def test_flipped_labels_of_real_files_are_found_as_the_page_says(shared_data, monkeypatch):
    monkeypatch.setattr(import_module("limen.before.check.rule"), "EXAMPLES", 10**9)
    right = planted = named = 0
    for name in PERSONAS:
        for seed in range(5):
            rows, wrong = mislabelled(shared_data / name, seed)
            hits = set(indices(found(rows, "LIM806")))
            right, planted, named = right + len(hits & wrong), planted + len(wrong), named + len(hits)
    note = json.loads((LABELS / "notes.json").read_text(encoding="utf-8"))["LIM806"]
    for told, part, of in (("found {} of these {}", right, planted), ("{} of the {} rows that it named", right, named)):
        low, high = proportion_interval(part, of)
        assert f"{told.format(part, of)} (95% interval {low:.0%} to {high:.0%})" in note


@pytest.mark.parametrize("name", PERSONAS)
def test_rows_are_those_that_cleanlab_names(shared_data, name):
    cleanlab = pytest.importorskip("cleanlab.filter", reason="cleanlab is not installed")
    rows, _ = mislabelled(shared_data / name, 0)
    classes = np.array([row["output"] == " Yes" for row in rows], np.int64)
    probabilities = out_of_sample([row["instruction"] for row in rows], classes, np.arange(len(rows)))
    theirs = cleanlab.find_label_issues(classes, probabilities, filter_by="confident_learning", n_jobs=1)
    assert ((contradicted(probabilities, classes) != classes) == theirs).all()
