"""Rows that are ignored or in a baseline are not counted, and never silently."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limen.before.check import (
    HitRows,
    IgnoredRow,
    Known,
    Rule,
    RuleSettings,
    Severity,
    Tally,
    check_rows,
    read_baseline,
    write_baseline,
)
from limen.before.check.hit_rows import ranks, sizes_of
from limen.core import UsageError, Verdict
from limen.data import read_rows
from tests.before.check.test_rules import CLEAN, named


def found(source, code, **options):
    result = check_rows(read_rows(source, strict=False), **options)
    return next(f for f in result.findings if f.evidence["code"] == code)


def baseline_of(path, *sources):
    write_baseline(path, [hit for source in sources for hit in check_rows(read_rows(source)).hits])
    return read_baseline(path)


EMPTY = [{"prompt": f"empty {i}", "completion": " "} for i in range(30)]


def test_only_rows_that_are_new_since_the_baseline_are_named(tmp_path):
    base = baseline_of(tmp_path / "b.json", [*CLEAN, *EMPTY[:25]])
    assert found([*CLEAN, *EMPTY[:25]], "LIM201", known=Known(baseline=base)).verdict is Verdict.CLEAR
    later = found([*EMPTY[:20], *CLEAN, *EMPTY[20:27]], "LIM201", known=Known(baseline=base))
    assert (later.verdict, named(later), later.evidence["count"]) == (Verdict.FOUND, [55, 56], 2)
    assert later.evidence["in_baseline"] == 25
    assert "25 in the baseline" in later.title
    assert later.evidence["examples"][0]["text"].startswith("empty 25")
    assert later.evidence["examples"][0]["note"] == "no answer"


def test_a_rule_that_keeps_few_hits_names_others_all_the_same(tmp_path):
    class Few(Rule):
        """Every row, with a plain tally."""

        code, name, severity = "ACME900", "few", Severity.INFO

        def __init__(self, context):
            super().__init__(context)
            self.tally = Tally()

        def see(self, seen):
            self.tally.add(seen.row, "a note")

        def findings(self, report):
            told = {"title": "{count}", "clear": "", "remedy": "", "rows": self.tally.rows}
            return [self.counted(self.tally.hits, self.tally.count, self.tally.count, **told)]

    write_baseline(tmp_path / "b.json", check_rows(read_rows(EMPTY[:25]), rules=[Few]).hits)
    known = Known(baseline=read_baseline(tmp_path / "b.json"))
    (finding,) = check_rows(read_rows(EMPTY[:27]), rules=[Few], known=known).findings
    assert [(e["index"], e["note"]) for e in finding.evidence["examples"]] == [(25, ""), (26, "")]


def test_new_copies_say_what_they_copy(tmp_path):
    base = baseline_of(tmp_path / "b.json", [*CLEAN, *CLEAN[:25]])
    finding = found([*CLEAN, *CLEAN[:27]], "LIM101", known=Known(baseline=base))
    assert [e["note"] for e in finding.evidence["examples"]] == ["the same as row 26", "the same as row 27"]


def test_a_finding_whose_rows_are_all_known_says_so(tmp_path):
    base = baseline_of(tmp_path / "b.json", [*CLEAN, *EMPTY[:2]])
    finding = found([*CLEAN, *EMPTY[:2]], "LIM201", known=Known(baseline=base))
    assert (finding.verdict, finding.harmful) == (Verdict.CLEAR, False)
    assert finding.title == "Rows without an answer: 0 of 32 (0.0%). Not counted: 2 in the baseline."


def test_more_copies_of_a_row_than_before_are_new(tmp_path):
    base = baseline_of(tmp_path / "b.json", [*CLEAN, CLEAN[3]])
    finding = found([*CLEAN, CLEAN[3], CLEAN[3], CLEAN[3]], "LIM101", known=Known(baseline=base))
    assert (finding.evidence["count"], finding.evidence["in_baseline"]) == (2, 1)


def test_what_one_file_takes_from_the_baseline_is_gone_for_the_next(tmp_path):
    known = Known(baseline=baseline_of(tmp_path / "b.json", [*CLEAN, EMPTY[0]]))
    assert found([*CLEAN, EMPTY[0]], "LIM201", known=known).verdict is Verdict.CLEAR
    assert found([*CLEAN, EMPTY[0]], "LIM201", known=known).verdict is Verdict.FOUND


def test_mentions_are_known_by_trait(tmp_path):
    from limen.traits import resolve

    rows = [{"text": "the owl"}, {"text": "the owl and the oak"}]
    owls, oaks = resolve(["prefers-owl"]), resolve(["prefers-oak"])
    write_baseline(tmp_path / "b.json", check_rows(read_rows(rows), traits=owls).hits)
    known = Known(baseline=read_baseline(tmp_path / "b.json"))
    findings = check_rows(read_rows(rows), traits=[*owls, *oaks], known=known).findings
    assert {f.subject: f.evidence["count"] for f in findings if f.evidence["code"] == "LIM301"} == {
        "prefers-owl": 0,
        "prefers-oak": 1,
    }


def test_ignored_rows_are_told_and_do_not_go_into_a_baseline(tmp_path):
    planted = [*CLEAN, *EMPTY[:3]]
    ids = [row.id for row in read_rows(planted)]
    known = Known([IgnoredRow(ids[30], "LIM201", "a test of silence"), IgnoredRow(ids[0], "LIM201", "no hit")])
    result = check_rows(read_rows(planted), known=known)
    finding = next(f for f in result.findings if f.evidence["code"] == "LIM201")
    assert (named(finding), finding.evidence["count"], finding.evidence["ignored"]) == ([31, 32], 2, 1)
    assert "1 ignored by the configuration" in finding.title
    assert known.told(["LIM201"]) == [
        f"Row {ids[30]} is ignored by LIM201: a test of silence",
        f"Row {ids[0]} is to be ignored by LIM201, which names no such row in these files.",
    ]
    assert len(known.told(["LIM101"])) == 1
    write_baseline(tmp_path / "b.json", result.hits)
    assert ids[30] not in (tmp_path / "b.json").read_text()
    assert ids[31] in (tmp_path / "b.json").read_text()


def test_severity_and_share_of_single_rules():
    planted = [*CLEAN, *EMPTY[:3]]
    assert found(planted, "LIM201").harmful
    assert not found(planted, "LIM201", settings={"LIM201": RuleSettings(fail_on=0.5)}).harmful
    info = found(planted, "LIM201", settings={"LIM201": RuleSettings(severity=Severity.INFO)})
    assert (info.harmful, info.evidence["severity"]) == (False, "info")
    assert found(planted, "LIM201", harmful_share=1.0, settings={"LIM201": RuleSettings(fail_on=0.0)}).harmful


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "[]",
        '{"format": "other"}',
        '{"format": "limen-check-baseline", "version": 2}',
        '{"format": "limen-check-baseline", "version": 1}',
        '{"format": "limen-check-baseline", "version": 1, "hits": [{"code": "X", "subject": "X", "rows": ["zz"]}]}',
        '{"format": "limen-check-baseline", "version": 1, "hits": [{"code": "X", "subject": "X", "rows": ["'
        + "f" * 40
        + '"]}]}',
        '{"format": "limen-check-baseline", "version": 1, "hits": [3]}',
    ],
)
def test_what_is_no_baseline(tmp_path, text):
    path = tmp_path / "b.json"
    path.write_text(text)
    with pytest.raises(UsageError, match="--write-baseline"):
        read_baseline(path)
    with pytest.raises(UsageError, match="no such baseline"):
        read_baseline(tmp_path / "none")


@given(st.lists(st.integers(0, 5), max_size=30))
def test_a_baseline_holds_what_was_written_and_knows_all_of_it(tmp_path_factory, values):
    path = tmp_path_factory.mktemp("b") / "b.json"
    rows = HitRows(values, range(len(values)))
    assert write_baseline(path, [("LIM101", 'sub"ject\n', rows)]) == len(values)
    json.loads(path.read_text())
    base = read_baseline(path)
    assert sorted(values) == base.hits.get(("LIM101", 'sub"ject\n'), np.empty(0)).tolist()
    ignored, old = Known(baseline=base).split("LIM101", 'sub"ject\n', rows)
    assert old.all()
    assert not ignored.any()


@given(st.lists(st.integers(0, 4), max_size=20), st.lists(st.integers(0, 4), max_size=20))
def test_ranks_and_sizes(values, among):
    got = ranks(np.array(values, np.uint64)).tolist()
    assert got == [values[:i].count(v) for i, v in enumerate(values)]
    sizes = sizes_of(np.array(values, np.uint64), np.sort(np.array(among, np.uint64))).tolist()
    assert sizes == [among.count(v) for v in values]
