"""Rules on what was selected: sources, licences, who wrote the rows, and kinds of prompt."""

from __future__ import annotations

import random

import numpy as np
import pytest

from limen.before.check import check_rows, get_rule
from limen.before.check.provenance import claims_people, named_generator, values_of
from limen.before.check.rules.prompt_cluster import SHARE, leaders, stands_out
from limen.before.check.tf_idf import cosines
from limen.core import Verdict
from limen.data import read_rows
from tests.before.check.finding import found, indices, pair
from tests.before.check.simulated import assert_seldom

DISTINCT = [pair(f"topic{i} about thing{i} and item{i}?", f"answer {i}") for i in range(60)]


def with_columns(count=10, **columns):
    return [{**pair(f"question {i}", f"answer {i}"), **columns} for i in range(count)]


def silent(rows, code):
    return not check_rows(read_rows(rows), rules=[get_rule(code)]).findings


def test_a_source_that_outweighs_the_others_is_found():
    rows = [*with_columns(9, source="forum"), *with_columns(3, source="handbook"), *with_columns(2, source=" ")]
    finding = found(rows, "LIM801")
    assert (finding.verdict, finding.harmful) == (Verdict.FOUND, False)
    assert finding.evidence["sources"] == {"forum": 9, "handbook": 3}
    assert (finding.evidence["total"], finding.evidence["without"]) == (12, 2)
    assert "9 of 12 rows (75.0%)" in finding.title


def test_balanced_sources_one_source_and_none_are_no_finding():
    assert found([*with_columns(5, Dataset="a"), *with_columns(5, Dataset="b")], "LIM801").verdict is Verdict.CLEAR
    assert found(with_columns(5, dataset="a"), "LIM801").verdict is Verdict.CLEAR
    assert silent(with_columns(5, difficulty="hard"), "LIM801")


@pytest.mark.parametrize(
    ("licence", "kind"),
    [
        ("CC-BY-NC-4.0", "non-commercial"),
        ("cc_by_nc_sa_4.0", "non-commercial"),
        ("CC BY-ND 4.0", "no derivatives"),
        ("for research only", "non-commercial"),
        ("All rights reserved.", "all rights reserved"),
        ("", "missing"),
        (["MIT", "GPL-3.0"], "in dispute"),
    ],
)
def test_licences_that_restrict_are_missing_or_in_dispute_are_found(licence, kind):
    rows = [*with_columns(5, license="apache-2.0"), *with_columns(1, license=licence)]
    finding = found(rows, "LIM802")
    assert (finding.verdict, indices(finding)) == (Verdict.FOUND, [5])
    assert finding.evidence["kinds"] == {kind: 1}


@pytest.mark.parametrize(
    "licence", ["MIT", "CC-BY-4.0", "cc0-1.0", "Apache 2.0", "The Unlicense", "ODC-BY", "CC-BY-SA-3.0"]
)
def test_other_licences_are_clear(licence):
    assert found(with_columns(5, licence=licence), "LIM802").verdict is Verdict.CLEAR


def test_two_columns_that_name_different_licences_are_in_dispute_and_two_spellings_are_not():
    assert found(with_columns(2, license="MIT", data_license="CC-BY-4.0"), "LIM802").evidence["kinds"] == {
        "in dispute": 2
    }
    assert found(with_columns(2, license="CC-BY-4.0", data_license="cc by 4.0"), "LIM802").verdict is Verdict.CLEAR


@pytest.mark.parametrize(
    "columns",
    [
        {"dataset_license": "cc-by-nc-4.0"},
        {"data_licence": "cc-by-nc-4.0"},
        {"License Name": "CC BY-NC 4.0"},
        {"licence_of_text": "cc-by-nc-4.0"},
        {"license_url": "", "image-license": "cc-by-nc-4.0"},
        {"metadata": {"license": "cc-by-nc-4.0"}},
        {"meta": {"dataset_license": "cc-by-nc-4.0", "n": 1}},
        {"source_licenses": ["cc-by-nc-4.0"]},
        {"license_url": "https://creativecommons.org/licenses/by-nc/4.0/"},
    ],
)
def test_names_that_begin_or_end_with_licence_and_metadata_are_read(columns):
    assert found(with_columns(3, **columns), "LIM802").evidence["kinds"] == {"non-commercial": 3}


