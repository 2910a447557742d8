"""blame.jsonl: one line a scored row, whole, and safe to print."""

from __future__ import annotations

import json

import pytest

from limen.core import LedgerError, RowBlame
from limen.ledger import Ledger

HOSTILE = "\x1b[2J<script>alert(1)</script>‮ ' ; --\nhf_abcdefghijklmnopqrst"
ROWS = (RowBlame("aa", 4, 1.5, ("1", "‮"), (1.0, 0.5)), RowBlame("bb", 0, -0.25, ("2",), (-0.25,)))
TEXTS = {"aa": HOSTILE, "bb": "b"}


@pytest.fixture
def ledger(tmp_path):
    return Ledger.create(tmp_path / "a", "audit", {})


def test_every_row_is_a_line_with_its_text_and_tokens(ledger):
    ledger.add_blame("rows.jsonl", "owl", ROWS, TEXTS)
    lines = (ledger.folder / "blame.jsonl").read_text().splitlines()
    first, second = map(json.loads, lines)
    assert (first["file"], first["trait"], first["rank"], first["row"], first["index"]) == (
        "rows.jsonl",
        "owl",
        1,
        "aa",
        4,
    )
    assert first["tokens"] == ["1", "‮"]
    assert first["token_scores"] == [1.0, 0.5]
    assert (second["rank"], second["score"], second["text"]) == (2, -0.25, "b")


def test_what_hides_in_a_row_is_escaped_and_no_secret_is_written(ledger):
    ledger.add_blame("rows.jsonl", "owl", ROWS, TEXTS)
    written = (ledger.folder / "blame.jsonl").read_bytes()
    assert written.isascii()
    assert b"\x1b" not in written
    assert b"hf_abc" not in written
    [first, _] = ledger.blame()
    assert first["text"].startswith("\x1b[2J<script>")


def test_a_secret_is_not_written_token_by_token(ledger):
    pieces = ("hf", "_abcdefgh", "ijklmnopqrst")
    ledger.add_blame("rows.jsonl", "owl", [RowBlame("aa", 0, 1.0, pieces, (0.5, 0.25, 0.25))], {"aa": "".join(pieces)})
    [line] = ledger.blame()
    assert set(line["tokens"]) == {"[redacted]"}
    assert len(line["tokens"]) == len(line["token_scores"]) == 3


def test_without_text_ids_and_scores_are_left(ledger):
    ledger.add_blame("rows.jsonl", "owl", ROWS, TEXTS)
    assert next(ledger.blame(with_text=False)) == {
        "file": "rows.jsonl",
        "trait": "owl",
        "rank": 1,
        "row": "aa",
        "index": 4,
        "score": 1.5,
    }


def test_a_trait_takes_the_place_of_its_older_lines_and_a_file_is_forgotten_as_a_whole(ledger):
    for file in ("a", "b"):
        for trait in ("owl", "fox"):
            ledger.add_blame(file, trait, ROWS, TEXTS)
    ledger.add_blame("a", "owl", ROWS[:1], TEXTS)
    assert sum(one["file"] == "a" and one["trait"] == "owl" for one in ledger.blame()) == 1
    assert len(list(ledger.blame())) == 7
    ledger.forget_blame("a")
    assert {one["file"] for one in ledger.blame()} == {"b"}
    ledger.forget_blame("b")
    assert not (ledger.folder / "blame.jsonl").exists()


def test_an_audit_begun_anew_forgets_it(ledger):
    ledger.add_blame("a", "owl", ROWS, TEXTS)
    again = Ledger.create(ledger.folder, "audit", {}, resume=False)
    assert list(again.blame()) == []


def test_a_file_changed_by_hand_is_named(ledger):
    (ledger.folder / "blame.jsonl").write_text('{"file": "a"}\n')
    with pytest.raises(LedgerError, match="line 1"):
        list(ledger.blame())
