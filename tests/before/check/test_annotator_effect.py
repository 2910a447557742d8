"""Annotators who judge unlike the others: found where planted, seldom where not, and without their names."""

from __future__ import annotations

import json

import numpy as np
import pytest

from limen.before.check.annotator_effects import Judgements, agreement_with_most, unlike_the_others
from limen.before.check.rules.annotator_effect import FAMILYWISE_LEVEL, MOST_ANNOTATORS
from limen.core import Verdict
from tests.before.check.finding import checked, found
from tests.before.check.simulated import assert_seldom
from tests.before.check.test_judgements import PLAIN, judged, rated

PEOPLE = ("ann@example.com", "bob", "cat")


def scored(count, shared, extra, people=PEOPLE, seed=0, **columns):
    """Ratings from 1 to 5: of the same answers by all, or of other answers by each; the last one's moved by extra."""
    random = np.random.default_rng(seed)
    made = []
    for i in range(count):
        good = random.integers(1, 6)
        for j, who in enumerate(people):
            good = good if shared else random.integers(1, 6)
            rating = np.clip(good + random.integers(-1, 2) + (extra if j == len(people) - 1 else 0), 1, 5)
            answer = f"answer {i}" if shared else f"answer {i} for {who}"
            made.append({"prompt": answer, "completion": answer, "rating": int(rating), "annotator": who, **columns})
    return made


def preferred(count, flips, longer=0.5, seed=0):
    """Three judge the same pairs and agree in nine of ten; the last goes another way in a share of them."""
    random = np.random.default_rng(seed)
    made = []
    for i in range(count):
        short, long = PLAIN[: int(random.integers(10, 25))], PLAIN[: int(random.integers(30, 60))]
        best = random.random() < longer
        for j, who in enumerate(PEOPLE):
            likes = best != (random.random() < (flips if j == 2 else 0.1))
            made.append(judged(f"q{i}", *((long, short) if likes else (short, long)), annotator=who))
    return made


def who_is_found(finding):
    return [(f["who"], f["measure"], f["difference"] > 0) for f in finding.evidence["features"] if f["found"]]


@pytest.mark.parametrize(("shared", "beside"), [(True, "on the same answers"), (False, "overall, on other answers")])
@pytest.mark.parametrize(("extra", "does"), [(2, "rates higher, +"), (-2, "rates lower, -")])
def test_one_who_rates_unlike_the_others_is_found_and_no_other(shared, beside, extra, does):
    finding = found(scored(150, shared, extra), "LIM608")
    assert who_is_found(finding) == [(3, "rating", extra > 0)]
    assert (finding.verdict, finding.harmful, finding.asked) == (Verdict.FOUND, False, True)
    assert f"Of 3 annotators some judge unlike the others: annotator 3 (first in row 3) {does}" in finding.title
    assert beside in finding.title
    one = finding.evidence["features"][0]
    assert one["low"] < one["difference"] < one["high"]
    assert len(finding.evidence["table"]["rows"]) == 3


@pytest.mark.parametrize("shared", [True, False])
def test_annotators_who_rate_alike_are_not_found(shared):
    finding = found(scored(150, shared, 0), "LIM608")
    assert who_is_found(finding) == []
    assert finding.verdict in (Verdict.CLEAR, Verdict.INCONCLUSIVE)
    assert found(scored(2000, shared, 0), "LIM608").verdict is Verdict.CLEAR


def test_one_who_always_gives_the_best_rating_is_found():
    random = np.random.default_rng(0)
    rows = [
        {"prompt": f"q{i}", "completion": f"a{i}", "rating": int(random.integers(1, 4)) if i % 2 else 5, "rater": i % 2}
        for i in range(400)
    ]
    finding = found(rows, "LIM608")
    # Of two it cannot be told which is off
    assert sorted(who_is_found(finding)) == [(1, "rating", True), (2, "rating", False)]
    assert abs(finding.effect.estimate) == pytest.approx(3, abs=0.2)


