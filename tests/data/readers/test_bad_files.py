"""Damaged, empty and hostile files: one clear error, naming the place and the remedy."""

from __future__ import annotations

import gzip
import json
import zipfile

import pytest

from limen.core import LimenError, ReadError, RowError
from limen.data import read_rows

GOOD = '{"prompt": "p", "completion": "c"}\n'


def failing(path, **options) -> LimenError:
    with pytest.raises(LimenError) as caught:
        list(read_rows(path, **options))
    assert "\n" not in str(caught.value)
    assert caught.value.remedy
    assert str(path) in caught.value.where
    return caught.value


@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.csv", "a.parquet", "a.txt", "a.jsonl.gz"])
def test_empty_file(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"")
    assert "empty" in failing(path).what


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", "[]"),
        ("a.json", " [ ] "),
        ("a.json", "{}"),
        ("a.jsonl", "\n \n"),
        ("a.csv", "prompt,completion\n"),
        ("a.csv", "\n"),
        ("a.txt", "\n\n"),
    ],
)
def test_nothing_in_it(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text)
    assert failing(path).what


def test_no_such_file_and_unknown_suffix(tmp_path):
    assert "no such file" in failing(tmp_path / "none.jsonl").what
    odd = tmp_path / "a.docx"
    odd.write_bytes(b"\x00\x01")
    assert ".jsonl" in failing(odd).remedy


