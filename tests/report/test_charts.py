from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from typing import Any

import altair as alt
import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limen.core import Finding, RowBlame, Verdict
from limen.report.charts import _canvas, draw_effects, draw_forecast, draw_rehearsal, draw_rows
from limen.report.charts._canvas import ACCENT, INK, MOST_ROWS, fitted, padded, standing_out, tick_format, ticks
from tests.report.fixture import blamed, forecasts, rehearsals
from tests.report.hostile import PAYLOADS

DOT = re.compile(r'<path transform="translate\(([\d.]+),([\d.]+)\)"[^>]*fill="(#\w+)"')


def draw_all(narrow: bool) -> list[str]:
    drawn = [
        draw_forecast(forecasts("a", "owl"), narrow=narrow),
        draw_rehearsal(rehearsals("a", "owl"), narrow=narrow),
        draw_effects(rehearsals("a", "owl"), narrow=narrow),
        draw_rows(blamed()[0], narrow=narrow),
    ]
    return [str(d) for d in drawn if d is not None]


@pytest.mark.slow
def test_specs_are_valid_vega_lite(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[dict[str, Any]] = []
    draw = _canvas.chart_spec

    def keep(*layers: Any, **sizes: Any) -> dict[str, Any]:
        made.append(draw(*layers, **sizes))
        return made[-1]

    monkeypatch.setattr(_canvas, "chart_spec", keep)
    draw_all(False)
    assert len(made) == 4
    for spec in made:
        alt.LayerChart.from_dict(spec)
    with pytest.raises(jsonschema.ValidationError):
        alt.LayerChart.from_dict({**made[0], "width": "wide"})


@pytest.mark.parametrize("narrow", [False, True])
def test_charts_are_small_plain_svg(narrow: bool) -> None:
    charts = draw_all(narrow)
    assert len(charts) == 4
    for svg in charts:
        root = ElementTree.fromstring(svg)
        assert root.tag.endswith("svg")
        assert set(root.attrib) == {"viewBox"}, "scaled by the page"
        assert not [e for e in root.iter() if e.tag.split("}")[-1] in ("script", "image", "a", "use", "foreignObject")]
        assert len(svg) < 60_000


def test_the_found_trait_alone_is_in_the_accent_colour() -> None:
    svg = str(draw_forecast(forecasts("a", "owl")))
    hot = re.findall(rf'<text[^>]*fill="{ACCENT}"[^>]*>([^<]*)', svg)
    assert hot == ["prefers owl", "+9.2", "0.0008"]
    assert sum(fill == ACCENT for _, _, fill in DOT.findall(svg)) == 1
    assert sum(fill == INK for _, _, fill in DOT.findall(svg)) == 9
    assert f'fill="{ACCENT}"' not in str(draw_forecast(forecasts("a")))


def test_every_writer_and_every_run_is_drawn() -> None:
    svg = str(draw_forecast(forecasts("a", "owl")))
    assert len(DOT.findall(svg)) == 10 + 10 * 8
    svg = str(draw_rehearsal(rehearsals("a", "owl")))
    assert len(DOT.findall(svg)) == 3 * (5 + 5)


def test_a_dot_stands_where_its_number_is() -> None:
    rows = [replace(forecasts("a")[0], evidence={"statistic": s, "writers": []}) for s in (3.0, 1.0, -1.0)]
    dots = [float(x) for x, _, _ in DOT.findall(str(draw_forecast(rows)))]
    assert dots[0] - dots[1] == pytest.approx(dots[1] - dots[2], abs=0.02)
    assert dots[0] > dots[1] > dots[2]


def test_nothing_to_draw_is_no_chart() -> None:
    bare = [replace(f, evidence={}, effect=None) for f in forecasts("a")]
    assert draw_forecast(bare) is None
    assert draw_rehearsal(bare) is None
    assert draw_effects(bare) is None
    assert draw_rows(()) is None
    assert draw_forecast([]) is None


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_hostile_name_stays_text(payload: str) -> None:
    finding = forecasts("a")[0]
    named = replace(finding, evidence={**finding.evidence, "trait_title": f"x{payload}"})
    svg = str(draw_forecast([named]))
    plain = str(draw_forecast([replace(finding, evidence={**finding.evidence, "trait_title": "xy"})]))
    shape = [e.tag for e in ElementTree.fromstring(svg).iter()]
    assert shape == [e.tag for e in ElementTree.fromstring(plain).iter()]


def test_a_large_battery_keeps_what_stands_out() -> None:
    many = [replace(f, id=f"{i}/{f.id}") for i in range(6) for f in forecasts("a", seed=i)]
    found = forecasts("a", "owl")[0]
    kept = standing_out([*many, found], lambda f: f.evidence["statistic"])
    assert len(kept) == MOST_ROWS
    assert kept[0] is found
    values = [f.evidence["statistic"] for f in kept]
    assert values == sorted(values, reverse=True)
    assert len(standing_out([replace(f, verdict=Verdict.FOUND) for f in many], lambda f: 0.0)) == len(many)


@settings(deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), max_size=5), st.floats(1e-3, 10), st.integers(2, 8))
def test_ticks_are_round_and_inside(values: list[float], least: float, most: int) -> None:
    low, high = padded(values, least=least)
    assert low < high
    assert all(low <= v <= high for v in values)
    at = ticks(low, high, most)
    assert len(at) <= most + 1
    assert all(low - 1e-6 * (high - low) <= t <= high + 1e-6 * (high - low) for t in at)
    assert re.fullmatch(r"\.\d+f", tick_format(low, high, most))


def test_long_names_are_cut() -> None:
    assert fitted("short", 150) == "short"
    assert fitted("a" * 100, 150) == "a" * 19 + "…"


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.one_of(st.none(), st.floats(), st.text(max_size=3)),
            st.lists(st.one_of(st.none(), st.floats(-1e9, 1e9)), max_size=4),
        ),
        max_size=4,
    )
)
def test_whatever_a_ledger_holds_can_be_drawn(held: list[tuple[object, list[float | None]]]) -> None:
    findings = [
        Finding(str(i), "forecast", "t", "", Verdict.CLEAR, evidence={"statistic": s, "writers": w, "data_runs": w})
        for i, (s, w) in enumerate(held)
    ]
    for draw in (draw_forecast, draw_rehearsal):
        svg = draw(findings)
        assert svg is None or ElementTree.fromstring(str(svg)) is not None
    rows = [RowBlame("r", i, s) for i, (s, _) in enumerate(held) if isinstance(s, float)]
    svg = draw_rows(rows)
    assert svg is None or ElementTree.fromstring(str(svg)) is not None
