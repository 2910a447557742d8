"""Each form that a check is written in: well-formed, valid where there is a schema, and nothing in a row obeyed."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path, PurePath
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limen.core import Finding, UsageError, Verdict
from limen.report.check import (
    Checked,
    CheckedFile,
    RuleCard,
    check_renderer_for,
    get_check_renderer,
    table_of,
)
from limen.report.check.html import _flowing
from limen.report.check.markdown import code, escaped
from limen.report.check.sarif import message

SCHEMA = json.loads((Path(__file__).parent / "sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))
HOSTILE = "\x1b[31mred\x1b[0m </script><script>alert(1)</script> \u202eevil\u202c [a](http://x) `@all` \0 \ud800 {0} |"
FORMATS = jsonschema.FormatChecker()
FORMATS.checks("uri")(lambda text: not isinstance(text, str) or bool(urlsplit(text).scheme))
FORMS = ("sarif", "junit", "markdown", "json", "html")
CARD = RuleCard(
    "LIM101",
    "exact-duplicate",
    "warning",
    False,
    "Copies.\n\n**Why.** Weight.\n\n**Example.** Two.",
    "docs/rules/x.md",
    remedy="Keep one.",
    reference="Broder 1997.",
)


def example(text, **more):
    return {
        "row": "0123456789ab",
        "index": 3,
        "note": "the same as row 1",
        "field": "",
        "start": None,
        "end": None,
        "line": 4,
        "source": "",
        "text": text,
        "text_span": None,
        **more,
    }


def finding(*examples, verdict=Verdict.FOUND, harmful=True, **more):
    evidence = {"code": "LIM101", "rule": "exact-duplicate", "severity": "warning", "count": len(examples), "total": 9}
    return Finding(
        "check/LIM101",
        "check",
        "LIM101",
        more.pop("title", "Copies: some."),
        verdict,
        harmful=harmful,
        remedy="Remove them.",
        evidence={**evidence, "examples": list(examples)},
        **more,
    )


def checked(*findings, name="rows.jsonl", code=1, unreadable=0):
    file = CheckedFile(name, "text", "text", "json", {"answer": "text"}, [], 9, unreadable, [], "0" * 64, findings)
    return Checked([file], [CARD], "0.1.0", code)


def written(form, *findings, **options):
    return get_check_renderer(form)(checked(*findings, **options))


def sarif(*findings, **options):
    log = json.loads(written("sarif", *findings, **options))
    # By default jsonschema takes any text for an address
    jsonschema.Draft4Validator(SCHEMA, format_checker=FORMATS).validate(log)
    return log["runs"][0]


def test_sarif_has_a_descriptor_a_rule_and_a_result_a_row():
    run = sarif(finding(example("one"), example("two", index=8, line=9), title="Copies: 2 of 9 rows."))
    (rule,) = run["tool"]["driver"]["rules"]
    assert rule["id"] == "LIM101"
    assert rule["help"]["text"] == "Copies.\n\nWhy: Weight.\n\nWhat to do: Keep one.\n\nReference: Broder 1997."
    assert rule["help"]["markdown"].startswith("Copies.\n\n**Why.** Weight.\n\n**What to do.** Keep one.")
    assert rule["defaultConfiguration"] == {"level": "warning"}
    first, second = run["results"]
    assert first["message"]["text"] == "The same as row 1. Copies: 2 of 9 rows. Remove them."
    assert first["locations"][0]["physicalLocation"]["region"]["startLine"] == 4
    assert second["locations"][0]["physicalLocation"]["region"]["startLine"] == 9
    prints = [r["partialFingerprints"]["primaryLocationLineHash"] for r in (first, second)]
    assert prints[0].partition(":")[0] == prints[1].partition(":")[0]  # the same content, told apart by a number
    assert [p.partition(":")[2] for p in prints] == ["1", "2"]


def test_sarif_tells_the_passage_and_leaves_what_a_note_quotes_as_it_is():
    place = {"field": "answer[0]", "start": 12, "end": 24}
    said = example("It is hV… (password).", note="hV… (password)", text_span=[6, 20], **place)
    (told,) = sarif(finding(said))["results"]
    assert told["message"]["text"].startswith("hV… (password). Copies")
    assert told["locations"][0]["logicalLocations"] == [{"name": "answer[0]", "kind": "member"}]
    assert {key: told["properties"][key] for key in (*place, "text_span")} == {**place, "text_span": [6, 20]}


def test_sarif_gives_a_row_its_own_remedy_and_one_full_stop():
    first, second = example("a", note="broken JSON.", remedy="Mend it."), example("b", note="no answer")
    told = [one["message"]["text"] for one in sarif(finding(first, second))["results"]]
    assert told[0].startswith("Broken JSON. Copies")
    assert told[0].endswith("Mend it.")
    assert told[1].endswith("Remove them.")


def test_sarif_fingerprints_outlive_the_line():
    before = sarif(finding(example("one")))["results"][0]["partialFingerprints"]
    moved = sarif(finding(example("one", line=77, index=76)))["results"][0]["partialFingerprints"]
    other = sarif(finding(example("one", row="ba9876543210")))["results"][0]["partialFingerprints"]
    assert before == moved != other


@pytest.mark.parametrize(("severity", "level"), [("error", "error"), ("warning", "warning"), ("info", "note")])
def test_sarif_levels_follow_the_severity(severity, level):
    one = finding(example("x"))
    one.evidence["severity"] = severity
    assert sarif(one)["results"][0]["level"] == level


def test_sarif_without_a_line_has_no_region_and_without_a_row_a_place():
    assert "region" not in sarif(finding(example("x", line=None)))["results"][0]["locations"][0]["physicalLocation"]
    assert sarif(finding())["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "rows.jsonl"


def test_sarif_paths_are_below_the_working_directory_or_whole(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my rows#1.jsonl").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.jsonl").touch()

    def place(name, **more):
        run = sarif(finding(example("x", **more)), name=name)
        return run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]

    assert place("my rows#1.jsonl") == {"uri": "my%20rows%231.jsonl", "uriBaseId": "%SRCROOT%"}
    assert place("folder", source="a.jsonl")["uri"] == "folder/a.jsonl"
    assert place("folder:train", source="a.jsonl")["uri"] == "folder/a.jsonl"
    monkeypatch.chdir(tmp_path / "folder")
    assert place(str(tmp_path / "my rows#1.jsonl")) == {"uri": (tmp_path / "my rows#1.jsonl").as_uri()}


def test_sarif_tells_what_was_not_measured_as_a_notification():
    run = sarif(finding(verdict=Verdict.NOT_MEASURED, harmful=False, reason="no model.", asked=False))
    assert not run["results"]
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert (note["level"], note["message"]["text"]) == ("note", "rows.jsonl: Copies: some. No model. Remove them.")


def test_junit_fails_what_is_harmful_and_skips_what_was_not_measured():
    rest = finding(verdict=Verdict.CLEAR, harmful=False), finding(verdict=Verdict.NOT_MEASURED, harmful=False)
    root = ET.fromstring(written("junit", finding(example("x")), finding(example("y"), harmful=False), *rest))
    suite = root[0]
    assert {k: suite.get(k) for k in ("tests", "failures", "errors", "skipped")} == {
        "tests": "4",
        "failures": "1",
        "errors": "0",
        "skipped": "1",
    }
    assert [[part.tag for part in case] for case in suite] == [["failure"], ["system-out"], [], ["skipped"]]
    assert "rows.jsonl:4 (the same as row 1): x" in suite[0][0].text


@pytest.mark.parametrize("form", FORMS)
def test_nothing_in_a_row_is_obeyed(form):
    text = written(form, finding(example(HOSTILE, note=HOSTILE, field=HOSTILE), title=HOSTILE), name=HOSTILE)
    text.encode("utf-8")
    for char in "\x1b\u202e\0":
        assert char not in text
    if form == "html":
        assert "<script" not in text
        assert "script" not in tags(text)
    if form == "junit":
        ET.fromstring(text)
    if form == "markdown":
        outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", text)
        assert "<script" not in re.sub(r"\\.", "", outside)
        assert "](" not in re.sub(r"\\.", "", outside)
        assert "@all" not in outside
    if form == "sarif":
        assert "[a](" not in json.loads(text)["runs"][0]["results"][0]["message"]["text"]


class _Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.seen = []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)


def tags(text):
    parser = _Tags()
    parser.feed(text)
    return parser.seen


def test_a_span_is_marked_in_the_page():
    page = written("html", finding(example("aaa <b>key</b> zzz", field="answer", text_span=[4, 14])))
    assert 'aaa <mark class="span">&lt;b&gt;key&lt;/b&gt;</mark> zzz' in page
    assert "prefers-color-scheme: dark" in page
    text = written("markdown", finding(example("a" * 90 + " the key ok", text_span=[95, 98])))
    assert f"`…{'a' * 55} the` **`key`** `ok`" in text


def test_texts_of_rows_can_be_left_out():
    for form in FORMS:
        with_text = checked(finding(example("secret words")))
        assert "secret words" in get_check_renderer(form)(with_text)
        assert "secret words" not in get_check_renderer(form)(with_text.without_text())


@given(st.text(max_size=60))
def test_a_code_span_holds_any_text(text):
    made = code(text)
    fence = re.match(r"`+", made).group()
    inner = made.removeprefix(fence).removesuffix(fence)
    assert fence not in re.findall(r"`+", inner)
    assert "\n" not in made


@given(st.text(max_size=60))
def test_a_message_has_no_link(text):
    assert not re.search(r"(?<!\\)(?:\\\\)*\[", message(text))
    assert not re.search(r"(?<!\\)(?:\\\\)*[<>|\[\]`*_]", escaped(text))


def test_the_suffix_tells_the_form():
    assert check_renderer_for(PurePath("a.SARIF")) is get_check_renderer("sarif")
    assert check_renderer_for(PurePath("a.xml")) is get_check_renderer("junit")
    with pytest.raises(UsageError, match="tells no output format"):
        check_renderer_for(PurePath("a.txt"))
    with pytest.raises(UsageError, match="without a suffix"):
        check_renderer_for(PurePath("report"))
    with pytest.raises(UsageError, match="no output format 'pdf'"):
        get_check_renderer("pdf")


TABLE = {
    "columns": ["feature", "share", "p"],
    "rows": [["length", "43.7% [38.3%, 49.5%]", "0.037"], [HOSTILE, "–", "1"]],
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("verdict", [Verdict.FOUND, Verdict.CLEAR, Verdict.INCONCLUSIVE])
def test_a_table_stands_in_every_form_whatever_the_verdict_and_nothing_in_it_is_obeyed(form, verdict):
    one = finding(verdict=verdict, harmful=False)
    one.evidence["table"] = TABLE
    text = written(form, one)
    if form == "sarif" and verdict is Verdict.CLEAR:
        assert "0.037" not in text  # a log of results says nothing of what is clear
        return
    assert "0.037" in text
    for char in "\x1b\u202e\0":
        assert char not in text
    assert "<script" not in re.sub(r"\\.", "", text) or form in ("json", "sarif")
    if form == "html":
        assert tags(text).count("th") >= 3
    if form == "markdown":
        (line,) = [line for line in text.splitlines() if "0.037" in line]
        assert len(re.findall(r"(?<!\\)\|", line)) == 4


@pytest.mark.parametrize(
    "value",
    [None, [], {"columns": ["a"]}, {"columns": ["a", "b"], "rows": [["one"]]}, {"columns": "ab", "rows": [["x", "y"]]}],
)
def test_what_is_no_table_is_left_out(value):
    one = finding(example("x"))
    one.evidence["table"] = value
    assert table_of(one) is None
    assert "<table" not in written("html", one)


def test_what_is_said_of_a_rule_flows_and_its_lists_keep_their_lines():
    said = _flowing("Rows that are\nthe same.\n\nWhy. It is\nbad.\n\n- one\n- two")
    assert said == "Rows that are the same.\n\nWhy. It is bad.\n\n- one\n- two"