@pytest.mark.parametrize(
    ("columns", "kinds"),
    [
        ({"license": "mit", "dataset_license": "cc-by-4.0"}, {"in dispute": 2}),
        ({"license": "mit", "metadata": {"data_license": "cc-by-4.0"}}, {"in dispute": 2}),
        ({"license": "apache-2.0", "license_name": "Apache License, Version 2.0"}, {}),
        ({"license": "mit", "dataset_license": "The MIT License"}, {}),
        ({"license": "mit", "license_link": "https://opensource.org/license/mit", "license_plate": "AB 123"}, {}),
        ({"license": "mit", "has_license": True, "license_count": 2, "text_license": "https://example.org/mit"}, {}),
    ],
)
def test_other_columns_put_a_licence_in_dispute_where_they_name_another(columns, kinds):
    assert found(with_columns(2, **columns), "LIM802").evidence["kinds"] == kinds


@pytest.mark.parametrize("columns", [{"license_plate": "AB 123"}, {"has_license": True}, {"driver_license": "D1"}])
def test_a_licence_of_something_else_is_none(columns):
    assert silent(with_columns(5, **columns), "LIM802")


@pytest.mark.parametrize("name", ["original_source", "source_name", "prompt_source", "metadata", "meta"])
def test_other_names_of_sources_are_read(name):
    def columns(source):
        return {name: {"source": source} if name.startswith("meta") else source}

    rows = [*with_columns(8, **columns("a")), *with_columns(2, **columns("b"))]
    assert found(rows, "LIM801").evidence["sources"] == {"a": 8, "b": 2}


@pytest.mark.parametrize(
    "name",
    ["source_text", "source_lang", "source_url", "is_open_source", "license_source", "light_source", "source_code"],
)
def test_what_only_begins_or_ends_like_a_source_is_none(name):
    assert silent(with_columns(5, **{name: "en"}), "LIM801")


def test_no_licence_anywhere_is_not_for_this_rule_to_say():
    assert silent(with_columns(5, license=None), "LIM802")


def test_rows_that_claim_people_and_name_a_model_or_speak_as_one_are_found():
    rows = [
        *with_columns(3, source="human"),
        {**pair("q", "a"), "source": "human", "model": "gpt-4"},
        {**pair("q", "As an AI language model, I cannot taste."), "human_written": True},
        {**pair("q", "I am ChatGPT, trained by OpenAI."), "is_synthetic": False},
        {**pair("q", "As an AI language model, I cannot taste."), "source": "gpt-4"},
    ]
    finding = found(rows, "LIM803")
    assert indices(finding) == [3, 4, 5]
    assert finding.evidence["total"] == 6
    assert finding.evidence["kinds"] == {"speaks as a model": 2, "names a generator": 1}
    assert finding.evidence["examples"][1]["field"] == "answer[0]"


def test_rows_that_claim_nothing_or_keep_to_it_are_no_finding():
    assert silent(with_columns(3, model="gpt-4"), "LIM803")
    kept = with_columns(3, annotator_type="human experts", generator="human", model="n/a")
    assert found(kept, "LIM803").verdict is Verdict.CLEAR


@pytest.mark.parametrize(
    ("columns", "claims", "generator"),
    [
        ({"Human-Written": "yes"}, True, ""),
        ({"synthetic": 0, "Teacher Model": "m-7b"}, True, "m-7b"),
        ({"synthetic": True}, False, ""),
        ({"author": "Humphrey"}, False, ""),
        ({"source": "crowd-sourced"}, True, ""),
        ({"source": {"a": 1}, "model": ["", "x"]}, False, "x"),
    ],
)
def test_what_columns_claim(columns, claims, generator):
    assert (claims_people(columns), named_generator(columns)) == (claims, generator)


def test_values_that_say_nothing_are_left_out():
    assert list(values_of({"A": "N/A", "b": None, "c": 2.5, "d": " x "}, ("a", "b", "c", "d"))) == ["x"]


