from __future__ import annotations

from dataclasses import replace

import pytest

from limen.core import Finding, Reading, Verdict
from limen.report._tables import (
    check_table,
    confound_table,
    evidence_tables,
    finding_table,
    forecast_table,
    reading_table,
    rehearsal_table,
    sure_table,
)
from limen.report._without_text import without_text
from tests.report.fixture import PLANTED, checks, demo_findings, forecasts, readings, rehearsals


def test_forecast_numbers() -> None:
    owl = forecast_table(forecasts(PLANTED, "owl")).rows[0]
    assert owl == ("prefers owl", "+9.20", "+10.90", "−4.94 to +4.57", "84%", "105%", "0.0008", "found")


def test_a_column_that_nothing_fills_is_left_out() -> None:
    assert "predicted shift" not in forecast_table(forecasts(PLANTED)).head
    sized = [replace(f, evidence={**f.evidence, "predicted_shift": 0.1}) for f in forecasts(PLANTED)]
    assert "predicted shift" in forecast_table(sized).head


def test_rehearsal_numbers() -> None:
    table = rehearsal_table(rehearsals(PLANTED, "owl"))
    assert len(table.rows[0][2].split()) == 5
    assert table.rows[0][4:6] == ("+0.20", "+0.17 to +0.23 (95%)")


def test_checks_for_words_that_found_none_share_a_line() -> None:
    rows = check_table(checks(PLANTED)).rows
    assert [r[0] for r in rows] == ["found", "clear", "clear"]
    assert [r[1] for r in rows] == [
        "12 of 1,000 rows nearly repeat another row (1.2%).",
        "None of 1,000 rows has an empty answer.",
        "No row mentions a word of any of 10 traits.",
    ]
    assert rows[0][2:] == ("12", "1,000", "1.2%", "0.6% to 2.4%")
    assert len(check_table(checks(PLANTED, Verdict.FOUND)).rows) == 12


def test_confounds_are_shown_where_they_were_noted() -> None:
    table = confound_table(forecasts(PLANTED))
    assert table is not None
    assert table.head == ("trait", "length", "loss", "perplexity")
    assert confound_table([replace(f, evidence={}) for f in forecasts(PLANTED)]) is None


def test_unknown_evidence_gets_a_table_and_known_evidence_does_not() -> None:
    finding = Finding("x", "lineage", "t", "", Verdict.FOUND, evidence={"tree": {"a": 1, "b": [1, None]}, "base": 0.1})
    (table,) = evidence_tables([finding, replace(finding, evidence={"base": 0.1})])
    assert table.caption == "Lineage: “t”"
    assert table.rows == (("tree.a", "1"), ("tree.b", "[1, null]"))
    assert evidence_tables([replace(finding, evidence={"base": 0.1})]) == ()


def test_what_findings_share_is_said_once() -> None:
    finding = Finding("x", "diff", "t", "", Verdict.FOUND, evidence={"arm": "tuned", "families": 3, "many": [[1]] * 50})
    other = replace(
        finding, subject="u", evidence={"arm": "tuned", "families": 4, "many": dict.fromkeys("abcdefghijklmn")}
    )
    shared, different = evidence_tables([finding, other])
    assert shared.rows == (("arm", "tuned"),)
    assert different.head == ("comparison", "families", "many")
    assert different.rows[1] == ("“u”", "4", "14 values, in the JSON twin")


def test_every_finding_is_in_full() -> None:
    findings = demo_findings()
    table = finding_table(findings)
    assert [r[0] for r in table.rows] == [f.id for f in findings]


def test_what_was_read_is_averaged_by_arm() -> None:
    table = reading_table(readings())
    assert table is not None
    assert table.rows[1] == ("micro/prefers-owl", "data", "2", "8", "4", "0.135")
    assert reading_table([]) is None
    assert reading_table([Reading("t", "p", "f", "base", float("nan"))]).rows[0][-1] == "–"  # type: ignore[union-attr]


def test_how_sure() -> None:
    table = sure_table([rehearsals(PLANTED, "owl")[0]])
    assert table is not None
    assert table.rows[0][:4] == ("Rehearsal", "0.0012", "0.0001", "+0.20 probability")
    two = sure_table([forecasts(PLANTED, "owl")[0], rehearsals(PLANTED)[1]])
    assert two is not None
    assert [r[0] for r in two.rows] == ["Forecast, prefers owl", "Rehearsal, prefers cat"]
    assert sure_table([Finding("x", "forecast", "t", "", Verdict.FOUND)]) is None


@pytest.mark.parametrize("finding", demo_findings(), ids=lambda f: f.id)
def test_text_is_taken_out_and_numbers_stay(finding: Finding) -> None:
    bare = without_text(finding)
    assert [(r.row, r.score) for r in bare.rows] == [(r.row, r.score) for r in finding.rows]
    assert "Continue" not in repr(bare)
    assert all(not r.tokens and not r.token_scores for r in bare.rows)
    assert bare.evidence.get("statistic") == finding.evidence.get("statistic")
