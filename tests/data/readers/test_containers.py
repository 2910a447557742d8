"""The same rows from every file format, compression, folder and object."""

from __future__ import annotations

import bz2
import csv
import gzip
import hashlib
import json
import lzma
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from limen.core import ReadError, UsageError
from limen.data import is_hub_id, read_rows

ROWS = [{"prompt": f"p{i} ünï 猫", "completion": f'c{i}, "quoted"\nsecond line'} for i in range(40)]


def jsonl(rows=ROWS):
    return "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows).encode()


def write_csv(path, delimiter=","):
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, ["prompt", "completion"], delimiter=delimiter)
        table.writeheader()
        table.writerows(ROWS)


def write_zip(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner/rows.jsonl", jsonl())


def write_zst(path):
    with pa.OSFile(str(path), "wb") as raw, pa.CompressedOutputStream(raw, "zstd") as out:
        out.write(jsonl())


def write_arrow(path):
    table = pa.Table.from_pylist(ROWS)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=7)


WRITERS = {
    "a.json": lambda p: p.write_text(json.dumps(ROWS), encoding="utf-8"),
    "pretty.json": lambda p: p.write_text(json.dumps(ROWS, indent=2, ensure_ascii=False), encoding="utf-8"),
    "bom.json": lambda p: p.write_text(json.dumps(ROWS), encoding="utf-8-sig"),
    "wrapped.json": lambda p: p.write_text(json.dumps({"version": 1, "data": ROWS, "tags": ["x"]}), encoding="utf-8"),
    "wrapped_pretty.json": lambda p: p.write_text(json.dumps({"data": ROWS, "n": [1, 2]}, indent=1), encoding="utf-8"),
    "lines.json": lambda p: p.write_bytes(jsonl()),
    "a.jsonl": lambda p: p.write_bytes(jsonl()),
    "bom.jsonl": lambda p: p.write_bytes(b"\xef\xbb\xbf" + jsonl()),
    "blank.jsonl": lambda p: p.write_bytes(b"\n\n" + jsonl().replace(b"\n", b"\r\n\r\n")),
    "a.ndjson": lambda p: p.write_bytes(jsonl().rstrip(b"\n")),
    "array.jsonl": lambda p: p.write_text(json.dumps(ROWS), encoding="utf-8"),
    "no_suffix": lambda p: p.write_bytes(jsonl()),
    "a.csv": write_csv,
    "semicolon.csv": lambda p: write_csv(p, ";"),
    "a.tsv": lambda p: write_csv(p, "\t"),
    "a.jsonl.gz": lambda p: p.write_bytes(gzip.compress(jsonl())),
    "a.jsonl.bz2": lambda p: p.write_bytes(bz2.compress(jsonl())),
    "a.json.xz": lambda p: p.write_bytes(lzma.compress(json.dumps(ROWS).encode())),
    "a.jsonl.zst": write_zst,
    "a.jsonl.zip": write_zip,
    "misnamed.jsonl": lambda p: p.write_bytes(gzip.compress(jsonl())),
    "a.parquet": lambda p: pq.write_table(pa.Table.from_pylist(ROWS), p, row_group_size=7),
    "a.arrow": write_arrow,
}


def contents(stream):
    return [(r.prompt[0].content, r.answer[0].content) for r in stream]


EXPECTED = [(r["prompt"], r["completion"]) for r in ROWS]
IDS = [r.id for r in read_rows(ROWS)]


@pytest.mark.parametrize("name", WRITERS)
def test_every_container_gives_the_same_rows(tmp_path, name):
    path = tmp_path / name
    WRITERS[name](path)
    stream = read_rows(path)
    rows = list(stream)
    assert contents(rows) == EXPECTED
    assert [r.id for r in rows] == IDS
    assert [r.index for r in rows] == list(range(40))
    assert {r.source for r in rows} == {str(path)}
    assert stream.report.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (stream.report.rows_read, stream.report.complete) == (40, True)
    assert contents(stream) == EXPECTED  # again
    assert contents(read_rows(str(path), limit=3)) == EXPECTED[:3]


def test_lines_are_those_of_the_file(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps(ROWS[:3], indent=2), encoding="utf-8")
    text = path.read_text(encoding="utf-8").split("\n")
    for row in read_rows(path):
        assert text[row.line - 1].strip() == "{"
        assert json.loads('"' + text[row.line].split('": "')[1].removesuffix('",') + '"') == row.prompt[0].content
    table = tmp_path / "a.csv"
    write_csv(table)
    assert [r.line for r in read_rows(table, limit=3)] == [2, 4, 6]  # each row holds a newline


def test_one_object_is_one_row(tmp_path):
    path = tmp_path / "a.json"
    talk = {"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}], "id": 1}
    for text in (json.dumps(talk), json.dumps(talk, indent=2)):
        path.write_text(text, encoding="utf-8")
        (row,) = list(read_rows(path))
        assert row.columns == {"id": 1}


def test_objects_one_after_the_other(tmp_path):
    path = tmp_path / "a.json"
    path.write_text("\n".join(json.dumps(r, indent=1) for r in ROWS), encoding="utf-8")
    assert contents(read_rows(path)) == EXPECTED


def test_rows_under_keys_are_refused_before_they_fill_the_memory(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps({str(i): ROWS[0] for i in range(2000)}, indent=1), encoding="utf-8")
    with pytest.raises(ReadError, match="rows under keys"):
        list(read_rows(path))


def test_two_arrays_of_rows_are_ambiguous(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"train": ROWS, "test": ROWS}, indent=1), encoding="utf-8")
    with pytest.raises(ReadError, match="two arrays of rows, 'train' and 'test'"):
        list(read_rows(path))


