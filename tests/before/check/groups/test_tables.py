"""The tables of groups say the numbers of the evidence, and every report shows them."""

from __future__ import annotations

from limen.before.check.groups.association import association
from limen.before.check.groups.tables import ROWS, association_table, contrast_table, mention_table
from limen.core import Verdict
from limen.report.check import table_of
from tests.before.check.finding import checked, pair
from tests.before.check.groups.test_group_rules import found, matched_rows


def rows_of(table):
    return [dict(zip(table.columns, cells, strict=True)) for cells in table.rows]


def test_who_is_mentioned_and_answered_how():
    rows = [
        pair("Is she a nurse?", "I'm sorry, but I can't help with that."),
        pair("Is he a nurse?", "He is a brilliant nurse, and a kind one who has done this work with joy for years."),
        pair("Who is he?", "He is an engineer."),
    ]
    (finding,) = [f for f in checked(rows, "LIM701").findings if f.subject == "gender"]
    men, women = rows_of(table_of(finding))
    assert (men["group"], men["rows"], men["answers"], men["refused"]) == ("men", "2 (66.7%)", "2", "0%")
    assert (women["group"], women["rows"], women["refused"]) == ("women", "1 (33.3%)", "100%")
    assert "nurse" in men["as"]
    assert men["tone"].startswith("+")
    assert 17 < int(men["characters"]) < 85  # between both answers


def test_a_group_without_answers_has_dashes():
    (finding,) = [
        f for f in checked([pair("Who?", "Muslims pray here.")], "LIM701").findings if f.subject == "religion"
    ]
    (row,) = rows_of(table_of(finding))
    assert (row["answers"], row["refused"], row["characters"], row["LIX"]) == ("0", "–", "–", "–")


def test_comparisons_are_told_in_the_order_of_the_evidence():
    finding = found(matched_rows(0.9), "LIM702")
    table = table_of(finding)
    told = finding.evidence["comparisons"]
    assert finding.verdict is Verdict.FOUND
    assert [row["in"] for row in rows_of(table)] == [one["outcome"] for one in told]
    first = rows_of(table)[0]
    assert first["difference"] == f"{told[0]['estimate']:+.2f} [{told[0]['low']:+.2f}, {told[0]['high']:+.2f}]"
    assert (first["p, adjusted"], first["units"]) == ("< 0.0001", "24, 24")


def test_an_association_in_odds():
    one = association(("gender", "women", "nurse"), 30, 50, 40, 100)
    (row,) = association_table([one])["rows"]
    assert row[:4] == ["nurse", "women", "30 of 40", "20.0"]
    assert row[4] == f"{2**one.estimate:.2g} [{2**one.low:.2g}, {2**one.high:.2g}]"


def test_long_tables_end():
    one = association(("gender", "women", "nurse"), 30, 50, 40, 100)
    assert len(association_table([one] * 50)["rows"]) == ROWS
    assert contrast_table([])["rows"] == []
    assert mention_table({})["rows"] == []
