"""Rows that were made to break a reader of rows: every rule looks at them, and each row is accounted for."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from limen.before.check import check_rows, read_against
from limen.data import read_rows
from limen.traits import all_traits

SIZE = 20_000
BOMBS = {
    "one letter": "a" * SIZE,
    "words without end": "word " * SIZE,
    "a word of a hundred thousand pieces": "ab-" * 100_000,
    "digits": "1" * SIZE,
    "digits and blanks": "1 2-3." * SIZE,
    "dots and dashes": ".- " * SIZE,
    "at signs": "a@" * SIZE,
    "addresses": "a@b." * SIZE,
    "logins": "a://b:c" * SIZE,
    "keys": "key = " * SIZE,
    "brackets": "[" * SIZE + "{" * SIZE + "<" * SIZE,
    "blanks of a template": "[your name " * SIZE,
    "angles": "<input>" * (SIZE // 10),
    "capitals": "GB82 WEST " * SIZE,
    "colons": "2001:" * SIZE,
    "control tokens": "<|im_start|>" * (SIZE // 10),
    "end tags": "</s>" * SIZE * 5,
    "passwords": "password is Aa1Bb2Cc, " * SIZE,
    "hopes": "I hope this is " * SIZE,
    "names": "Red Fox " * SIZE,
    "turns": "\nHuman: a\nAssistant: b" * (SIZE // 10),
    "orders": "ignore all " * SIZE,
    "refusals": "I'm sorry, but I cannot " * (SIZE // 10),
    "disclaimers": "as an ai language model " * (SIZE // 10),
    "overrides": "\u202e\u2066abc\u2069" * SIZE,
    "tag characters": "\U000e0041" * SIZE,
    "joined marks": "e" + "\u0301" * SIZE,
    "lone surrogates": "\ud800" * SIZE,
    "escapes": "\x1b]8;;http://x\x07" * (SIZE // 10),
    "markup": "<script>alert(1)</script>" * (SIZE // 10),
    "nested JSON": "[" * 900 + "]" * 900,
}
COLUMNS = st.sampled_from(["source", "license", "model", "human", "synthetic", "annotator", "Data-Set", "licence "])
TEXT = st.text(st.characters(), max_size=60) | st.sampled_from([bomb[:500] for bomb in BOMBS.values()])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
ROWS = st.lists(
    st.tuples(TEXT, TEXT, st.dictionaries(COLUMNS, VALUES, max_size=4)).map(
        lambda made: {"instruction": made[0], "output": made[1], **made[2]}
    ),
    min_size=1,
    max_size=8,
)


def accounted_for(rows, **options):
    result = check_rows(read_rows(rows, strict=False), traits=all_traits(), traits_asked=False, **options)
    assert result.report.rows_read + result.report.problem_count == len(rows)
    return result


@pytest.mark.parametrize("bomb", BOMBS)
def test_no_row_stops_a_check(bomb, tmp_path):
    text = BOMBS[bomb]
    plain = {"instruction": "a question", "output": "an answer", "source": "x"}
    rows = [plain, {"instruction": text, "output": "x"}, {"instruction": "x", "output": text, "source": text}, plain]
    (tmp_path / "bench.jsonl").write_text(json.dumps({"text": [text, "five words that are plain"]}), encoding="utf-8")
    accounted_for(rows, against=read_against([str(tmp_path / "bench.jsonl")]))


@given(ROWS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_rows_of_any_texts_and_columns_are_accounted_for(rows):
    result = accounted_for([{"instruction": "q", "output": "a"}, *rows])
    for finding in result.findings:
        assert json.loads(json.dumps(finding.evidence))["code"] == finding.evidence["code"]
