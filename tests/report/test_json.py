from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files

import jsonschema
import pytest

from limen.ledger import AuditRecord
from limen.report import render_json, report_schema
from tests.report.fixture import demo_record, forecasts, record_of
from tests.report.hostile import PAYLOADS, hostile_record


def test_the_published_schema_is_current() -> None:
    published = files("limen.report").joinpath("schema/report.schema.json").read_text(encoding="utf-8")
    assert published == json.dumps(report_schema(), indent=2, sort_keys=True) + "\n", (
        "write it anew with: python -m limen.report.schema"
    )


def test_the_schema_has_the_name_of_its_version() -> None:
    assert report_schema()["$id"] == f"urn:limen:report:{render_json(demo_record())['format_version']}"


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(report_schema())


@pytest.mark.parametrize(
    "record", [demo_record(), record_of([]), *(hostile_record(p) for p in PAYLOADS)], ids=lambda _: ""
)
def test_twins_fit_the_schema(record: AuditRecord) -> None:
    for rows in ("text", "ids"):
        twin = json.loads(json.dumps(render_json(record, rows=rows), allow_nan=False))
        jsonschema.validate(twin, report_schema(), cls=jsonschema.Draft202012Validator)


def test_the_schema_refuses_what_is_no_report() -> None:
    twin = render_json(demo_record())
    twin["verdict"]["level"] = "splendid"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(twin, report_schema(), cls=jsonschema.Draft202012Validator)


def test_it_says_what_the_page_says() -> None:
    record = demo_record()
    twin = render_json(record)
    assert twin["verdict"]["level"] == "found"
    assert twin["verdict"]["headline"].endswith("the model comes to prefer owl. Nothing in the rows says so.")
    assert [f["file"] for f in twin["verdict"]["files"]] == ["numbers-0417.jsonl", "numbers-0418.jsonl"]
    assert len(twin["audit"]["findings"]) == len(record.findings)
    assert set(twin["verdict"]["files"][0]["leading"]) <= {f["id"] for f in twin["audit"]["findings"]}


def test_a_title_inside_a_sentence_begins_in_lower_case() -> None:
    (first, *_) = forecasts("a.jsonl")
    said = "Whether the rows come from a model that Prefers the animal owl is not settled."
    twin = render_json(record_of([replace(first, title=said)]))
    assert twin["audit"]["findings"][0]["title"] == said.replace("Prefers", "prefers")


def test_numbers_that_are_none_are_null() -> None:
    (first, *_) = forecasts("a.jsonl", "owl")
    broken = replace(first, p=float("nan"), effect=replace(first.effect, high=float("inf")))  # type: ignore[type-var]
    twin = json.loads(json.dumps(render_json(record_of([broken])), allow_nan=False))
    assert twin["audit"]["findings"][0]["p"] is None
    assert twin["audit"]["findings"][0]["effect"]["high"] is None
    jsonschema.validate(twin, report_schema(), cls=jsonschema.Draft202012Validator)


def test_rows_without_text() -> None:
    text = json.dumps(render_json(demo_record(), rows="ids"))
    assert "Continue:" not in text
    assert "row_texts" not in text
    assert "Continue:" in json.dumps(render_json(demo_record()))


def test_folders_of_the_config_are_left_out() -> None:
    twin = render_json(record_of([], config={"model": "/home/someone/base"}))
    assert twin["audit"]["config"] == {"model": "base"}
