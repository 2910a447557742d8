from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from limen.core import Finding, Reading, Verdict
from limen.ledger import Status
from limen.report import render_html
from limen.report._visible import visible
from limen.report.check import Checked, CheckedFile, get_check_renderer
from tests.report.fixture import PLANTED, check, checks, demo_record, forecasts, readings, record_of
from tests.report.hostile import PAYLOADS, hostile_record
from tests.report.pages import Page, contrast, themes


@pytest.fixture(scope="module")
def html() -> str:
    return render_html(demo_record(), readings())


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def test_text_of_the_page(page: Page, snapshot: SnapshotAssertion) -> None:
    assert page.text == snapshot


def test_the_verdict_is_the_first_thing_said(page: Page) -> None:
    (headline,) = [
        i for i, line in enumerate(page.lines) if "comes to prefer owl. Nothing in the rows says so." in line
    ][:1]
    assert not any("Forecast" in line for line in page.lines[:headline])


def test_it_is_well_formed(page: Page) -> None:
    assert page.problems == []
    tags = [tag for tag, _ in page.elements]
    assert tags.count("h1") == 1
    ids = [value for _, name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    labels = {value for _, name, value in page.attributes if name == "aria-labelledby"}
    assert labels <= set(ids)


def test_it_runs_nothing_and_asks_for_nothing(html: str, page: Page) -> None:
    assert not {"script", "link", "iframe", "object", "embed", "form", "base", "img", "image", "use"} & {
        tag for tag, _ in page.elements
    }
    assert not [name for _, name, _ in page.attributes if name.startswith("on") or name in ("src", "srcset", "action")]
    assert all(value.startswith("#") for _, name, value in page.attributes if name in ("href", "xlink:href"))
    assert "url(" not in html
    assert "@import" not in html
    addresses = set(re.findall(r"\w+://[^\s\"'<]+", html))
    assert addresses == {"http://www.w3.org/2000/svg"}, "a namespace, which nobody fetches"
    policy = next(value for tag, name, value in page.attributes if name == "content" and "default-src" in value)
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:")


def test_the_same_audit_gives_the_same_bytes(html: str) -> None:
    assert render_html(demo_record(), readings()) == html


def test_every_colour_of_a_chart_follows_the_page(html: str) -> None:
    style = html[html.index("<style>") : html.index("</style>")]
    charts = "".join(re.findall(r"<svg.*?</svg>", html, re.DOTALL))
    used = set(re.findall(r'(?:fill|stroke)="#[0-9a-f]+"', charts))
    assert used <= set(re.findall(r'\[((?:fill|stroke)="#[0-9a-f]+")\]', style))
    assert set(re.findall(r'(?:fill|stroke)="(?!#)([^"]+)"', charts)) <= {"none", "transparent"}


def test_contrast_is_enough_in_light_and_dark(html: str) -> None:
    for theme in themes(html[: html.index("</style>")]):
        for name in ("ink", "soft", "accent"):
            assert contrast(theme[name], theme["paper"]) >= 4.5, name
        assert contrast(theme["ink"], theme["band"]) >= 4.5
        for side in ("for", "against"):
            for step in range(1, 5):
                assert contrast(theme["ink"], theme[f"{side}-{step}"]) >= 4.5, (side, step)


def test_every_token_says_its_number(html: str) -> None:
    tokens = re.findall(r'<span class="t[^"]*" title="([^"]*)">', html)
    assert tokens
    assert all(re.fullmatch(r"[+−]?\d+\.\d{3} nats", t) for t in tokens)
    assert 'class="t for-4" title="+' in html
    assert not re.search(r'class="t for-\d" title="−', html)


def test_rows_without_text() -> None:
    record = demo_record()
    finding = next(f for f in record.findings if f.rows and f.phase == "forecast")
    secret = finding.evidence["row_texts"][finding.rows[0].row].split("\n")[0]
    assert secret in render_html(record, [])
    shown = render_html(record, [], rows="ids")
    assert secret not in shown
    assert "Continue:" not in shown
    assert finding.rows[0].row in shown
    assert "Texts of rows were left out on request." in shown


def features(rows: int, **changes: Any) -> Finding:
    """A finding of a check that has a table, as LIM601 has."""
    table = {"columns": ["feature", "share", "p"], "rows": [[f"feature {i}", "61%", "0.004"] for i in range(rows)]}
    finding = check(PLANTED, "LIM601", "preference-confound", 5, "Chosen answers are longer.", **changes)
    return replace(finding, evidence={**finding.evidence, "table": table})


def test_a_checks_finding_stands_as_on_its_own_page() -> None:
    clear = features(30, verdict=Verdict.CLEAR, id="check/clear")
    html = render_html(record_of([features(3), clear, *checks(PLANTED)]))
    page, shown = Page(html), html[html.index("Checks · what can be read") :]
    assert page.problems == []
    assert re.findall(r'<details class="finding"( open)?><summary>.*?class="code">(LIM\d+)<', shown) == [
        (" open", "LIM601"),  # found, and short
        ("", "LIM102"),
        ("", "LIM601"),
    ]
    file = CheckedFile(PLANTED, "preference", "pairs", "json", {}, (), 1000, 0, (), None, [features(3), clear])
    own = get_check_renderer("html")(Checked([file], [], "0.1.0"))
    tables = re.findall(r'aria-label="Figures of LIM601">\s*<table>.*?</table>', own, re.DOTALL)
    assert [one.count("<tr>") for one in tables] == [4, 31]
    assert all(one in shown for one in tables)
    (row,) = set(re.findall(r'<li><p class="place">.*?</li>', own, re.DOTALL))
    assert f"{PLANTED}:18" in row
    assert row in shown
    assert "values, in the JSON twin" not in shown, "a table is no further evidence"


def test_a_broken_off_audit_says_so() -> None:
    text = Page(render_html(record_of(forecasts("a.jsonl"), status=Status.INTERRUPTED))).text
    assert "Inconclusive: the audit was broken off." in text
    assert "This audit did not come to its end (interrupted)." in text


def test_an_empty_audit_still_makes_a_page() -> None:
    page = Page(render_html(record_of([], inputs=(), left_out=(), plan=(), durations={})))
    assert page.problems == []
    assert "Not measured: the audit holds no finding." in page.text


def test_what_is_not_finite_is_a_dash() -> None:
    findings = [
        replace(
            f,
            p_adjusted=float("nan"),
            effect=replace(f.effect, low=float("-inf")) if f.effect else None,
            evidence={**f.evidence, "statistic": None, "writers": [None, "x"]},
        )
        for f in forecasts("a.jsonl", "owl")
    ]
    page = Page(render_html(record_of(findings), [Reading("t", "p", "f", "base", float("nan"))]))
    assert page.problems == []
    assert "nan" not in page.text.lower().split()
    assert "inf" not in page.text.lower().split()


def test_folders_of_the_config_are_left_out() -> None:
    html = render_html(record_of([], config={"model": "/home/someone/secret-project/base"}))
    assert "/home/someone" not in html


def hostile_page(payload: str) -> tuple[str, Page]:
    """The page of a hostile audit; charts are left out, because they take seconds and have tests of their own."""
    none = dict.fromkeys(("draw_forecast", "draw_rehearsal", "draw_effects", "draw_rows"), lambda *_, **__: None)
    with patch.multiple("limen.report._view", **none):
        html = render_html(hostile_record(payload))
    return html, Page(html)


HARMLESS = hostile_page("y")[1]


def check_hostile(payload: str, html: str, page: Page, harmless: Page) -> None:
    """A hostile text changes no element and no attribute's name, and shows no hidden character."""
    html.encode("utf-8")
    assert page.problems == []
    assert set(page.elements) <= set(harmless.elements) | {("span", ("class",))}
    if len(payload) < 200:
        assert page.elements == harmless.elements
    assert visible(html) == html
    assert visible(unescape(html)) == unescape(html)
    assert all(value.startswith("#file-") for _, name, value in page.attributes if name == "href")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_hostile_text_stays_text(payload: str) -> None:
    check_hostile(payload, *hostile_page(payload), HARMLESS)


@settings(max_examples=60, deadline=None)
@given(payload=st.text(st.characters(exclude_categories=()), max_size=60))
@example(payload="<")
@example(payload="'")
def test_any_text_stays_text(payload: str) -> None:
    check_hostile(payload, *hostile_page(payload), HARMLESS)


def test_hostile_charts_stay_pictures() -> None:
    payload = "".join(p for p in PAYLOADS if len(p) < 20)
    html = render_html(hostile_record(payload))
    check_hostile(payload, html, Page(html), Page(render_html(hostile_record("y"))))
