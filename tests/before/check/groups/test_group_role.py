"""Occupations of groups: what a sentence says, planted associations found, chance and trivia silent."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from benchmarks import group_roles
from limen.before.check.groups import load_lexicons
from limen.before.check.groups.association import (
    LEAST_OF_OCCUPATION,
    association,
    battery,
    fisher,
)
from limen.before.check.groups.beside import beside
from limen.before.check.groups.family import FAMILYWISE_LEVEL
from limen.before.check.groups.roles import roles_in
from limen.before.check.groups.row_groups import row_groups
from limen.before.check.seen_row import SeenRow
from limen.core import Message, Row, RowKind, Verdict
from limen.stats import proportion_lower
from tests.before.check.finding import checked, found, indices, pair
from tests.before.check.labelled import LABELS

LEXICONS = load_lexicons()
JOBS = ["nurse", "engineer", "teacher", "lawyer", "baker", "pilot"]


def said(text):
    row = Row(RowKind.TEXT, (), (Message("text", text),))
    held = roles_in(row_groups(SeenRow(row), LEXICONS))
    return {(role.group, role.occupation) for roles in held.values() for role in roles}


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("She works as a bilingual secretary.", {("women", "secretary")}),
        ("The man is a teacher.", {("men", "teacher")}),
        ("The professor rose to greet his students.", {("men", "professor")}),
        ("He met an Italian physicist.", {("italians", "physicist")}),
        ("Two female engineers spoke.", {("women", "engineer")}),
        ("She became a criminal lawyer.", {("women", "lawyer")}),
        ("She's an accomplished artist.", {("women", "artist")}),
        ("He\u2019s the best baker of the town.", {("men", "baker")}),
        ("She became one of the best dancers in the kingdom.", {("women", "dancer")}),
        ("She works as our secretary.", {("women", "secretary")}),
        ("They spoke of his work as a voice actor.", {("men", "actor")}),
        ("The town knew her as a baker.", {("women", "baker")}),
        ("He is a terrorist.", {("men", "terrorist")}),
        ("The women were nurses.", {("women", "nurse")}),
        ("Die Frau ist eine bekannte Ärztin, und sie wohnt in der Stadt.", {("women", "arzt")}),
        ("Der Mann ist nicht alt und arbeitet als Krankenpfleger.", {("men", "krankenpfleger")}),
    ],
)
def test_what_a_sentence_says(text, roles):
    assert said(text) == roles


@pytest.mark.parametrize(
    "text",
    [
        "Speak to a lawyer about your ex-husband.",
        "Her boss is a lawyer.",
        "He might consult the doctors.",
        "The doctors saw her.",
        "The man's doctor came.",
        "Her boss as a lawyer would know.",
        "It saw his car as it left the baker.",
        "She is the teacher's friend.",
        "He's seen the lawyer.",
        "She is one of those who met the nurse.",
        "The lawyer told the teacher that she was late.",
        "His doctor said that he should rest.",
        "It is a criminal offence to follow him.",
        "She is a nurse, and he is an engineer.",  # Two groups
        "A nurse came. She sang.",
        "The firefighter sang.",
        "Please cook dinner for his mother.",
        "Older people cook at home.",
        "",
    ],
)
def test_what_it_does_not(text):
    assert said(text) == set()


@pytest.mark.parametrize(
    ("text", "occupations"),
    [
        ("Please cook dinner for a man.", set()),
        ("The man cooks dinner.", set()),
        ("She will judge it.", set()),
        ("The man is a cook.", {"cook"}),
        ("A good cook met the man.", {"cook"}),
        ("Nurses helped the man.", {"nurse"}),
        ("Teacher and writer, the man left.", {"teacher", "writer"}),
    ],
)
def test_a_verb_is_no_occupation(text, occupations):
    row = Row(RowKind.TEXT, (), (Message("text", text),))
    held = beside(row_groups(SeenRow(row), LEXICONS))
    assert {occupation for one in held.values() for occupation in one.occupations} == occupations


def rows_of(share, count=240, jobs=JOBS, seed=0):
    """Each row one person with a job; the nurses are women with a probability, all others evenly."""
    random = np.random.default_rng(seed)
    rows = []
    for i in range(count):
        job = jobs[i % len(jobs)]
        who = "woman" if random.random() < (share if job == "nurse" else 0.5) else "man"
        rows.append(pair(f"Write about person {i}.", f"The {who} is a {job} in town {i}."))
    return rows


def test_a_planted_association_is_found():
    rows = rows_of(0.98)
    finding = found(rows, "LIM704")
    assert (finding.verdict, finding.asked, finding.harmful) == (Verdict.FOUND, True, False)
    assert finding.title.startswith("Occupations go with groups: nurse with women in ")
    assert "by chance" in finding.title
    (nurse,) = [one for one in finding.evidence["comparisons"] if one["p_adjusted"] <= FAMILYWISE_LEVEL]
    assert (nurse["occupation"], nurse["of_occupation"], nurse["units"]) == ("nurse", 40, 240)
    assert nurse["both"] > 1.5 * nurse["expected"]
    assert finding.effect.low > 1
    assert all("woman is a nurse" in rows[i]["output"] for i in indices(finding))
    example = finding.evidence["examples"][0]
    assert example["text"][slice(*example["text_span"])] == "woman"


def test_even_shares_are_silent():
    for seed in range(5):
        finding = found(rows_of(0.5, seed=seed), "LIM704")
        assert (finding.verdict, finding.asked) == (Verdict.INCONCLUSIVE, False)
        assert finding.smallest_detectable > 1
        assert "would not have been seen" in finding.reason


def test_a_large_file_does_not_flag_trivia_and_can_be_clear():
    made = battery([association(("gender", "women", "nurse"), 5300, 50_000, 10_000, 100_000)])
    assert (made[0].p_adjusted < 1e-6, made[0].matters, made[0].found) == (True, False, False)
    assert found(rows_of(0.5, count=2400, jobs=JOBS[:2]), "LIM704").verdict is Verdict.CLEAR


def test_a_prompt_counts_once():
    rows = [pair("Write about a nurse.", f"The woman is a nurse in town {i}.") for i in range(60)]
    rows += [pair(f"Write about person {i}.", "The man is a baker.") for i in range(60)]
    finding = found(rows, "LIM704")
    assert finding.verdict is Verdict.NOT_MEASURED
    assert "61 distinct prompts say an occupation, the commonest in 60" in finding.reason
    # Rows without a prompt count by themselves
    texts = [{"text": row["output"]} for row in rows_of(0.98)]
    assert found(texts, "LIM704").verdict is Verdict.FOUND


def test_several_groups_are_each_compared_with_the_others():
    people = ["French", "Italian", "Turkish"]
    rows = [
        pair(f"Who is {i}?", f"A {people[i % 3]} {'cook' if i % 3 == 0 or i % 7 == 0 else 'poet'} of town {i}.")
        for i in range(180)
    ]
    finding = found(rows, "LIM704")
    strong = {(c["group"], c["occupation"]) for c in finding.evidence["comparisons"] if c["p_adjusted"] < 0.02}
    assert {("french people", "cook"), ("french people", "poet")} <= strong
    assert finding.evidence["tests"] == 6


def test_nobody_has_an_occupation():
    assert not checked([pair("Who?", "She sings.")], "LIM704").findings


def test_the_estimate_is_haldane_s_and_p_is_fisher_s():
    one = association(("d", "g", "o"), 12, 30, 20, 100)
    table = [[12, 18], [8, 62]]
    a, b, c, d = 12.5, 18.5, 8.5, 62.5
    assert one.estimate == pytest.approx(np.log2(a * d / b / c))
    assert one.p == pytest.approx(stats.fisher_exact(table).pvalue)
    assert one.expected == 6
    assert battery([]) == []


@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 60), st.data())
def test_fisher_is_scipy_s(group, occupation, rest, data):
    units = max(group, occupation) + rest
    both = data.draw(st.integers(max(0, group + occupation - units), min(group, occupation)))
    table = [[both, group - both], [occupation - both, units - group - occupation + both]]
    assert fisher(both, group, occupation, units) == pytest.approx(stats.fisher_exact(table).pvalue, rel=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize(("units", "groups", "more"), group_roles.SETTINGS)
def test_the_familywise_error_holds(units, groups, more):
    """2,000 files in which nobody's occupation goes with the group: at most 2% have an adjusted p below the level."""
    below, named = group_roles.wrong(units, groups, more)
    assert proportion_lower(below, group_roles.DRAWS, level=0.99) <= FAMILYWISE_LEVEL
    guide = (Path(__file__).parents[4] / "docs" / "checking-data.md").read_text(encoding="utf-8")
    page = json.loads((LABELS / "notes.json").read_text(encoding="utf-8"))["LIM704"]
    for told in (guide, page):
        (most,) = re.findall(r"it named one in at most (\S+)%", told)
        assert named / group_roles.DRAWS <= float(most) / 100


@pytest.mark.slow
def test_what_is_detectable_is_found_with_about_the_power_that_is_said():
    random = np.random.default_rng(4)
    seen, said_ = 0, []
    for _ in range(500):
        of = np.repeat([True, False], 100)
        has = random.random(200) < np.where(of, 0.55, 0.15)
        one = association(("d", "g", "o"), int(has[of].sum()), 100, max(int(has.sum()), LEAST_OF_OCCUPATION), 200)
        (one,) = battery([one])
        seen += one.found
        said_.append(one.detectable)
    assert 1 < np.median(said_) < np.log2(0.55 * 0.85 / 0.45 / 0.15)
    assert seen / 500 > 0.8


@pytest.mark.slow
def test_intervals_cover():
    """The interval of true odds four times those of the others holds them about as often as it says."""
    random = np.random.default_rng(6)
    low = 0.2
    high = 4 * low / (1 - low) / (1 + 4 * low / (1 - low))
    covered = 0
    for _ in range(1000):
        first, second = int(random.binomial(80, high)), int(random.binomial(120, low))
        one = association(("d", "g", "o"), first, 80, first + second, 200)
        covered += one.low <= 2 <= one.high
    assert 0.93 <= covered / 1000 <= 0.985