def test_a_kind_of_prompt_that_stands_out_is_found():
    alike = [pair(f"Rewrite the following sentence in the passive voice: cat{i}", f"a{i}") for i in range(40)]
    finding = found([*DISTINCT, *alike], "LIM804")
    assert (finding.verdict, finding.harmful) == (Verdict.FOUND, False)
    assert (finding.evidence["largest"], finding.evidence["clusters"]) == (40, 61)
    assert all(index >= 60 for index in indices(finding))
    # 60 clusters of 1% and one of 40%
    assert finding.evidence["effective_clusters"] == pytest.approx(np.exp(-0.6 * np.log(0.01) - 0.4 * np.log(0.4)))
    assert finding.evidence["coverage"] == pytest.approx(0.4)


SENTENCES = [
    f"{a} {b} the {c} near the {d}."
    for a in ("Birds", "Two men", "Someone")
    for b in ("saw", "left", "drew")
    for c in ("bridge", "old mill", "harbour")
    for d in ("river", "church", "woods")
]


@pytest.mark.parametrize(
    ("how", "prompt"),
    [
        ("begin alike", lambda one: f"Rewrite the following sentence in the passive voice: {one}"),
        ("begin alike", lambda one: f"Translate to French: {one}"),
        ("begin alike", lambda one: f"Write a haiku about this: {one}"),
        ("end alike", lambda one: f"{one}\n\nIs the sentence above grammatical?"),
        ("end alike", lambda one: f"{one} Answer in one word only."),
    ],
)
def test_prompts_of_one_template_are_of_one_kind(how, prompt):
    """What differs may outweigh the template: none of these prompts is alike another as a vector of words."""
    rows = [*DISTINCT, *(pair(prompt(one), "yes") for one in SENTENCES[:30])]
    finding = found(rows, "LIM804")
    assert (finding.verdict, finding.evidence["largest"]) == (Verdict.FOUND, 30)
    assert how in finding.title
    all_of_one = found([pair(prompt(one), "yes") for one in SENTENCES], "LIM804")
    assert (all_of_one.verdict, all_of_one.evidence["clusters"]) == (Verdict.FOUND, 1)


def test_a_common_question_word_is_no_template():
    rows = [pair(f"What is topic{i} made of, in item{i}?", f"a{i}") for i in range(60)]
    assert found(rows, "LIM804").verdict is Verdict.CLEAR


def test_prompts_of_many_kinds_are_clear_and_few_prompts_are_not_judged():
    assert found(DISTINCT, "LIM804").verdict is Verdict.CLEAR
    assert silent([pair("the same question", f"{i}") for i in range(49)], "LIM804")


def test_a_sample_stands_for_a_larger_file(monkeypatch):
    """A fifth of 3,000 prompts is of one kind: of 300 drawn, 60 on average, within 5 standard deviations."""
    monkeypatch.setattr("limen.before.check.prompt_sample.SAMPLE", 300)
    rows = [
        pair("Name the capital of the country" if i % 5 == 0 else f"word{i} thing{i} item{i}", f"a{i}")
        for i in range(3_000)
    ]
    random.Random(1).shuffle(rows)
    finding = found(rows, "LIM804")
    assert (finding.evidence["total"], finding.evidence["prompts"]) == (300, 3_000)
    assert abs(finding.evidence["largest"] - 60) < 5 * np.sqrt(300 * 0.2 * 0.8)


def test_texts_without_words_are_clusters_of_their_own():
    assert leaders(cosines([["a", "b"], [], ["b", "a"], []])).tolist() == [0, 1, 0, 2]


def test_kinds_of_a_tenth_each_seldom_have_one_that_stands_out():
    """2,000 files whose prompts begin, open, end and close in ten ways each, each as common as the bound."""
    random = np.random.default_rng(0)
    ways = round(1 / SHARE)
    for prompts in (200, 2000):
        drawn = random.multinomial(prompts, [1 / ways] * ways, (2000, 4)).max((1, 2)).tolist()
        assert_seldom("LIM804", sum(stands_out(count, prompts) for count in drawn))
    assert stands_out(260, 2000)


def test_of_two_objects_that_name_a_source_the_first_is_read_whatever_their_order():
    for order in (("meta", "metadata"), ("metadata", "meta")):
        columns = {name: {"source": name, "meta": {"dataset": "deeper"}} for name in order}
        assert list(values_of(columns, ("source", "dataset"))) == ["metadata"]
