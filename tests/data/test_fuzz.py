"""Whatever bytes or objects come in: rows, or a LimenError of one line. Nothing else ever."""

# ruff: noqa: PT017  either way out of a fuzzed call is right, so long as it says the right thing

from __future__ import annotations

import gzip
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from limen.core import LimenError, Row, TemplateError
from limen.data import encode_rows, read_rows, token_texts, visible
from limen.data.readers import _json_window, json_rows
from limen.data.records import holds_nul
from tests.data.made_tokenizers import MARKED, byte_level

SLOW_OK = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=30)  # lone surrogates too
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | TEXT
ROLES = st.sampled_from(["user", "assistant", "system", "tool", "human", "gpt", "function_call", "observation", "x"])
TURN = st.fixed_dictionaries(
    {}, optional={"role": ROLES | SCALARS, "content": SCALARS, "from": ROLES | SCALARS, "value": SCALARS}
)
VALUES = st.recursive(
    SCALARS | st.lists(TURN, max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
COLUMNS = st.sampled_from(
    ["prompt", "completion", "instruction", "input", "output", "messages", "conversations", "chosen", "rejected",
     "label", "rating", "text", "system", "tools", "history", "kto_tag", "question", "answer", "data"]
)  # fmt: skip
RECORDS = st.dictionaries(COLUMNS | TEXT, VALUES, max_size=5)


def read_both_ways(source) -> list[Row]:
    """Strict and lenient; what both give must be the same rows where strict gives any."""
    for strict in (True, False):
        rows: list[Row] | None = None
        try:
            stream = read_rows(source, strict=strict)
            rows = list(stream)
        except LimenError as error:
            assert "\n" not in str(error).strip(), str(error)
            assert error.remedy
            str(error).encode("utf-8")
        if rows is not None:
            assert stream.report.rows_read == len(rows)
            for row in rows:
                assert len(row.id) == 12
                row.text.encode("utf-8")
    return rows or []


@SLOW_OK
@given(st.lists(RECORDS | VALUES, max_size=5))
def test_objects_in_memory(records):
    read_both_ways(records)


@SLOW_OK
@given(st.lists(RECORDS, max_size=4), st.sampled_from(["a.json", "a.jsonl", "a.csv"]), st.data())
def test_damaged_files(tmp_path, records, name, data):
    """A well-written file with some bytes changed, cut or put in."""
    path = tmp_path / name
    text = json.dumps(records) if name == "a.json" else "\n".join(json.dumps(r) for r in records)
    if name == "a.csv":
        text = "prompt,completion\n" + "\n".join(f'"{i}","{json.dumps(r)[:20]}"' for i, r in enumerate(records))
    body = bytearray(text.encode("utf-8", "surrogatepass"))
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(body)))
        cut = data.draw(st.integers(0, 3))
        body[at : at + cut] = data.draw(
            st.binary(max_size=3) | st.sampled_from([b'"', b"{", b"]", b",", b"\0", b"\xff"])
        )
    path.write_bytes(bytes(body))
    read_both_ways(path)


@SLOW_OK
@given(
    st.binary(max_size=200),
    st.sampled_from(["a.json", "a.jsonl", "a.csv", "a.txt", "a.parquet", "a.arrow", "a.gz", "a.zip", "a"]),
    st.sampled_from([b"", b"PAR1", b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\x28\xb5\x2f\xfd", b"\xfd7zXZ\0", b"[", b"{"]),
)
def test_any_bytes(tmp_path, body, name, magic):
    path = tmp_path / name
    path.write_bytes(magic + body)
    read_both_ways(path)


@SLOW_OK
@given(st.binary(min_size=20, max_size=400), st.integers(0, 400))
def test_damaged_gzip(tmp_path, body, cut):
    path = tmp_path / "a.jsonl.gz"
    whole = gzip.compress(b'{"text": "x"}\n' * 50 + body)
    path.write_bytes(whole[: len(whole) - cut])
    read_both_ways(path)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@SLOW_OK
@given(
    st.lists(st.dictionaries(TEXT, JSON_VALUES, max_size=4), max_size=8),
    st.integers(1, 40),
    st.sampled_from([None, 0, 2]),
    st.booleans(),
    st.booleans(),
)
def test_a_sliding_window_of_any_size_reads_what_json_reads(tmp_path, rows, chunk, indent, ascii_only, wrapped):
    path = tmp_path / "a.json"
    document = {"meta": [1, 2.5, "x"], "rows": rows, "n": -12} if wrapped else rows
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_only)
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    expected = json.loads(text)["rows"] if wrapped else json.loads(text)
    if wrapped and not rows:
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_json_window, "CHUNK", chunk)
        with path.open("rb") as file:
            try:
                found = list(json_rows._Window(file, "a.json").rows())
            except LimenError as error:
                assert "UTF-8" in error.what  # a lone surrogate written raw is no UTF-8
                assert not ascii_only
                return
    assert [getattr(r, "value", None) for r in found] == [None if holds_nul(v) else v for v in expected]
    lines = text.split("\n")
    for record in found:
        assert "{" in lines[record.line - 1]


SAID = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
PLAIN_TURN = st.fixed_dictionaries({"role": st.sampled_from(["user", "assistant", "system", "tool"]), "content": SAID})
WELL_WRITTEN = (
    st.fixed_dictionaries({"prompt": SAID, "completion": SAID})
    | st.fixed_dictionaries({"instruction": SAID, "input": SAID, "output": SAID})
    | st.fixed_dictionaries({"text": SAID})
    | st.fixed_dictionaries({"messages": st.lists(PLAIN_TURN, min_size=1, max_size=4)})
    | st.fixed_dictionaries({"prompt": SAID, "chosen": SAID, "rejected": SAID})
    | st.fixed_dictionaries({"chosen": st.lists(PLAIN_TURN, min_size=1), "rejected": st.lists(PLAIN_TURN, min_size=1)})
    | st.fixed_dictionaries({"prompt": SAID, "completion": SAID, "label": st.booleans()})
)


@SLOW_OK
@given(WELL_WRITTEN, st.sampled_from(["auto", "completion", "assistant", "all"]), st.integers(1, 60))
def test_what_is_well_written_is_encoded_or_refused_by_name(record, loss, max_length):
    tokenizer = _tokenizer()
    (row,) = read_rows([record])
    try:
        (encoded,) = encode_rows([row], tokenizer, loss=loss, max_length=max_length)
    except TemplateError as error:
        assert "row 1" in error.where
        assert loss == "assistant"  # which plain text has no use for
        assert row.messages[0].role == "text"
        return
    assert encoded.row_id == row.id
    assert len(encoded.input_ids) == len(encoded.trained) <= max_length
    assert not encoded.trained[:1].any()
    texts = token_texts(encoded.input_ids, tokenizer)
    assert len(texts) == len(encoded.input_ids)
    assert all(t and t.isprintable() for t in texts)


@given(TEXT)
def test_visible_text_hides_nothing(text):
    shown = visible(text)
    assert all(c.isprintable() for c in shown)
    assert len(shown) >= len(text)
    if text.isprintable():
        assert shown == text


_made = []


def _tokenizer():
    if not _made:
        _made.append(byte_level(MARKED))
    return _made[0]
