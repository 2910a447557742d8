"""The segments of a file are the file, and count its rows as the readers count them."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limen.core import ReadError
from limen.data import Layout, layout_of, segments
from limen.data.records import Record
from limen.data.sources import open_source

REAL = ["instructions/alpaca_en_demo.json", "harmful/advbench_harmful_behaviors.csv", "bbq/Age.jsonl"]


def cut(path):
    source = open_source(str(path))
    layout = layout_of(path, source.reader)
    return layout, list(segments(path, layout)), list(source.records())


def checked(path, content=None):
    """Cut a file, and hold the pieces against what its reader gives."""
    layout, pieces, records = cut(path)
    assert b"".join(p.raw for p in pieces) == (path.read_bytes() if content is None else content)
    assert [p.index for p in pieces if p.index is not None] == list(range(len(records)))
    return layout, pieces, records


@pytest.mark.parametrize("name", REAL)
def test_real_files(shared_data, name):
    layout, pieces, records = checked(shared_data / name)
    rows = [p for p in pieces if p.index is not None]
    if layout is not Layout.CSV:
        assert [json.loads(p.row) for p in rows] == [r.value for r in records]


TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
RECORDS = st.lists(st.dictionaries(st.sampled_from(["a", "b", "ü"]), TEXTS, min_size=1), min_size=1, max_size=6)
SPACE = st.sampled_from(["", " ", "\n", "\r\n  ", "\t"])


@given(RECORDS, SPACE, SPACE, st.booleans(), st.booleans())
def test_arrays(tmp_path_factory, rows, before, after, mark, ascii_alone):
    path = tmp_path_factory.mktemp("s") / "a.json"
    elements = f"{before},{after}".join(json.dumps(r, ensure_ascii=ascii_alone) for r in rows)
    path.write_bytes(b"\xef\xbb\xbf" * mark + f"{before}[{after}{elements}{before}]{after}".encode())
    layout, pieces, records = checked(path)
    assert layout is Layout.ARRAY
    assert [json.loads(p.row) for p in pieces if p.index is not None] == [r.value for r in records] == rows


@given(
    st.lists(
        st.sampled_from(
            [
                b'{"text": "a"}',
                b"",
                b"  ",
                b"{broken",
                b"\xff\xfe!",
                b'{"a\x00": 1}',
                b"\0",
                b"7",
                '{"ü": "ü"}'.encode(),
            ]
        ),
        min_size=1,
        max_size=9,
    ),
    st.sampled_from([b"\n", b"\r\n"]),
    st.booleans(),
    st.booleans(),
)
def test_lines(tmp_path_factory, lines, ending, whole, mark):
    path = tmp_path_factory.mktemp("s") / "a.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" * mark + b'{"text": "first"}' + ending + ending.join(lines) + ending * whole)
    layout, _, _ = checked(path)
    assert layout is Layout.LINES


@given(
    st.lists(st.lists(TEXTS, min_size=2, max_size=2), min_size=1, max_size=6),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
def test_tables(tmp_path_factory, rows, delimiter, ending, mark):
    path = tmp_path_factory.mktemp("s") / "a.csv"
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=ending).writerows([["one", "two"], *rows])
    path.write_bytes(b"\xef\xbb\xbf" * mark + out.getvalue().encode())
    try:
        records = list(open_source(str(path)).records())
    except ReadError:  # what a reader refuses is refused here too
        with pytest.raises(ReadError):
            list(segments(path, Layout.CSV))
        return
    layout, _, _ = checked(path)
    assert layout is Layout.CSV
    assert all(isinstance(r, Record) for r in records)


def test_tables_with_blank_broken_and_long_rows(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b'prompt,answer\n\na,"x\ny"\n\nb,\xff\nc,d,e\n=cmd(),"z"')
    checked(path)


def test_compressed_files_are_cut_by_their_content(tmp_path):
    content = b'[{"text": "a"},\n {"text": "b"}]'
    for name, pack in (("a.json.gz", gzip.compress), ("a.json.bz2", bz2.compress)):
        (tmp_path / name).write_bytes(pack(content))
        checked(tmp_path / name, content)


def test_rows_longer_than_a_chunk(tmp_path):
    rows = [{"text": "x" * 700_000}, {"text": "ü" * 300_000}, {"text": "y"}]
    path = tmp_path / "a.json"
    path.write_text(json.dumps(rows, ensure_ascii=False))
    checked(path)


@pytest.mark.parametrize("content", [b'[{"a": 1}', b'[{"a": 1} {"b": 2}]', b'[{"a": 1}] x', b'[{"a": nope}]', b"[" * 9])
def test_broken_arrays_are_refused(tmp_path, content):
    path = tmp_path / "a.json"
    path.write_bytes(content)
    with pytest.raises(ReadError):
        list(segments(path, Layout.ARRAY))


def test_what_cannot_be_cut(tmp_path):
    path = tmp_path / "a.json"
    path.write_text('{"data": [{"text": "a"}]}')
    assert layout_of(path, "json") is None
    assert layout_of(path, "parquet") is None
    path.write_text('{"text": "a"}\n{"text": "b"}')
    assert layout_of(path, "json") is Layout.LINES
