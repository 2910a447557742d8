"""A fix leaves out what rules name, keeps every other byte, tells what it cost, and can be undone."""

from __future__ import annotations

import gzip
import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limen.before.check import IgnoredRow, Known, all_rules, check_rows
from limen.before.check.fix import fix_file, undo
from limen.cli._check_fix import told
from limen.core import DataError, ReadError, UsageError, Verdict
from limen.data import read_rows
from tests.before.check.fix.made import (
    EMPTY,
    LEFT,
    LONG,
    PLANTED,
    Impossible,
    Quiet,
    array,
    columns,
    lines,
    pairs,
    table,
)
from tests.before.check.test_rules import CLEAN


@pytest.mark.parametrize(("write", "name"), [(lines, "a.jsonl"), (array, "a.json"), (table, "a.csv")])
def test_rows_are_left_out_and_the_rest_is_as_it_was(tmp_path, write, name):
    source = write(tmp_path / name, PLANTED)
    before = source.read_bytes()
    out = tmp_path / f"out-{name}"
    result = fix_file(str(source), out, rules=all_rules())
    assert source.read_bytes() == before
    assert columns(out) == pairs(LEFT)
    assert result.dropped == {"LIM101": 2, "LIM102": 1, "LIM201": 1}
    assert (result.kept_bytes, result.why_not, result.cost.rows_before, result.cost.rows_after) == (True, "", 12, 8)
    assert result.cost.prompts_before - result.cost.prompts_after == 1  # "nothing" alone is asked no more
    assert result.cost.characters_before > result.cost.characters_after
    undo(result.manifest, tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == before
    fixable = [rule for rule in all_rules() if rule.drops]
    assert all(f.verdict is Verdict.CLEAR for f in check_rows(read_rows(out), rules=fixable).findings)


def test_a_fix_says_whom_the_rows_speak_of_no_more(tmp_path):
    he = {"prompt": "Who won the race in May?", "completion": "He won it, as every year."}
    she = {"prompt": "Who won the race in June?", "completion": "She won it by a second."}
    old = {"prompt": "Who came last of all?", "completion": "An old man on a horse."}
    result = fix_file(str(lines(tmp_path / "a.jsonl", [he, she, he, old])), tmp_path / "b.jsonl", rules=all_rules())
    # Dimensions in which nothing is lost are not told
    assert result.cost.groups_moved == {"gender": [("men", 3, 2), ("women", 1, 1)]}
    end = json.loads(result.manifest.read_text().splitlines()[-1])
    assert end["cost"]["groups_moved"] == {"gender": {"men": [3, 2], "women": [1, 1]}}
    assert "Rows that mention groups by gender, before → after: men 3 → 2, women 1 → 1." in told("a.jsonl", result)


def test_lines_that_are_kept_are_kept_byte_for_byte(tmp_path):
    source = tmp_path / "a.jsonl"
    kept = b'{"prompt" :  "q", "completion":"a \\u00fc \xc3\xbc", "x":1.50}\r\n'
    source.write_bytes(kept + b"\n" + b'{"prompt":"r","completion":""}\n' + kept.strip())
    fix_file(str(source), tmp_path / "b.jsonl", rules=all_rules())
    assert (tmp_path / "b.jsonl").read_bytes() == kept + b"\n"


def test_no_row_goes_as_a_copy_of_one_that_goes_itself(tmp_path):
    silent = {"prompt": LONG, "completion": " "}
    spoken = {"prompt": LONG, "completion": "yes"}
    again = {"prompt": LONG, "completion": "yes!"}
    result = fix_file(
        str(lines(tmp_path / "a.jsonl", [silent, spoken, again])), tmp_path / "b.jsonl", rules=all_rules()
    )
    assert columns(tmp_path / "b.jsonl") == pairs([spoken])
    assert result.dropped == {"LIM201": 1, "LIM102": 1}


def test_unreadable_rows_are_left_out_and_come_back(tmp_path):
    source = tmp_path / "a.jsonl"
    good = json.dumps(CLEAN[0]).encode()
    source.write_bytes(good + b"\n{broken\n\xff\xfe\n" + json.dumps(CLEAN[1]).encode() + b'\n{"prompt": "\\u0000"}\n')
    result = fix_file(str(source), tmp_path / "b.jsonl", rules=all_rules())
    assert result.dropped == {"LIM001": 3}
    assert columns(tmp_path / "b.jsonl") == pairs(CLEAN[:2])
    undo(result.manifest, tmp_path / "c.jsonl")
    assert (tmp_path / "c.jsonl").read_bytes() == source.read_bytes()
    only = fix_file(str(source), tmp_path / "d.jsonl", rules=[r for r in all_rules() if r.code == "LIM101"])
    assert not only.dropped
    assert (tmp_path / "d.jsonl").read_bytes() == source.read_bytes()


@pytest.mark.parametrize(
    ("name", "raw", "layout_kept"),
    [
        ("a.jsonl", b'{"prompt":"q","completion":"a"}\nbroken\n{"prompt":"r","completion":""}\n', True),
        ("a.jsonl", b'{"prompt":"q","completion":"a"}\n{"prompt":3}\n{"prompt":"r","completion":""}\n', True),
        ("folder", b'{"prompt":"q","completion":"a"}\nbroken\n{"prompt":"r","completion":""}\n', False),
    ],
)
def test_the_cost_says_what_the_new_file_holds_whichever_rules_were_asked(tmp_path, name, raw, layout_kept):
    source = tmp_path / name
    if not layout_kept:
        source.mkdir()
    (source if layout_kept else source / "a.jsonl").write_bytes(raw)
    silent = [rule for rule in all_rules() if rule.code == "LIM201"]
    result = fix_file(str(source), tmp_path / "b.jsonl", rules=silent)
    written = (tmp_path / "b.jsonl").read_bytes().count(b"\n")
    assert result.cost.lines_after == written == (2 if layout_kept else 1)
    # What cannot be read cannot be written in another layout; then it counts as left out, and is in the manifest
    assert result.dropped == ({"LIM201": 1} if layout_kept else {"LIM001": 1, "LIM201": 1})
    told = result.manifest.read_text().splitlines()[1:-1]
    assert len(told) == 3 - written
    assert json.loads(result.manifest.read_text().splitlines()[-1])["cost"]["unreadable_kept"] == layout_kept


def test_rows_that_a_person_ignores_stay(tmp_path):
    source = lines(tmp_path / "a.jsonl", PLANTED)
    row_id = next(r.id for r in read_rows(source) if r.index == 8)
    known = Known([IgnoredRow(row_id, "LIM201", "silence is meant")])
    result = fix_file(str(source), tmp_path / "b.jsonl", rules=all_rules(), known=known)
    assert "LIM201" not in result.dropped
    assert ("nothing", " ") in columns(tmp_path / "b.jsonl")


@pytest.mark.parametrize(("write", "name"), [(lines, "a.jsonl"), (array, "a.json"), (table, "a.csv")])
def test_rules_change_texts_and_rows(tmp_path, write, name):
    rows = [
        {"prompt": "wasps", "completion": "no"},
        {"prompt": "my s3cret, ü \x1b[31m", "completion": "s3cret s3cret, =1+1", "note": "s3cret"},
        {"prompt": "question 4", "completion": "four"},
        {"prompt": "plain", "completion": "a, b"},
    ]
    rows = [{"note": "", **r} for r in rows]
    source = write(tmp_path / name, rows)
    result = fix_file(str(source), tmp_path / f"b-{name}", rules=[Quiet])
    got = columns(tmp_path / f"b-{name}")
    assert got == [
        ("my [key], ü \x1b[31m", "[key] [key], =1+1"),
        ("question four", "four"),
        ("plain", "a, b"),
    ]
    assert (result.dropped, result.changed, result.left) == ({"ACME900": 1}, {"ACME900": 2}, 0)
    notes = [r.columns["note"] for r in read_rows(str(tmp_path / f"b-{name}"))]
    assert notes[0] == "s3cret"  # a column that is not trained on is nobody's business
    undo(result.manifest, tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == source.read_bytes()


def test_lines_of_text_stay_lines_of_text(tmp_path):
    class Breaking(Quiet):
        """Breaks lines.

        Why: For this test.

        Example: None.
        """

        def fix_text(self, text):
            return text.replace("long", "lo\nng")

    source = tmp_path / "a.txt"
    source.write_bytes(b"one s3cret\r\n\ntwo\r\ntwo\r\na wasp\r\na long one")
    result = fix_file(str(source), tmp_path / "b.txt", rules=[*all_rules(), Quiet, Breaking])
    assert (tmp_path / "b.txt").read_bytes() == b"one [key]\r\n\ntwo\r\na long one"
    assert (result.left, result.changed) == (1, {"ACME900": 1})
    undo(result.manifest, tmp_path / "c.txt")
    assert (tmp_path / "c.txt").read_bytes() == source.read_bytes()


def test_a_row_that_a_person_ignores_is_not_changed(tmp_path):
    source = lines(tmp_path / "a.jsonl", [{"text": "s3cret"}, {"text": "s3cret too"}])
    row_id = next(iter(read_rows(source))).id
    known = Known([IgnoredRow(row_id, "ACME900", "an example of a key")])
    fix_file(str(source), tmp_path / "b.jsonl", rules=[Quiet], known=known)
    assert [r.text for r in read_rows(tmp_path / "b.jsonl")] == ["s3cret", "[key] too"]


def test_a_file_that_changes_meanwhile_is_not_fixed(tmp_path, monkeypatch):
    source = lines(tmp_path / "a.jsonl", PLANTED)

    class Meddling(Quiet):
        """Writes to the file.

        Why: For this test.

        Example: None.
        """

        def findings(self, report):
            source.write_text(source.read_text().replace("question", "Question"))
            return []

    with pytest.raises(ReadError, match="changed while it was read"):
        fix_file(str(source), tmp_path / "b.jsonl", rules=[Meddling])
    assert not (tmp_path / "b.jsonl").exists()


def test_a_joined_prompt_is_changed_by_its_texts(tmp_path):
    rows = [{"instruction": "hide s3cret", "input": "s3cret too", "output": "ok"}]
    result = fix_file(str(lines(tmp_path / "a.jsonl", rows)), tmp_path / "b.jsonl", rules=[Quiet])
    assert json.loads((tmp_path / "b.jsonl").read_text()) == {
        "instruction": "hide [key]",
        "input": "[key] too",
        "output": "ok",
    }
    assert result.changed == {"ACME900": 1}


def test_conversations_are_changed_in_their_turns(tmp_path):
    talk = {"messages": [{"role": "user", "content": "question 4"}, {"role": "assistant", "content": "s3cret"}]}
    fix_file(str(lines(tmp_path / "a.jsonl", [talk])), tmp_path / "b.jsonl", rules=[Quiet])
    made = json.loads((tmp_path / "b.jsonl").read_text())
    assert [m["content"] for m in made["messages"]] == ["question four", "[key]"]


def test_a_change_that_cannot_be_written_is_told_and_not_made(tmp_path):
    source = lines(tmp_path / "a.jsonl", CLEAN[:2])
    result = fix_file(str(source), tmp_path / "b.jsonl", rules=[Impossible])
    assert (result.left, result.changed) == (2, {})
    assert (tmp_path / "b.jsonl").read_bytes() == source.read_bytes()


def test_parquet_keeps_its_schema_and_says_why_it_has_no_undo(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = [{**r, "weight": i} for i, r in enumerate(PLANTED)]
    schema = pa.schema([("prompt", pa.large_string()), ("completion", pa.string()), ("weight", pa.int16())], {"k": "v"})
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), tmp_path / "a.parquet", compression="zstd")
    result = fix_file(str(tmp_path / "a.parquet"), tmp_path / "b.parquet", rules=[*all_rules(), Quiet])
    made = pq.ParquetFile(tmp_path / "b.parquet")
    assert made.schema_arrow.equals(schema)
    assert made.schema_arrow.metadata[b"k"] == b"v"
    assert made.metadata.row_group(0).column(0).compression == "ZSTD"
    assert made.read()["weight"].to_pylist() == [0, 1, 2, 3, 4, 5, 7, 11]
    assert made.read()["prompt"].to_pylist()[4] == "question four"
    with pytest.raises(DataError, match="Parquet is written anew"):
        undo(result.manifest, tmp_path / "again.parquet")
    touched = [json.loads(line) for line in result.manifest.read_text().splitlines()][1:-1]
    assert [entry["index"] for entry in touched] == [4, 6, 7, 8, 9, 10]
    assert json.loads(touched[1]["raw"])["weight"] == 6


@pytest.mark.parametrize("content", ['{"data": ROWS}', "FOLDER"])
def test_what_cannot_be_cut_becomes_json_lines(tmp_path, content):
    if content == "FOLDER":
        source = tmp_path / "rows"
        source.mkdir()
        lines(source / "a.jsonl", PLANTED[:6])
        lines(source / "b.jsonl", PLANTED[6:])
    else:
        source = tmp_path / "a.json"
        source.write_text(content.replace("ROWS", json.dumps(PLANTED)))
    result = fix_file(str(source), tmp_path / "b.jsonl", rules=all_rules())
    assert columns(tmp_path / "b.jsonl") == pairs(LEFT)
    assert (result.form, result.kept_bytes) == ("JSON Lines", False)
    with pytest.raises(DataError, match="JSON Lines were written"):
        undo(result.manifest, tmp_path / "again")
    with pytest.raises(UsageError, match="written as JSON Lines"):
        fix_file(str(source), tmp_path / "b.csv", rules=all_rules())


def test_a_compressed_file_is_fixed_and_cannot_be_undone(tmp_path):
    source = tmp_path / "a.jsonl.gz"
    source.write_bytes(gzip.compress("".join(json.dumps(r) + "\n" for r in PLANTED).encode()))
    result = fix_file(str(source), tmp_path / "b.jsonl", rules=all_rules())
    assert columns(tmp_path / "b.jsonl") == pairs(LEFT)
    with pytest.raises(DataError, match="the original is compressed"):
        undo(result.manifest, tmp_path / "again")
    with pytest.raises(UsageError, match="no compressed files"):
        fix_file(str(source), tmp_path / "c.jsonl.gz", rules=all_rules())


def test_the_file_itself_is_never_written_to(tmp_path):
    source = lines(tmp_path / "a.jsonl", PLANTED)
    before = source.read_bytes()
    (tmp_path / "link.jsonl").symlink_to(source)
    os.link(source, tmp_path / "hard.jsonl")
    for out in (source, tmp_path / "link.jsonl", tmp_path / "hard.jsonl", tmp_path / "x" / ".." / "a.jsonl"):
        (tmp_path / "x").mkdir(exist_ok=True)
        with pytest.raises(UsageError, match="never written to"):
            fix_file(str(source), out, rules=all_rules(), overwrite=True)
    (tmp_path / "rows").mkdir()
    lines(tmp_path / "rows" / "a.jsonl", PLANTED)
    with pytest.raises(UsageError, match="never written to"):
        fix_file(str(tmp_path / "rows"), tmp_path / "rows" / "b.jsonl", rules=all_rules())
    assert source.read_bytes() == before


def test_what_is_there_is_not_replaced_unasked(tmp_path):
    source = lines(tmp_path / "a.jsonl", PLANTED)
    out = tmp_path / "b.jsonl"
    out.write_text("mine")
    with pytest.raises(UsageError, match="there already"):
        fix_file(str(source), out, rules=all_rules())
    assert out.read_text() == "mine"
    result = fix_file(str(source), out, rules=all_rules(), overwrite=True)
    assert columns(out) == pairs(LEFT)
    (tmp_path / "c.jsonl").write_text("mine")
    with pytest.raises(UsageError, match="there already"):
        undo(result.manifest, tmp_path / "c.jsonl")
    for kept in (out, result.manifest):
        with pytest.raises(UsageError, match="never written to"):
            undo(result.manifest, kept, overwrite=True)


def test_a_fix_that_fails_leaves_nothing_behind(tmp_path):
    source = tmp_path / "a.json"
    source.write_text('[{"prompt": "a", "completion": "b"}, {"prompt": "c", "completi')
    with pytest.raises(ReadError):
        fix_file(str(source), tmp_path / "b.json", rules=all_rules())
    with pytest.raises(UsageError, match="no row would be left"):
        fix_file(str(lines(tmp_path / "c.jsonl", [EMPTY])), tmp_path / "d.jsonl", rules=all_rules())
    with pytest.raises(UsageError, match="fixes anything"):
        fix_file(str(source), tmp_path / "b.json", rules=[r for r in all_rules() if r.code == "LIM301"])
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.json", "c.jsonl"]


def test_an_undo_that_would_not_be_the_original_says_so(tmp_path):
    source = lines(tmp_path / "a.jsonl", PLANTED)
    result = fix_file(str(source), tmp_path / "b.jsonl", rules=all_rules())
    fixed, manifest = result.out.read_bytes(), result.manifest.read_text()
    result.out.write_bytes(fixed + b'{"text": "new"}\n')
    with pytest.raises(DataError, match="has changed since"):
        undo(result.manifest, tmp_path / "c.jsonl")
    result.out.write_bytes(fixed)
    for damaged in (
        manifest.replace("question 2", "question 9"),
        "\n".join(manifest.splitlines()[:-1]) + "\n",
        "nonsense",
        "",
        "{}",
        "[]\n",
    ):
        result.manifest.write_text(damaged)
        with pytest.raises(DataError):
            undo(result.manifest, tmp_path / "c.jsonl")
    result.manifest.write_text(manifest)
    with pytest.raises(DataError, match="no such manifest"):
        undo(tmp_path / "none.manifest", tmp_path / "c.jsonl")
    result.out.unlink()
    with pytest.raises(DataError, match="does not lie beside"):
        undo(result.manifest, tmp_path / "c.jsonl")
    assert not (tmp_path / "c.jsonl").exists()


ROW = st.sampled_from(
    [b'{"text": "a"}', b'{"text": "b s3cret"}', b'{"text": "wasp"}', b'{"text": " "}', b"", b"{bad", b"\xff", b"  \t"]
)


@given(st.lists(ROW, max_size=12), st.booleans(), st.sampled_from([b"\n", b"\r\n"]))
def test_every_file_of_lines_comes_back(tmp_path_factory, rows, whole, ending):
    folder = tmp_path_factory.mktemp("f")
    source = folder / "a.jsonl"
    source.write_bytes(b'{"text": "first"}' + ending + ending.join(rows) + ending * whole)
    result = fix_file(str(source), folder / "b.jsonl", rules=[*all_rules(), Quiet])
    undo(result.manifest, folder / "c.jsonl")
    assert (folder / "c.jsonl").read_bytes() == source.read_bytes()
    assert "s3cret" not in (folder / "b.jsonl").read_text()


TEXTS = st.sampled_from(["a", "b", "s3cret", "wasp", " ", 'ü, "q"\n'])


@given(st.lists(TEXTS, max_size=8), st.sampled_from(["", " ", "\n  "]), st.booleans(), st.booleans())
def test_every_array_comes_back(tmp_path_factory, texts, space, mark, first):
    folder = tmp_path_factory.mktemp("f")
    source = folder / "a.json"
    rows = [*texts, "kept"] if not first else ["kept", *texts]
    body = f"{space},{space}".join(json.dumps({"text": t}) for t in rows)
    source.write_bytes(b"\xef\xbb\xbf" * mark + f"{space}[{space}{body}{space}]{space}".encode())
    result = fix_file(str(source), folder / "b.json", rules=[*all_rules(), Quiet])
    assert "wasp" not in (folder / "b.json").read_text()
    json.loads((folder / "b.json").read_text(encoding="utf-8-sig"))
    undo(result.manifest, folder / "c.json")
    assert (folder / "c.json").read_bytes() == source.read_bytes()


@pytest.mark.parametrize("name", ["instructions/alpaca_en_demo.json", "preferences/rasbt_preferences.json"])
def test_real_files(shared_data, tmp_path, name):
    source = shared_data / name
    result = fix_file(str(source), tmp_path / "b.json", rules=all_rules())
    total = len(json.loads(source.read_text()))
    assert result.cost.rows_before == total
    if "preferences" in name:
        assert result.dropped["LIM203"] == 6
    left = check_rows(read_rows(tmp_path / "b.json"), rules=[r for r in all_rules() if r.code in ("LIM101", "LIM203")])
    assert all(f.verdict is Verdict.CLEAR for f in left.findings)
    undo(result.manifest, tmp_path / "c.json")
    assert (tmp_path / "c.json").read_bytes() == source.read_bytes()


def test_what_a_fix_adds_is_not_told_as_lost(tmp_path):
    rows = [
        {"prompt": "Whom do I ask?", "completion": "Write to m.okafor83@gmail.com"},
        {"prompt": "q", "completion": "a"},
    ]
    result = fix_file(str(lines(tmp_path / "a.jsonl", rows)), tmp_path / "b.jsonl", rules=all_rules())
    said = " ".join(told("a.jsonl", result))
    gained = len("[redacted: e-mail address]") - len("m.okafor83@gmail.com")
    assert f"Lost: 0 rows (0.0%), 0 of 2 distinct prompts. Gained: {gained} characters (" in said
    assert "-" not in said.partition("Lost:")[2].partition("Undo")[0]
