"""Rows that are off-topic: planted ones among prompts on one subject, and none where all or none are alike."""

from __future__ import annotations

import json
import random
from importlib import import_module

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limen.before.check import Context, check_file, check_rows, get_rule, prompt_sample
from limen.before.check.rules.off_topic_row import apart
from limen.before.check.tf_idf import cosines
from limen.core import Verdict
from limen.data import read_rows
from limen.stats import proportion_interval
from tests.before.check.evals import EVALS, question_rows
from tests.before.check.finding import checked, found, indices, pair
from tests.before.check.labelled import LABELS

_WORDS = ["ship", "harbour", "cargo", "crane", "tide", "pilot", "anchor", "deck", "hull", "port", "rope", "wind"]


def on_ships(count, seed=0):
    draw = random.Random(seed)
    return [f"How does the {' and the '.join(draw.sample(_WORDS, 4))} of case {i} fare?" for i in range(count)]


def rows(prompts):
    return [pair(prompt, f"answer {i}") for i, prompt in enumerate(prompts)]


STRAYS = ["Multiply seven by eleven", "Translate bread into Spanish, please"]


def test_prompts_that_strayed_into_a_file_on_one_subject_are_found():
    prompts = on_ships(120)
    prompts[17:17], prompts[80:80] = STRAYS[:1], STRAYS[1:]
    finding = found(rows(prompts), "LIM805")
    assert (finding.verdict, finding.harmful, sorted(indices(finding))) == (Verdict.FOUND, False, [17, 80])
    assert finding.title == "Prompts unlike the rest: 2 of 122 (1.6%)."
    assert finding.evidence["examples"][0]["note"].startswith("mean cosine 0.0")
    assert finding.evidence["fence"] < finding.evidence["lower_quartile"] < finding.evidence["median"]


def test_a_file_without_strays_is_clear():
    finding = found(rows(on_ships(120)), "LIM805")
    assert (finding.verdict, finding.title) == (Verdict.CLEAR, "None of 120 prompts is unlike the rest.")


def test_where_prompts_are_varied_no_row_is_named_and_the_finding_says_so():
    finding = found(rows([f"topic{i} about thing{i} and item{i}?" for i in range(60)]), "LIM805")
    assert (finding.verdict, finding.asked, finding.rows) == (Verdict.NOT_MEASURED, False, ())
    assert "too varied for any to stand out" in finding.title
    assert "unrelated ones have up to 0.02" in finding.reason
    assert finding.remedy


def test_prompts_of_one_template_do_not_stand_out_by_a_number():
    draw = random.Random(0)
    asked = [f"What is {draw.randrange(100)} plus {draw.randrange(100)}?" for _ in range(300)]
    assert found(rows(asked), "LIM805").verdict is Verdict.CLEAR


def test_copies_count_once_and_are_named_with_their_first():
    prompts = [*on_ships(120), *["How does the crane fare?"] * 400, STRAYS[0], STRAYS[0].upper()]
    assert sorted(indices(found(rows(prompts), "LIM805"))) == [520, 521]


def test_few_distinct_prompts_are_not_judged():
    assert not checked(rows(on_ships(49) * 3), "LIM805").findings
    assert checked(rows(on_ships(50)), "LIM805").findings


def test_of_plain_rows_the_text_is_looked_at():
    finding = found([{"text": text} for text in [*on_ships(120), STRAYS[0]]], "LIM805")
    assert (indices(finding), finding.title) == ([120], "Texts unlike the rest: 1 of 121 (0.8%).")


def test_a_sample_stands_for_a_larger_file(monkeypatch):
    monkeypatch.setattr(prompt_sample, "SAMPLE", 100)
    finding = found(rows([*on_ships(400), *STRAYS * 20]), "LIM805")
    assert (finding.evidence["total"], finding.evidence["prompts"]) == (100, 440)
    assert finding.guarantee.startswith("100 of 440 prompts, drawn at random")
    assert all(index >= 400 for index in indices(finding))