def test_text_file_is_a_row_a_line(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("one\n\ntwo\r\nthree", encoding="utf-8")
    assert [r.text for r in read_rows(path)] == ["one", "two", "three"]


def test_csv_cells_may_hold_turns_and_be_missing(tmp_path):
    path = tmp_path / "a.csv"
    said = json.dumps([{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}])
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([["messages", "note"], [said, "x"], [said]])
    rows = list(read_rows(path))
    assert [r.text for r in rows] == ["q\na", "q\na"]
    assert [r.columns for r in rows] == [{"note": "x"}, {"note": None}]


def test_folders(tmp_path):
    for name, part in {"train-1.jsonl": ROWS[20:], "train-0.jsonl": ROWS[:20], "test-0.jsonl": ROWS[:1]}.items():
        (tmp_path / name).write_bytes(jsonl(part))
    (tmp_path / "README.md").write_text("no data")
    stream = read_rows(tmp_path)
    assert contents(stream) == EXPECTED
    assert [r.index for r in stream] == list(range(40))
    assert len(stream.report.sha256) == 64
    assert contents(read_rows(f"{tmp_path}:test")) == EXPECTED[:1]
    with pytest.raises(ReadError, match="no file of the split 'valid'"):
        read_rows(f"{tmp_path}:valid")
    nested = tmp_path / "repo"
    (nested / "data").mkdir(parents=True)
    (nested / "data" / "train.parquet").write_bytes(b"")
    pq.write_table(pa.Table.from_pylist(ROWS), nested / "data" / "train.parquet")
    assert contents(read_rows(nested)) == EXPECTED
    (tmp_path / "empty").mkdir()
    with pytest.raises(ReadError, match="no data file"):
        read_rows(tmp_path / "empty")
    (tmp_path / "train-2.csv").write_text("prompt,completion\na,b\n")
    with pytest.raises(ReadError, match="several formats: csv, json"):
        read_rows(tmp_path)


def test_datasets_in_memory_and_saved(tmp_path):
    from datasets import Dataset, DatasetDict

    whole = Dataset.from_list(ROWS)
    stream = read_rows(whole.with_format("numpy"))
    assert contents(stream) == EXPECTED
    assert [r.id for r in stream] == IDS
    assert stream.report.sha256 == read_rows_hash(ROWS)
    assert contents(read_rows(whole.to_iterable_dataset())) == EXPECTED
    whole.save_to_disk(tmp_path / "one")
    assert contents(read_rows(tmp_path / "one")) == EXPECTED
    splits = DatasetDict({"train": whole, "test": whole.select([0])})
    assert contents(read_rows(splits)) == EXPECTED
    splits.save_to_disk(tmp_path / "both")
    assert contents(read_rows(tmp_path / "both")) == EXPECTED
    assert contents(read_rows(f"{tmp_path / 'both'}:test")) == EXPECTED[:1]
    odd = DatasetDict({"a": whole, "b": whole})
    with pytest.raises(ReadError, match="splits a, b, and none was named"):
        read_rows(odd)


def read_rows_hash(rows):
    stream = read_rows(rows)
    list(stream)
    return stream.report.sha256


def test_nested_columns_of_a_dataset_give_the_ids_of_the_json(tmp_path):
    """Arrow fills columns that a turn lacks with null; the id must not change by that."""
    from datasets import Dataset

    rows = [
        {"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a", "name": "bot"}]},
        {"messages": [{"role": "user", "content": "r"}, {"role": "assistant", "content": "b"}]},
    ]
    assert [r.id for r in read_rows(Dataset.from_list(rows))] == [r.id for r in read_rows(rows)]


@pytest.mark.parametrize(
    ("text", "hub"),
    [
        ("hf://org/name", True),
        ("hf://org/name/config:train", True),
        ("org/name", True),
        ("org/name:test", True),
        ("./org/name", False),
        ("/org/name", False),
        ("data/rows.jsonl", False),
        ("data/rows.json.gz", False),
        ("name", False),
        ("a/b/c", False),
    ],
)
def test_what_is_a_hub_id(text, hub, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert is_hub_id(text) is hub
    (tmp_path / "org" / "name").mkdir(parents=True)
    assert not is_hub_id("org/name")


def test_the_hub_is_streamed_and_its_failures_are_one_line(monkeypatch):
    import datasets

    asked = []

    def load(name, config, *, streaming):
        asked.append((name, config, streaming))
        if name == "org/none":
            raise FileNotFoundError("no such data set\nand a long story")
        return {"train": iter(ROWS), "test": iter(ROWS[:1])}

    monkeypatch.setattr(datasets, "load_dataset", load)
    assert contents(read_rows("hf://org/name/part:test")) == EXPECTED[:1]
    assert contents(read_rows("org/name", limit=2)) == EXPECTED[:2]
    assert asked == [("org/name", "part", True), ("org/name", None, True)]
    with pytest.raises(
        ReadError, match=r"the hub did not give it: FileNotFoundError: no such data set\. Check"
    ) as caught:
        list(read_rows("hf://org/none"))
    assert "network" in caught.value.remedy
    with pytest.raises(ReadError, match="not a hub id"):
        read_rows("hf://")


def test_what_is_no_source():
    with pytest.raises(UsageError, match="of type int"):
        read_rows(3)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="of type bytes"):
        read_rows(b"x")  # type: ignore[arg-type]
