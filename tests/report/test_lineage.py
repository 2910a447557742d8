"""The lineage of a file: its story, its picture, and its place beside other phases."""

from __future__ import annotations

import io

import numpy as np
import pytest
from rich.console import Console

from limen.before.forecast import DataFile
from limen.before.lineage import judge_lineage
from limen.before.lineage.finding import finding_of, not_measured
from limen.core import Finding, Verdict
from limen.report import render_html, render_terminal
from limen.report.charts import draw_lineage
from limen.report.charts._canvas import ACCENT
from limen.report.verdict import Level, summarise
from tests.report.fixture import PLANTED, demo_findings, record_of
from tests.report.hostile import PAYLOADS
from tests.report.pages import Page

NEUTRAL = (0.03 + 0.003 * np.random.Generator(np.random.PCG64(5)).normal(size=24)).tolist()


def of(ratio: float, name: str = PLANTED) -> Finding:
    judged = judge_lineage(NEUTRAL, ratio, -0.01)
    return finding_of(DataFile(name, [], []), judged, NEUTRAL, 1000, 0.02, "reference")


OWN, FOREIGN, OPEN = of(0.031), of(0.008), of(0.0235)


def terminal(findings: list[Finding]) -> str:
    out = io.StringIO()
    render_terminal(record_of(findings), Console(file=out, width=100, color_system=None))
    return out.getvalue()


def test_each_judgement_has_its_verdict():
    assert [f.verdict for f in (OWN, FOREIGN)] == [Verdict.CLEAR, Verdict.FOUND]
    assert not FOREIGN.harmful


@pytest.mark.parametrize(
    ("finding", "level", "says"),
    [
        (OWN, Level.CLEAR, "A model of the base’s own family wrote the rows, or the people whose text it learned."),
        (FOREIGN, Level.FOUND, "People or another model wrote the rows"),
        (not_measured(DataFile(PLANTED, [], []), "3 rows"), Level.NOT_MEASURED, "3 rows"),
    ],
)
def test_a_lineage_alone_is_the_story(finding, level, says):
    found = summarise([finding])
    assert found.level is level
    assert says in found.headline


def test_foreign_rows_are_told_what_to_do_and_not_that_they_do_no_harm():
    (one,) = summarise([FOREIGN]).files
    assert one.story.next_steps == (FOREIGN.remedy,)


def test_beside_a_forecast_it_is_a_remark():
    with_forecast = summarise([*demo_findings(), FOREIGN])
    assert with_forecast.level is summarise(demo_findings()).level
    assert any("another model wrote the rows" in s for f in with_forecast.files for s in f.story.sentences)


def test_the_picture_marks_what_was_found():
    assert ACCENT in str(draw_lineage([FOREIGN]))
    assert ACCENT not in str(draw_lineage([OWN], narrow=True))
    assert draw_lineage([not_measured(DataFile(PLANTED, [], []), "3 rows")]) is None


def test_page_and_terminal_show_the_way():
    page, shown = Page(render_html(record_of([FOREIGN]))), terminal([FOREIGN])
    way = f"{FOREIGN.evidence['way']:.0%}"
    assert page.problems == []
    assert way in page.text
    assert way in shown
    assert "whose hand the rows are in" in page.text


@pytest.mark.parametrize("payload", PAYLOADS[:4])
def test_a_hostile_file_name_is_shown_and_never_run(payload):
    assert Page(render_html(record_of([of(0.008, name=payload)]))).problems == []
    assert "\x1b[" not in terminal([of(0.008, name=payload)])
