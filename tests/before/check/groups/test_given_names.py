"""Given names count where a lexicon is asked for them; what they name on real files is what a reader labelled."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from limen.before.check.config import load_config
from limen.before.check.fix import Balance, Method, fix_file
from limen.before.check.groups import load_lexicons, mentions_in
from limen.before.check.groups.row_groups import row_groups
from limen.before.check.passages import plain
from limen.before.check.seen_row import SeenRow
from limen.core import UsageError
from limen.data import read_rows
from tests.before.check.finding import found, pair
from tests.before.check.labelled import FILES

LABELS = Path(__file__).parent / "given_names.jsonl"
EN, DE = load_lexicons(["en+names", "de+names"])


def named(text, lexicon=EN):
    return [(m.group, text[m.start : m.end]) for m in mentions_in(plain(text), lexicon, text) if m.form.name]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Mary met James.", [("women", "Mary"), ("men", "James")]),
        ("Jane Austen wrote it.", [("women", "Jane")]),
        ("Read the poems of Dylan Thomas.", []),  # A surname
        ("He lives near St. Mary in the north.", []),
        ("mary had JAMES on her list.", []),
        ("Grace and Mark will rise in April.", []),
        ("Marys and Jameson", []),
    ],
)
def test_names(text, names):
    assert named(text) == names


def test_german_names():
    assert named("Gestern sah Jürgen die kleine Anna.", DE) == [("men", "Jürgen"), ("women", "Anna")]


def test_names_are_asked_for(tmp_path):
    assert not any(m.form.name for m in mentions_in("mary met james.", load_lexicons()[0], "Mary met James."))
    rows = [pair("Who is it?", "It is Mary."), pair("Who is it?", "It is the wind.")]
    assert found(rows, "LIM701").title == "No group of people is mentioned in 2 rows."
    assert "women in 1" in found(rows, "LIM701", lexicons=["en+names"]).title
    config = tmp_path / "limen.toml"
    config.write_text('[check]\nlexicons = ["en+names", "own.yaml+names"]\n')
    assert load_config(config).lexicons == ("en+names", str(tmp_path / "own.yaml+names"))


def test_one_s_own_names(tmp_path):
    own = tmp_path / "own.yaml"
    own.write_text("dimensions:\n  g:\n    - {a: xa, b: xb}\ngiven:\n  g:\n    a: [Ann]\n    b: [Bob, Rob]\n")
    (lexicon,) = load_lexicons([f"{own}+names"])
    assert named("Ann, Bob and Rob", lexicon) == [("a", "Ann"), ("b", "Bob"), ("b", "Rob")]
    own.write_text("dimensions:\n  g:\n    - {a: xa, b: xb}\ngiven:\n  g:\n    c: [Ann]\n")
    with pytest.raises(UsageError, match="lexicon of groups"):
        load_lexicons([str(own)])
    own.write_text("dimensions:\n  g:\n    - {a: xa, b: xb}\ngiven: [Ann]\n")
    with pytest.raises(UsageError, match="lexicon of groups"):
        load_lexicons([str(own)])


def test_names_are_swapped_where_nobody_in_particular_is_meant(tmp_path):
    source = tmp_path / "a.jsonl"
    texts = ["Mary sings, and she hums.", "This is Mary Smith.", "They met Linda and her brother David."]
    source.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    result = fix_file(
        str(source), tmp_path / "b.jsonl", rules=[], balance=Balance(Method.SWAP, "gender"), lexicons=["en+names"]
    )
    made = [row.text for row in read_rows(str(tmp_path / "b.jsonl"))]
    assert made[1] == "James sings, and he hums."
    assert made[4] == "They met Michael and his sister Elizabeth."
    assert result.balance.skipped == {"name": 1}


def test_the_names_of_today_are_those_that_were_read(shared_data):
    """The rows in which a name counts, 50 of them, drawn at random; labels as in `labelled.py`."""
    hits = set()
    for file in FILES:
        for row in read_rows(shared_data / file):
            groups = row_groups(SeenRow(row), (EN, DE))
            if any(m.form.name for _, found in (*groups.prompt, *groups.answer) for m in found):
                hits.add((file, row.id))
    read = [json.loads(line) for line in LABELS.read_text(encoding="utf-8").splitlines()]
    assert set(random.Random("names").sample(sorted(hits), 50)) == {(one["file"], one["row"]) for one in read}
    assert sum(one["right"] for one in read) >= 47
