"""A finding on a whole file that a baseline has is told again only where it is worse."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limen.before.check import Known, check_rows, get_rule, read_baseline, write_baseline
from limen.before.check.whole_file import Part, WholeFinding, take, whole_finding
from limen.core import Finding, Interval, Verdict
from limen.data import read_rows
from tests.before.check.test_judgements import judged, pairs, rated, ratings

LENGTH = Part("length", -0.30, -0.45, -0.15)


def of(*parts, code="LIM601"):
    return WholeFinding(code, code, parts)


@pytest.mark.parametrize(
    ("part", "old"),
    [
        (Part("length", -0.30, -0.45, -0.15), True),
        (Part("length", -0.30 - 1e-14, -0.45, -0.15), True),  # the last digits hang on the machine
        (Part("length", -0.44, -0.60, -0.28), True),
        (Part("length", -0.46, -0.60, -0.28), False),  # outside of the interval, further from zero
        (Part("length", -0.10, -0.12, -0.08), True),  # better than it was
        (Part("length", 0.30, 0.15, 0.45), False),
        (Part("politeness", -0.30, -0.45, -0.15), False),
        (Part("length", float("nan"), 0, 0), False),
    ],
)
def test_what_is_worse_is_new(part, old):
    assert take(of(part), [of(LENGTH)]) is old
    assert not take(of(part, code="LIM604"), [of(LENGTH)])


def test_a_further_part_is_new_and_one_less_is_not():
    other = Part("list", 1.0, 0.5, 1.5)
    assert not take(of(LENGTH, other), [of(LENGTH)])
    assert take(of(LENGTH), [of(LENGTH, other)])


def test_one_of_a_baseline_hides_one():
    left = [of(LENGTH), of(Part("length", -0.32, -0.45, -0.15))]
    # Each takes the nearest, so that two files are known in whatever order they come
    assert take(of(Part("length", -0.32, -0.45, -0.15)), left)
    assert left == [of(LENGTH)]
    assert take(of(LENGTH), left)
    assert not take(of(LENGTH), left)


def test_a_rule_that_names_no_parts_is_known_by_its_effect():
    effect = Interval(0.3, 0.2, 0.4)
    one = Finding("check/ACME1", "check", "ACME1", "t", Verdict.FOUND, effect=effect, evidence={"parts": ["wheels"]})
    assert whole_finding("ACME1", one) == WholeFinding("ACME1", "ACME1", (Part("ACME1", 0.3, 0.2, 0.4),))


def checked(rows, code, known=None):
    return check_rows(read_rows(rows), rules=[get_rule(code)], known=known)


def known_of(path, *results):
    write_baseline(path, [h for r in results for h in r.hits], [w for r in results for w in r.whole])
    return lambda: Known(baseline=read_baseline(path))


def both_ways(count):
    """Longer answers rated well."""
    return ratings(count, 25)


SAME = [rated(f"q{i}", f"a{i}", i < 95) for i in range(100)]
FILES = {
    "LIM601": pairs(400, 0.75),
    "LIM604": both_ways(300),
    "LIM605": SAME,
    "LIM801": [{"prompt": f"q{i}", "completion": f"a{i}", "source": "one" if i < 95 else "two"} for i in range(100)],
}


@pytest.mark.parametrize("code", FILES)
def test_an_unchanged_file_is_silent_and_says_so(tmp_path, code):
    first = checked(FILES[code], code)
    (finding,) = first.findings
    assert finding.verdict is Verdict.FOUND
    fresh = known_of(tmp_path / "b.json", first)
    again = checked(FILES[code], code, fresh())
    (told,) = again.findings
    assert (told.verdict, told.harmful, told.remedy, told.evidence["in_baseline"]) == (Verdict.CLEAR, False, "", 1)
    assert told.title == f"{finding.title} Not counted: in the baseline."
    # A baseline that is written anew with the old one in use holds the same
    assert again.whole == first.whole
    # The second file of a check is not what the baseline knew
    known = fresh()
    assert [checked(FILES[code], code, known).findings[0].verdict for _ in range(2)] == [Verdict.CLEAR, Verdict.FOUND]


@pytest.mark.parametrize(
    ("rows", "new"),
    [
        (pairs(400, 0.75, seed=0)[:390], False),
        (pairs(400, 0.95), True),  # stronger
        (pairs(400, 0.25), True),  # the other way
        ([r if i % 2 else {**r, "chosen": r["chosen"] + " **so**"} for i, r in enumerate(pairs(400, 0.75))], True),
    ],
)
def test_what_changed_in_a_file_is_told(tmp_path, rows, new):
    fresh = known_of(tmp_path / "b.json", checked(pairs(400, 0.75), "LIM601"))
    (finding,) = checked(rows, "LIM601", fresh()).findings
    assert (finding.verdict is Verdict.FOUND) is new
    assert finding.harmful is new


def test_a_baseline_of_before_holds_no_findings_on_whole_files(tmp_path):
    path = tmp_path / "b.json"
    path.write_text('{"format": "limen-check-baseline", "version": 1, "hits": []}')
    assert read_baseline(path).findings == []


@given(st.lists(st.tuples(st.text(), *[st.floats(allow_nan=False, width=32)] * 3), min_size=1, max_size=5))
def test_a_baseline_holds_what_was_written(tmp_path_factory, parts):
    path = tmp_path_factory.mktemp("b") / "b.json"
    whole = [of(*(Part(*part) for part in parts))]
    write_baseline(path, [], whole)
    json.loads(path.read_text())
    assert read_baseline(path).findings == whole


def test_the_groups_of_a_baseline_do_not_contradict_the_count(tmp_path):
    rows = [{"prompt": f"Who is it, number {i}?", "completion": "The man who came."} for i in range(20)]
    first = checked(rows, "LIM701")
    known = known_of(tmp_path / "b.json", first)()
    women = [{"prompt": "Who?", "completion": f"The woman {i}."} for i in range(2)]
    (finding,) = checked([*rows, *women], "LIM701", known).findings
    assert "{" not in finding.title
    head, _, rest = finding.title.partition(" With these: ")
    assert head == "Rows that mention a group by gender: 2 of 22 (9.1%). Not counted: 20 in the baseline."
    assert rest.startswith("men in 20 (90.9%")
    assert rest.endswith(".")
    assert "gender: 20 of 20 (100.0%): men in 20" in first.findings[0].title


def test_annotators_who_agree_less_than_they_did_are_told(tmp_path):
    def judgements(noise):
        random = np.random.default_rng(0)
        made = []
        for i in range(300):
            truth = random.random() < 0.5
            made += [rated(f"q{i}", f"a{i}", bool(truth != (random.random() < noise)), worker=w) for w in ("a", "b")]
        return made

    fresh = known_of(tmp_path / "b.json", checked(judgements(0.25), "LIM606"))
    assert checked(judgements(0.25), "LIM606", fresh()).findings[0].verdict is Verdict.CLEAR
    assert checked(judgements(0.5), "LIM606", fresh()).findings[0].verdict is Verdict.FOUND
    assert checked([judged("q", "a", "b")], "LIM606", fresh()).findings == []