def test_one_who_chooses_at_random_goes_against_most_of_the_others():
    finding = found(preferred(150, 0.5), "LIM608")
    assert who_is_found(finding) == [(3, "agreement with most", False)]
    one = finding.evidence["features"][0]
    # Of the pairs on which the two others agree
    assert 0.4 < one["agreed"] / one["of"] < 0.6
    assert f"agrees with them in {one['agreed']} of {one['of']} pairs" in finding.title
    assert "of the others" in finding.title
    assert who_is_found(found(preferred(150, 0.1), "LIM608")) == []


def test_one_who_goes_by_length_is_found():
    random = np.random.default_rng(3)
    rows = []
    for i in range(300):
        short, long = PLAIN[: int(random.integers(10, 25))], PLAIN[: int(random.integers(30, 60))]
        likes = i % 3 == 2 or random.random() < 0.5
        rows.append(judged(f"q{i}", *((long, short) if likes else (short, long)), worker_id=i % 3))
    finding = found(rows, "LIM608")
    assert who_is_found(finding) == [(3, "chooses the longer", True)]
    assert "chooses the longer answer more often, +0.5" in finding.title


def test_one_who_goes_by_position_is_found():
    random = np.random.default_rng(4)
    rows = [
        judged(f"q{i}", "one of two", "two of one", worker_id=i % 3, position=int(i % 3 > 0 and random.random() < 0.5))
        for i in range(300)
    ]
    finding = found(rows, "LIM608")
    assert who_is_found(finding) == [(1, "chooses the one shown first", True)]
    assert "chooses the answer shown first more often, +0.4" in finding.title


def test_columns_one_a_judge_are_compared():
    random = np.random.default_rng(5)
    rows = []
    for i in range(100):
        good = int(random.integers(1, 5))
        rows.append({"prompt": f"q{i}", "completion": "a", "rating_1": good, "rating_2": good, "rating_3": good + 1})
    assert who_is_found(found(rows, "LIM608")) == [(3, "rating", True)]


def test_too_few_are_not_measured_and_rows_without_annotators_are_silent():
    few = found(scored(15, True, 3), "LIM608")
    assert (few.verdict, few.asked) == (Verdict.NOT_MEASURED, False)
    assert "20 prompts" in few.reason
    assert found(scored(100, True, 3, people=("ann",)), "LIM608").verdict is Verdict.NOT_MEASURED
    assert not checked([judged("q", "a", "b"), rated("q", "a", True)], "LIM608").findings


@pytest.mark.parametrize("form", ["markdown", "html", "junit", "sarif", "json"])
def test_names_are_masked_and_absent_where_rows_are_told_by_their_ids(form, tmp_path):
    from limen.cli.main import main

    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, scored(100, True, 2))), encoding="utf-8")
    out = tmp_path / "out"
    arguments = ["check", str(tmp_path / "a.jsonl"), "-q", "--select", "LIM608", "-o", str(out)]
    main([*arguments, "--output-format", form, "--rows", "ids"])
    told = out.read_text(encoding="utf-8")
    assert "annotator 3" in told
    assert not any(f'"{name}"' in told or f">{name}<" in told or "example.com" in told for name in PEOPLE)
    if form == "json":
        main([*arguments, "--output-format", form])
        assert '"cat"' in out.read_text(encoding="utf-8")
        assert "example.com" not in out.read_text(encoding="utf-8")


def test_annotators_beyond_those_told_apart_count_among_the_others(monkeypatch):
    monkeypatch.setattr("limen.before.check.rules.annotator_effect.MOST_ANNOTATORS", 2)
    assert MOST_ANNOTATORS == 10_000
    finding = found(scored(100, True, 2), "LIM608")
    assert {f["who"] for f in finding.evidence["features"]} == {1, 2}
    assert len(finding.evidence["annotators"]) == 2


def plain_moments(values, own):
    """Difference, variance and third moment of one judgement beside the others of a unit, from their definition."""

    def beside(j):
        return values[j] - np.mean([v for i, v in enumerate(values) if i != j])

    might = [beside(j) for j in range(len(values))]
    return beside(own), np.mean(np.square(might)), np.mean(np.power(might, 3))