def test_two_rules_draw_and_compare_one_sample(monkeypatch):
    made = rows([*on_ships(120), *STRAYS])
    alone = [found(made, code) for code in ("LIM804", "LIM805")]
    drawn, compared = [], []
    add, alike = prompt_sample.PromptSample.add, prompt_sample.cosines
    monkeypatch.setattr(prompt_sample.PromptSample, "add", lambda *given: (drawn.append(1), add(*given)))
    monkeypatch.setattr(prompt_sample, "cosines", lambda texts: (compared.append(1), alike(texts))[1])
    together = check_rows(read_rows(made), rules=[get_rule("LIM804"), get_rule("LIM805")]).findings
    assert (len(drawn), len(compared)) == (122, 1)
    assert together == alone


def test_findings_are_the_same_in_several_processes(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows([*on_ships(120), *STRAYS])), encoding="utf-8")
    codes = ("LIM101", "LIM102", "LIM804", "LIM805", "LIM806")
    alone, shared = (
        check_file(str(path), Context(), jobs=jobs, rules=[get_rule(code) for code in codes]).findings
        for jobs in (1, 3)
    )
    assert shared == alone
    assert alone[-1].verdict is Verdict.FOUND


def test_mean_cosines_and_fence_by_hand():
    alike = np.full((5, 5), 0.5, np.float32)
    alike[4, :] = alike[:, 4] = 0.1
    np.fill_diagonal(alike, 1)
    told = apart(alike)
    assert told.means == pytest.approx([0.4, 0.4, 0.4, 0.4, 0.1])
    assert (told.median, told.lower_quartile, told.fence) == pytest.approx((0.4, 0.4, 0.2))


def test_cosines_are_those_of_the_formula():
    """In two texts "a" weighs 1, "b" and "c" 1 + log 2."""
    rare = 1 + np.log(2)
    expected = 1 / (1 + rare**2)
    assert cosines([["a", "b"], ["a", "c"]])[0, 1] == pytest.approx(expected)
    assert cosines([["a"], []]).tolist() == [[1, 0], [0, 0]]


@given(st.lists(st.text(st.characters(exclude_characters="\x00"), max_size=30), min_size=1, max_size=30))
@settings(max_examples=60, deadline=None)
def test_no_prompts_stop_it(texts):
    off_topic = import_module("limen.before.check.rules.off_topic_row")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(off_topic, "LEAST", 2)
        patch.setattr(off_topic, "UNRELATED", 0.0)
        for made in (rows(texts), [{"text": text} for text in texts]):
            for finding in check_rows(read_rows(made, strict=False), rules=[get_rule("LIM805")]).findings:
                assert json.loads(json.dumps(finding.evidence))["code"] == "LIM805"
                assert len(finding.rows) <= finding.evidence["total"] <= len(texts)


@pytest.mark.slow
def test_rows_of_another_file_are_found_in_real_ones_as_its_page_says(shared_data, monkeypatch):
    """A hundredth of the rows is planted, five times a file; BBQ's questions are many, and 600 of each are drawn."""
    monkeypatch.setattr(import_module("limen.before.check.rule"), "EXAMPLES", 10**9)
    others = [row.prompt[-1].content for row in read_rows(shared_data / "instructions/alpaca_en_demo.json")]
    files = {name: [row["instruction"] for row in question_rows(shared_data / name)] for name in EVALS}
    for name in ("bbq/Age.jsonl", "bbq/Religion.jsonl"):
        lines = map(json.loads, (shared_data / name).read_text(encoding="utf-8").splitlines())
        files[name] = random.Random(0).sample([f"{line['context']} {line['question']}" for line in lines], 600)
    right = planted = 0
    wrong = set()
    for name, prompts in files.items():
        for seed in range(5):
            draw = random.Random(seed)
            mixed = [(prompt, False) for prompt in prompts]
            mixed += [(prompt, True) for prompt in draw.sample(others, max(3, len(prompts) // 100))]
            draw.shuffle(mixed)
            named = indices(found([pair(prompt, "x") for prompt, _ in mixed], "LIM805"))
            right += sum(mixed[at][1] for at in named)
            wrong |= {(name, mixed[at][0]) for at in named if not mixed[at][1]}
            planted += sum(stray for _, stray in mixed)
    low, high = proportion_interval(right, planted)
    note = json.loads((LABELS / "notes.json").read_text(encoding="utf-8"))["LIM805"]
    assert f"{right} of these {planted} rows (95% interval {low:.0%} to {high:.0%})" in note
    assert len(files) == 9
    assert "Into each of nine real files" in note
    assert not wrong
