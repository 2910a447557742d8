from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limen.core import LimenError, ReadError, RowError, UsageError
from limen.measure import RecordedOptions, read_recorded


def csv_file(tmp_path: Path, text: str, name: str = "r.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_plain_form(tmp_path: Path) -> None:
    path = csv_file(
        tmp_path,
        "arm,prompt_id,cluster,outcome,judge,trait,run,group\n"
        "base,q1,c1,0,strict,rude,0,men\n"
        "tuned,q1,c1,true,strict,rude,1,women\n"
        "tuned,q2,c1,0.25,mild,rude,1,\n",
    )
    readings = read_recorded(path)
    assert [(r.trait, r.arm, r.probe, r.family, r.value, r.run, r.group) for r in readings] == [
        ("rude", "base", "q1", "c1", 0.0, 0, "men"),
        ("rude", "tuned", "q1", "c1", 1.0, 1, "women"),
        ("rude", "tuned", "q2", "c1", 0.25, 1, ""),
    ]
    assert readings[2].detail == {"judge": "mild"}


def test_json_lines_and_defaults(tmp_path: Path) -> None:
    path = tmp_path / "night.jsonl"
    path.write_text('{"id": 1, "value": false}\n\n{"id": 2, "value": 0.5, "extra": [1]}\n')
    readings = read_recorded(path)
    assert [(r.trait, r.arm, r.probe, r.family, r.value) for r in readings] == [
        ("recorded", "night", "1", "1", 0.0),
        ("recorded", "night", "2", "2", 0.5),
    ]
    assert readings[1].detail == {"extra": [1]}


def test_columns_are_named_by_hand(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "who;x\tq\tkind\tok\nm\ta\tk\t1\n", "r.tsv")
    options = RecordedOptions(
        arm_column="who;x", prompt_column="q", cluster_column="kind", outcome_column="ok", trait="mine"
    )
    (reading,) = read_recorded(path, options)
    assert (reading.trait, reading.arm, reading.probe, reading.family, reading.value) == ("mine", "m", "a", "k", 1.0)


def test_answers_are_scored_anew_and_not_kept(tmp_path: Path) -> None:
    path = csv_file(tmp_path, 'id,answer\n1,"I cannot help, sorry."\n2,Gladly.\n')
    readings = read_recorded(path, RecordedOptions(rescore="refusal"))
    assert [r.value for r in readings] == [1.0, 0.0]
    assert [r.detail["label"] for r in readings] == ["full refusal", "full compliance"]
    assert "sorry" not in str(readings)


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("id,outcome\n1,2\n", RowError, "outcome is '2'"),
        ("id,outcome\n1,nan\n", RowError, "outcome is 'nan'"),
        ("id,outcome\n1,maybe\n", RowError, "outcome is 'maybe'"),
        ("id,outcome\n1,0\n1,1\n", RowError, "'1' stands twice"),
        ("id,outcome\n,0\n", RowError, "'id' is empty"),
        ("id,run,outcome\n1,first,0\n", RowError, "run is 'first'"),
        ("outcome\n1\n", RowError, "no column is called prompt_id"),
        ("id\n1\n", RowError, "no column is called outcome"),
        ("id,outcome\n", ReadError, "no rows"),
        ("", ReadError, "no header"),
        ("id,id\n1,1\n", ReadError, "stands twice"),
        ("id,outcome\n1\n", ReadError, "line 2 has 1 cells"),
        ("id,outcome\n1,\0\n", ReadError, "NUL byte in line 2"),
        ("id,arm,outcome\n" + "".join(f"{k},a{k},1\n" for k in range(99)), RowError, "99 arms"),
        ("id,arm,outcome\n1," + "x" * 200 + ",1\n", RowError, "200 characters"),
    ],
)
def test_bad_tables(tmp_path: Path, text: str, error: type[LimenError], message: str) -> None:
    with pytest.raises(error) as caught:
        read_recorded(csv_file(tmp_path, text))
    assert message in caught.value.what
    assert "r.csv" in caught.value.where
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"id": 1, "outcome": 1}\n{"id": \n', "broken JSON in line 2"),
        (b"[1]\n", "line 1 is no JSON object"),
        (b'{"id": 1, "outcome": 1, "x": "\xff"}\n', "invalid UTF-8 in line 1"),
        (b"", "no rows"),
        (b"[" * 100_000 + b"\n", "broken JSON in line 1"),
    ],
)
def test_bad_json_lines(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "r.jsonl"
    path.write_bytes(content)
    with pytest.raises(ReadError, match=r"r\.jsonl") as caught:
        read_recorded(path)
    assert message in caught.value.what


def test_a_missing_file_a_wrong_column_and_a_wrong_format(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="cannot be read"):
        read_recorded(tmp_path / "nothing.csv")
    path = csv_file(tmp_path, "id,outcome\n1,1\n")
    with pytest.raises(RowError, match="--arm-column"):
        read_recorded(path, RecordedOptions(arm_column="who"))
    with pytest.raises(UsageError, match="no format 'parquet'"):
        read_recorded(path, RecordedOptions(format="parquet"))


CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS, st.floats(0, 1)), min_size=1, max_size=8, unique_by=lambda r: r[0].strip()))
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, float]]) -> None:
    path = tmp_path_factory.mktemp("x") / "r.jsonl"
    rows = [r for r in rows if r[0].strip()] or [("one", "", 0.5)]
    path.write_text("".join(json.dumps({"id": i, "note": n, "outcome": v}) + "\n" for i, n, v in rows))
    readings = read_recorded(path)
    assert [(r.probe, r.detail["note"], r.value) for r in readings] == [(i.strip(), n, v) for i, n, v in rows]


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_but_a_limen_error(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    for name in ("r.csv", "r.jsonl"):
        path = tmp_path_factory.mktemp("x") / name
        path.write_bytes(content)
        with pytest.raises(LimenError):
            read_recorded(path)