@pytest.mark.parametrize("suffix", ["json", "jsonl"])
def test_broken_json_names_the_line(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    if suffix == "jsonl":
        path.write_text(GOOD * 16 + '{"prompt": "p", "comple\n' + GOOD)
    else:
        rows = ["[\n", *[GOOD.rstrip() + ",\n"] * 15, '{"prompt": "p" "completion": "c"}]']
        path.write_text("".join(rows))
    error = failing(path)
    assert isinstance(error, ReadError)
    assert "line 17" in error.where
    assert "broken JSON" in error.what
    stream = read_rows(path, strict=False)
    rows_read = len(list(stream))
    assert rows_read == (17 if suffix == "jsonl" else 15)
    assert stream.report.problem_count == 1


@pytest.mark.parametrize("suffix", ["json", "jsonl"])
def test_a_message_that_ends_with_its_place_names_it_once(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    path.write_text('[{"prompt": "a\tb"}]' if suffix == "json" else GOOD + '{"prompt": "a\tb"}\n')
    error = failing(path)
    assert error.what.removesuffix(" at column 14.").rstrip(".") == "broken JSON: Invalid control character"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[" + GOOD, "found the end of the file"),
        ("[" + GOOD + "," + GOOD[:-4], "broken JSON"),
        ("[" + GOOD + "] x", "after the end"),
        ("[" + GOOD + ",]", "broken JSON"),
        ("[" + GOOD + GOOD + "]", "expected ',' or ']'"),
        ('{"data": [' + GOOD + ", 'x'", "broken JSON"),
        ('{"data" [', "expected ':'"),
        ('{"a": 1 2}', "expected ',' or '}'"),
        ("{1: 2}", "column name in quotes"),
        ("nonsense", "neither an array nor an object"),
        ("[" + '{"prompt": "p", "completion": ' + "9" * 5000 + "}]", "a number of more than 4,300 digits."),
    ],
)
def test_broken_documents(tmp_path, text, said):
    path = tmp_path / "a.json"
    path.write_text(text)
    assert said in failing(path).what


@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.csv", "a.txt"])
def test_invalid_utf8_names_line_and_offset(tmp_path, name):
    path = tmp_path / name
    body = {
        "a.json": b'[\n{"prompt": "p", "completion": "c"},\n{"prompt": "caf\xe9", "completion": "c"}]',
        "a.jsonl": GOOD.encode() * 2 + b'{"prompt": "caf\xe9", "completion": "c"}\n',
        "a.csv": b"prompt,completion\np,c\ncaf\xe9,c\n",
        "a.txt": b"one\ntwo\ncaf\xe9\n",
    }[name]
    path.write_bytes(body)
    error = failing(path)
    assert isinstance(error, ReadError)
    assert "line 3" in error.where
    assert f"0xe9 at byte offset {body.index(0xE9)}" in error.what


@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.csv", "a.txt"])
def test_nul_byte_names_line_and_offset(tmp_path, name):
    path = tmp_path / name
    body = {
        "a.json": b'[\n{"prompt": "p", "completion": "c"},\n{"prompt": "caf\x00", "completion": "c"}]',
        "a.jsonl": GOOD.encode() * 2 + b'{"prompt": "caf\x00", "completion": "c"}\n',
        "a.csv": b"prompt,completion\np,c\ncaf\x00,c\n",
        "a.txt": b"one\ntwo\ncaf\x00\n",
    }[name]
    path.write_bytes(body)
    error = failing(path)
    assert "line 3" in error.where
    assert f"NUL byte at byte offset {body.index(0)}" in error.what


def test_offsets_hold_beyond_the_first_chunk(tmp_path, monkeypatch):
    monkeypatch.setattr("limen.data.readers._json_window.CHUNK", 64)
    path = tmp_path / "a.json"
    head = b"[\n" + b",\n".join([b'{"prompt": "\xc3\xbc\xe7\x8c\xab", "completion": "c"}'] * 30)
    body = head + b',\n{"prompt": "\xe7\x8c", "completion": "c"}]'
    path.write_bytes(body)
    error = failing(path)
    assert f"byte offset {len(head) + 14}" in error.what
    assert "line 32" in error.where


@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.csv"])
def test_utf16_is_named(tmp_path, name):
    path = tmp_path / name
    path.write_text("prompt,completion\np,c\n" if name == "a.csv" else "[" + GOOD + "]", encoding="utf-16")
    assert "UTF-16" in failing(path).what


def test_csv_faults(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('prompt,completion\np,c\np,"never closed\n')
    assert "line 3" in failing(path).where
    path.write_text("prompt,completion\np,c,d\n")
    error = failing(path)
    assert (error.what, "line 2" in error.where) == ("the row has 3 cells, the header 2.", True)
    path.write_text("prompt,prompt\np,c\n")
    assert "'prompt' twice" in failing(path).what
    path.write_text("goal,target\np,c\n")
    assert isinstance(failing(path), RowError)
    path.write_bytes(b"prompt,\xff\np,c\n")
    assert "line 1" in failing(path).where


def test_a_bad_line_in_csv_costs_one_row(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"prompt,completion\np,c\n\xff,c\np,c\n")
    stream = read_rows(path, strict=False)
    assert len(list(stream)) == 2
    assert [p.line for p in stream.report.problems] == [3]


@pytest.mark.parametrize("suffix", ["json", "jsonl"])
def test_a_row_of_ten_megabytes_is_read(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    long = "x猫" * 2_500_000
    row = json.dumps({"prompt": "p", "completion": long}, ensure_ascii=False)
    path.write_text(f"[{GOOD},\n{row}]" if suffix == "json" else GOOD + row, encoding="utf-8")
    assert path.stat().st_size > 10_000_000
    assert [len(r.answer[0].content) for r in read_rows(path)] == [1, len(long)]


def test_a_row_beyond_the_bound_is_refused(tmp_path, monkeypatch):
    for module in ("_text", "_json_window", "csv_table"):
        monkeypatch.setattr(f"limen.data.readers.{module}.MAX_ROW_CHARS", 1 << 20)
    for name in ("a.json", "a.jsonl", "a.csv", "a.txt"):
        path = tmp_path / name
        body = '[{"prompt": "' if name == "a.json" else "prompt,completion\n" + '"' * (name == "a.csv")
        path.write_text(body + "x" * (3 << 20))
        error = failing(path)
        assert "MiB" in error.what or "Mi characters" in error.what or "field limit" in error.what


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_deep_nesting(tmp_path, name):
    path = tmp_path / name
    deep = '{"prompt": ' + "[" * 100_000 + "]" * 100_000 + "}"
    path.write_text(f"[{GOOD},\n{deep}]" if name == "a.json" else GOOD + deep)
    error = failing(path)
    assert isinstance(error, ReadError)
    assert "nested too deeply" in error.what
    assert "line " in error.where


def test_lone_surrogates_are_named(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(GOOD + '{"prompt": "p", "completion": "x\\ud83d"}\n')
    error = failing(path)
    assert isinstance(error, RowError)
    assert "U+D83D" in error.what
    assert "line 2" in error.where


def test_damaged_compression(tmp_path):
    whole = gzip.compress((GOOD * 20_000).encode())
    cut = tmp_path / "a.jsonl.gz"
    cut.write_bytes(whole[: len(whole) // 2])
    assert "damaged" in failing(cut).what
    for name, magic in {
        "a.jsonl.bz2": b"BZh9",
        "a.jsonl.xz": b"\xfd7zXZ\0",
        "a.jsonl.zst": b"\x28\xb5\x2f\xfd",
    }.items():
        path = tmp_path / name
        path.write_bytes(magic + b"nonsense" * 20)
        assert "damaged" in failing(path).what
    archive = tmp_path / "two.zip"
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("a.jsonl", GOOD)
        out.writestr("b.jsonl", GOOD)
    assert "holds 2 files" in failing(archive).what
    archive.write_bytes(b"PK\x03\x04nonsense")
    assert "damaged" in failing(archive).what


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow"])
def test_damaged_tables(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"PAR1" + b"nonsense" * 50)
    assert "damaged" in failing(path).what


def test_first_rows_all_bad(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text("nonsense\n" * 5)
    assert "line 1" in failing(path).where
    error = failing(path, strict=False)
    assert "none of the first 5 rows" in error.what


def test_a_folder_saved_and_damaged(tmp_path):
    (tmp_path / "dataset_info.json").write_text("{}")
    with pytest.raises(ReadError, match="cannot be loaded"):
        read_rows(tmp_path)


@pytest.mark.parametrize(
    "row",
    [
        '{"prompt": "p", "completion": "caf\\u0000"}',
        '{"messages": [{"role": "user", "content": "a\\u0000"}, {"role": "assistant", "content": "b"}]}',
        '{"prompt": "p", "completion": "c", "\\u0000": 1}',
    ],
)
def test_an_escaped_nul_is_named(tmp_path, row):
    path = tmp_path / "a.jsonl"
    path.write_text(f"{row}\n")
    with pytest.raises(LimenError, match=r"a NUL character in the column .* as \\u0000"):
        list(read_rows(path))
    array = tmp_path / "a.json"
    array.write_text(f'[{{"prompt": "p", "completion": "an escaped \\\\u0000 is text"}},\n{row}]')
    with pytest.raises(LimenError):
        list(read_rows(array))
    stream = read_rows(array, strict=False)
    assert len(list(stream)) == 1
    assert [(p.index, p.line) for p in stream.report.problems] == [(1, 2)]


def test_a_deeply_nested_column_is_looked_through(tmp_path):
    path = tmp_path / "a.jsonl"
    deep = "[" * 500 + '"\\u0000"' + "]" * 500
    path.write_text(f'{{"prompt": "p", "completion": "c", "tree": {deep}}}\n')
    with pytest.raises(LimenError, match="column 'tree'"):
        list(read_rows(path))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.csv"])
def test_the_remedy_names_the_encoding_that_was_seen(tmp_path, encoding, name):
    file = tmp_path / name
    text = {"a.jsonl": '{"prompt": "p", "completion": "c"}\n', "a.json": "[{}]", "a.csv": "prompt,completion\np,c\n"}[
        name
    ]
    file.write_text(text, encoding=encoding)
    with pytest.raises(ReadError) as caught:
        list(read_rows(str(file)))
    assert f"the file is {encoding.upper()}, expected UTF-8" in caught.value.what
    assert f"iconv -f {encoding.upper()} -t UTF-8" in caught.value.remedy


def test_a_file_of_one_bad_row_says_so(tmp_path):
    file = tmp_path / "a.jsonl"
    file.write_text("{nonsense\n")
    with pytest.raises(RowError, match=r"^[^:]*: no row can be read: broken JSON"):
        list(read_rows(str(file), strict=False))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.jsonl", '{good}\n{"prompt": "p", "completion": "a", "completion": "b"}\n{good}\n'),
        ("a.jsonl", '{good}\n{"prompt":"p","meta":[{"x":1,"x":2}],"completion":"a"}\n{good}\n'),
        ("a.json", '[{good}, \n{"prompt": "p", "completion": "a", "completion" :"b"},\n {good}]'),
        ("a.json", '{good}\n{"prompt": "p",\n "completion": "a",\n "completion": "b"}\n{good}'),
        ("a.json", '{good}\n{"prompt": "p",\n "meta": {"x": 1, "x": 2}, "completion": "b"}\n{good}'),
    ],
)
def test_a_key_that_stands_twice_makes_its_row_unreadable(tmp_path, name, text):
    file = tmp_path / name
    good = json.dumps({"prompt": 'say "x": and "x": "', "completion": "c"}, indent=1 if name == "a.json" else None)
    file.write_text(text.replace("{good}", good))
    rows = read_rows(str(file), strict=False)
    assert [row.index for row in rows] == [0, 2]
    (problem,) = rows.report.problems
    key = "x" if "meta" in text else "completion"
    assert problem.what == f"the key {key!r} stands twice in one object, and only its last value would be read."
    assert problem.index == 1


def test_a_doubled_key_in_a_broken_line_is_not_the_next_ones(tmp_path):
    file = tmp_path / "a.jsonl"
    file.write_text('{"prompt": "p", "meta": {"x": 1, "x": 2}, \n{"prompt": "p", "completion": "c"}\n')
    rows = read_rows(str(file), strict=False)
    assert [row.index for row in rows] == [1]
    assert "broken JSON" in rows.report.problems[0].what