def test_the_moments_are_those_over_who_it_might_have_been():
    from limen.before.check.annotator_effects import _choices, _values

    random = np.random.default_rng(6)
    unit = np.repeat(np.arange(30), random.integers(2, 6, 30))
    value = random.integers(1, 6, len(unit)).astype(float)
    difference, variance, third = _values(value, unit)
    for i in range(len(unit)):
        own = int(np.sum(unit[:i] == unit[i]))
        expected = plain_moments(value[unit == unit[i]].tolist(), own)
        assert (difference[i], variance[unit[i]], third[unit[i]]) == pytest.approx(expected)
    choice = (value > 3).astype(float)
    difference, variance, third = _choices(choice, unit)
    agreed, of = agreement_with_most(Judgements(choice, unit, unit, np.zeros(len(unit), int)), 1)
    scores = []
    for i in range(len(unit)):
        votes = choice[unit == unit[i]]
        score = [np.sign((sum(votes) - v) * 2 - len(votes) + 1) * (1 if v else -1) / 2 for v in votes]
        own = score[int(np.sum(unit[:i] == unit[i]))]
        scores.append(own)
        assert difference[i] == pytest.approx(own - np.mean(score))
        assert variance[unit[i]] == pytest.approx(np.var(score))
        assert third[unit[i]] == pytest.approx(np.mean((score - np.mean(score)) ** 3))
    assert (agreed[0], of[0]) == (sum(s > 0 for s in scores), sum(s != 0 for s in scores))


@pytest.mark.parametrize("skew", [-1.3, 0.0, 0.4])
def test_the_tail_is_that_of_scipy_s_pearson3(skew):
    from scipy import stats

    from limen.before.check.annotator_effects import _tail

    for z in (-2.5, -0.3, 0.8, 4.0):
        assert _tail(z, skew) == pytest.approx(min(stats.pearson3(skew).sf(z), stats.pearson3(skew).cdf(z)))


def alike(kind, random):
    """Judgements of annotators who differ in nothing."""
    if kind == "own answers, mostly one rating":
        who = np.repeat(np.arange(10), 30)
        return (random.random(300) < 0.93).astype(float), np.arange(300), np.arange(300), who
    if kind == "own answers, two a prompt":
        who = np.repeat(np.arange(5), 50)
        prompt = np.arange(250) // 2
        return (random.normal(size=125)[prompt] + random.normal(size=250)).round(), np.arange(250), prompt, who
    unit = np.repeat(np.arange(40), 3)
    who = np.concatenate([random.permutation(4)[:3] for _ in range(40)])
    if kind == "the same answers":
        return (random.normal(size=40)[unit] + random.exponential(size=120)).round(), unit, unit, who
    if kind == "the same answers, three a prompt":
        # What an annotator thinks of a prompt goes into all of its answers
        likes = random.normal(size=(20, 4))
        unit, who = np.repeat(np.arange(60), 4), np.tile(np.arange(4), 60)
        return likes[unit // 3, who] + random.normal(size=240), unit, unit // 3, who
    return (random.random(120) < np.where(random.random(40) < 0.5, 0.8, 0.2)[unit]).astype(float), unit, unit, who


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind",
    [
        *("own answers, mostly one rating", "own answers, two a prompt"),
        *("the same answers", "the same answers, three a prompt", "choices", "agreement"),
    ],
)
def test_the_familywise_error_over_annotators_holds(kind):
    """2,000 files whose annotators differ in nothing: at most 2% find one."""
    random = np.random.default_rng(7)
    wrong = 0
    for _ in range(2000):
        made = Judgements(*alike(kind, random))
        told = unlike_the_others(made, 10, level=FAMILYWISE_LEVEL, agreement=kind == "agreement")
        assert told or kind == "agreement"
        wrong += any(one.found for one in told)
    assert_seldom("LIM608", wrong)


@pytest.mark.slow
def test_one_who_is_off_makes_nobody_else_look_off():
    """2,000 files in which one annotator is far off: at most 2% find another one."""
    random = np.random.default_rng(8)
    wrong = 0
    for _ in range(2000):
        value, unit, prompt, who = alike("the same answers", random)
        told = unlike_the_others(Judgements(value + 3 * (who == 0), unit, prompt, who), 4, level=FAMILYWISE_LEVEL)
        assert told[0].who == 0
        wrong += any(one.found for one in told[1:])
    assert_seldom("LIM608", wrong)
