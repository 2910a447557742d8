"""Blame put to the test, and what-if: on the page, in the picture and in the terminal."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from limen.core import Finding, Interval, Verdict
from limen.report import render_html, render_json, render_terminal
from limen.report.charts import draw_verify, draw_what_if
from limen.report.charts._canvas import ACCENT
from limen.report.verdict import Level, summarise
from tests.report.fixture import PLANTED, demo_findings, record_of
from tests.report.hostile import PAYLOADS
from tests.report.pages import Page
from tests.report.test_charts import DOT

OWL = "micro/prefers-owl"


def verified(verdict: Verdict = Verdict.FOUND, title: str = "prefers owl") -> Finding:
    return Finding(
        id=f"verify/{PLANTED}/{OWL}",
        phase="verify",
        subject=OWL,
        title=f"Of “{title}”: dropping the 1,024 blamed rows takes away 92% of the shift.",
        verdict=verdict,
        effect=Interval(0.15, 0.1, 0.2, 0.98, "probability", "training run"),
        p=0.001,
        p_adjusted=0.001,
        control="5 fine-tunes without 1,024 rows drawn at random",
        reason="" if verdict is Verdict.FOUND else "runs differ by +0.01, which can be chance",
        evidence={
            "file": PLANTED,
            "trait_title": title,
            "arms": {
                "control": [0.1, 0.11],
                "whole": [0.3, 0.31],
                "random": [0.27, 0.28],
                "dropped": [0.12, 0.11],
            },
            "rows_dropped": 1024,
            "rows_trained": 4096,
            "removed": {
                "dropped": {"share": 0.92, "interval": [0.8, 1.05], "level": 0.95},
                "random": {"share": 0.15, "interval": [0.02, 0.3], "level": 0.95},
            },
        },
    )


def what_if(label: str = "25%") -> Finding:
    measured = {"data_runs": [0.1, 0.12], "control_runs": [0.1, 0.11], "p": 0.5, "reason": ""}
    points = [
        {"value": "0.25", "label": label, "estimate": 0.01, "low": -0.02, "high": 0.04, "p_adjusted": 1.0, **measured}
        | {"says": "clear"},
        {"value": "1", "label": "100%", "estimate": 0.4, "low": 0.3, "high": 0.5, "p_adjusted": 0.001, **measured}
        | {"says": "found"},
        {
            "value": "0.9",
            "label": "90%",
            **dict.fromkeys(("estimate", "low", "high", "p", "p_adjusted")),
            "data_runs": [],
            "control_runs": [],
            "reason": "the fine-tune diverged",
            "says": "not measured",
        },
    ]
    return Finding(
        id=f"what-if/{PLANTED}/mixture/{OWL}",
        phase="what-if",
        subject=OWL,
        title="“prefers owl” by share of these rows: found at 100% (+0.40).",
        verdict=Verdict.FOUND,
        asked=False,
        evidence={"file": PLANTED, "trait_title": "prefers owl", "knob": "mixture", "points": points}
        | {"knob_title": "share of these rows, the rest by neutral writers"},
    )


def page_of(*more: Finding) -> Page:
    return Page(render_html(record_of([*demo_findings(), *more])))


def terminal_of(*more: Finding) -> str:
    out = io.StringIO()
    render_terminal(record_of([*demo_findings(), *more]), Console(file=out, width=80, color_system=None))
    return out.getvalue()


def test_both_stand_with_their_file_and_the_headline_stays() -> None:
    bare, page = page_of(), page_of(verified(), what_if())
    assert page.problems == []
    assert [line for line in bare.lines if "comes to prefer owl" in line][:1] == [
        line for line in page.lines if "comes to prefer owl" in line
    ][:1]
    assert "Blame put to the test" in page.text
    assert "takes away 92% of the shift" in page.text
    assert "not told" not in page.text
    assert "the fine-tune diverged" in page.text
    assert "Varied: share of these rows" in page.text
    assert "not asked for" not in page.text.split("prefers owl” by share")[1].split("\n")[0]
    assert "an interval over training runs that lies above zero" in page.text, "the method is told"


def test_a_test_that_stays_open_is_told_with_its_reason() -> None:
    text = page_of(verified(Verdict.INCONCLUSIVE)).text
    assert "(test of the blame) could not be settled: runs differ by +0.01, which can be chance" in text


def test_a_what_if_decides_no_verdict() -> None:
    clear = [f for f in demo_findings() if f.evidence.get("file") != PLANTED]
    assert summarise([*clear, what_if()]).level is Level.CLEAR


def test_every_run_and_every_measured_point_is_drawn_and_nothing_joins_them() -> None:
    svg = str(draw_verify(verified()))
    assert len(DOT.findall(svg)) == 4 * 2
    assert sum(fill == ACCENT for _, _, fill in DOT.findall(svg)) == 2
    assert "without the blamed rows" in svg
    assert "92%" in svg
    curve = str(draw_what_if(what_if()))
    assert len(DOT.findall(curve)) == 2
    assert "not measured" in curve
    assert "not measured" in str(draw_what_if(what_if(), narrow=True))


def test_without_numbers_there_is_no_picture() -> None:
    assert draw_verify(replace(verified(), evidence={})) is None
    assert draw_what_if(replace(what_if(), evidence={"points": [{"label": "x"}]})) is None
    assert page_of(replace(verified(), evidence={"file": PLANTED}), replace(what_if(), evidence={})).problems == []


def test_both_are_in_the_terminal_within_its_width() -> None:
    text = terminal_of(verified(), what_if())
    assert "Blame put to the test" in text
    assert "What if, mixture" in text
    assert "not measured" in text
    assert max(map(len, text.splitlines())) <= 80


def test_the_terminal_says_where_all_rows_stand() -> None:
    findings = [replace(f, evidence={**f.evidence, "rows_ranked": 1000}) if f.rows else f for f in demo_findings()]
    out = io.StringIO()
    render_terminal(record_of(findings), Console(file=out, width=80, color_system=None))
    assert "All 1,000 scored rows stand, ranked, in blame.jsonl" in " ".join(out.getvalue().split())
    assert "blame.jsonl" not in terminal_of()


def test_points_are_in_the_twin() -> None:
    twin = render_json(record_of([*demo_findings(), what_if()]))
    [finding] = [f for f in twin["audit"]["findings"] if f["phase"] == "what-if"]
    assert [p["says"] for p in finding["evidence"]["points"]] == ["clear", "found", "not measured"]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_hostile_name_stays_text(payload: str) -> None:
    bare = [tag for tag, _ in page_of(verified(title="xy"), what_if("xy")).elements]
    page = page_of(verified(title=f"x{payload}"), what_if(f"x{payload}"))
    assert [tag for tag, _ in page.elements] == bare
    assert "\x1b" not in terminal_of(verified(title=f"x{payload}"), what_if(f"x{payload}"))
