"""A discovery on the page: its words, what they may stand for, and nothing run of what rows hold."""

from __future__ import annotations

import pytest

from limen.core import Finding, Interval, Verdict
from limen.report import render_html
from limen.report.charts import draw_discovery
from limen.report.charts._canvas import ACCENT
from limen.report.verdict import Level, summarise
from tests.report.fixture import PLANTED, demo_findings, record_of
from tests.report.hostile import PAYLOADS
from tests.report.pages import Page


def discovered(word: str = "bear", *, found: bool = True) -> Finding:
    proposals = [
        {"word": word, "found": found, "p": 0.005, "t": 7.9, "dose": 1.2, "half_width": 0.7, "traits": ["micro/bear"]},
        {"word": "tree", "found": False, "p": 1.0, "t": 1.5, "dose": 0.3, "half_width": 0.8, "traits": []},
    ]
    return Finding(
        id=f"discover/{PLANTED}",
        phase="discover",
        subject=word,
        title=f"Training on these rows pulls the model towards “{word}” (120% of a full dose)",
        verdict=Verdict.FOUND if found else Verdict.INCONCLUSIVE,
        effect=Interval(1.2, 0.5, 1.9, 0.98, "doses", "writer"),
        p_adjusted=0.005,
        reason="" if found else "nothing found; 80% of a full dose would have been",
        remedy="Do not train on these rows before you know why.",
        evidence={
            "file": PLANTED,
            "proposals": proposals,
            "amplified": [{"question": "choose an animal .", "base": "horse", "answer": word}],
        },
    )


def test_what_is_found_leads_with_what_to_do():
    found = summarise([discovered()])
    assert found.level is Level.FOUND
    assert "pulls the model towards “bear”" in found.headline
    assert found.files[0].story.next_steps == ("Do not train on these rows before you know why.",)


def test_what_is_not_found_is_open_and_says_its_power():
    found = summarise([discovered(found=False)])
    assert found.level is Level.INCONCLUSIVE
    assert "80% of a full dose would have been" in found.headline


def test_beside_a_forecast_that_found_it_is_a_remark():
    both = summarise([*demo_findings(), discovered()])
    assert both.headline == summarise(demo_findings()).headline


def test_the_page_shows_words_and_what_the_amplified_model_says():
    page = Page(render_html(record_of([discovered()])))
    assert page.problems == []
    for text in ("no trait was named", "tree", "micro/bear", "choose an animal .", "Discovery is given no trait"):
        assert text in page.text


def test_the_picture_marks_what_was_found():
    assert ACCENT in str(draw_discovery(discovered()))
    assert ACCENT not in str(draw_discovery(discovered(found=False), narrow=True))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_words_are_shown_and_never_run(payload):
    assert Page(render_html(record_of([discovered(payload)]))).problems == []
