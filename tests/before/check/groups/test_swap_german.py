"""German rows are swapped where nothing has to agree, and left where something would."""

from __future__ import annotations

import contextlib
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limen.before.check.fix import Balance, Method, fix_file, undo
from limen.before.check.fix.manifest import read_manifest
from limen.before.check.groups import load_lexicons
from limen.before.check.groups.swap_german import NotSwapped
from limen.before.check.groups.swapping import swap_for
from limen.core import Message, Row, RowKind
from limen.data import read_rows

PLAIN, NAMES = load_lexicons(["de", "de+names"])


def swapped(*texts, lexicon=PLAIN):
    messages = tuple(Message("user" if i % 2 == 0 else "assistant", text) for i, text in enumerate(texts))
    row = Row(RowKind.COMPLETION, messages[:-1], messages[-1:])
    change = swap_for(row, lexicon, "gender")
    return [change(text) for text in texts]


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("Herr Müller ist müde, weil er lange gearbeitet hat.", "Frau Müller ist müde, weil sie lange gearbeitet hat."),
        ("Sehr geehrter Herr Weber, vielen Dank.", "Sehr geehrte Frau Weber, vielen Dank."),
        ("Lieber Herr von Stein, bis morgen!", "Liebe Frau von Stein, bis morgen!"),
        ("Ich habe mit Herrn Weber gesprochen.", "Ich habe mit Frau Weber gesprochen."),
        ("Wir kommen ohne Herrn Meyer-Schulz.", "Wir kommen ohne Frau Meyer-Schulz."),
        ("Herr Weber kommt, und er ist müde.", "Frau Weber kommt, und sie ist müde."),
        ("Herr Weber sucht sein Auto.", "Frau Weber sucht ihr Auto."),
        ("Herr Weber packt seine alte Tasche.", "Frau Weber packt ihre alte Tasche."),
        ("Frau Braun lernt viel. Sie singt auch.", "Herr Braun lernt viel. Er singt auch."),
    ],
)
def test_titles_both_ways(text, other):
    assert swapped("Was steht da?", text)[1] == other
    assert swapped("Was steht da?", other)[1] == text


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("Da kommt Herr Weber.", "Da kommt Frau Weber."),
        ("Herr Weber geht, denn ihm ist kalt.", "Frau Weber geht, denn ihr ist kalt."),
        ("Herr Weber ruft, doch wir hören ihn nicht.", "Frau Weber ruft, doch wir hören sie nicht."),
    ],
)
def test_titles_one_way(text, other):
    assert swapped("Was steht da?", text)[1] == other


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Ich sehe Frau Weber.", "agreement"),  # Herrn
        ("Da kommt Frau Weber.", "agreement"),
        ("Das Buch der Frau Weber", "agreement"),
        ("Frau Weber gefällt das nicht.", "agreement"),
        ("Frau Weber kennt der Hund gut.", "agreement"),
        ("Frau Weber kenne ich nicht.", "agreement"),
        ("Der alte Herr Weber schläft.", "agreement"),
        ("Wir gehen zum Herrn Weber.", "agreement"),
        ("Herr Weber, der gern singt, kommt.", "agreement"),
        ("Herr Weber ist Lehrer.", "agreement"),
        ("Herr Weber ist ein Freund.", "agreement"),
        ("Herr Weber arbeitet als Bote.", "agreement"),
        ("Herr Weber kennt jeden, und jeder kennt Herrn Weber.", "agreement"),
        ("Die Frau liest.", "agreement"),
        ("Herr Weber grüßt seine Tochter.", "agreement"),
        ("Der Hund bellt, und Herr Weber sagt, er sei müde.", "pronoun"),
        ("Herr Weber will müde sein.", "pronoun"),
        ("Frau Weber sucht ihre Tasche und findet sie.", "pronoun"),
        ("Frau Weber geht, weil sie alle gehen.", "pronoun"),
        ("Haben Sie Herrn Weber gesehen?", "pronoun"),
        ("Herr Weber und Herr Braun lachen, und er singt.", "pronoun"),
        ("Herr Weber sagt, ihr seid da.", "pronoun"),
    ],
)
def test_what_would_have_to_agree_is_left(text, reason):
    with pytest.raises(NotSwapped) as caught:
        swapped("Was steht da?", text)
    assert str(caught.value) == reason


def test_a_noun_of_the_prompt_counts_for_the_answer():
    assert swapped("Was macht Herr Weber?", "Er kocht heute Suppe.") == [
        "Was macht Frau Weber?",
        "Sie kocht heute Suppe.",
    ]
    with pytest.raises(NotSwapped, match="pronoun"):
        swapped("Was macht der Hund von Herrn Weber?", "Er schläft.")


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("Anna singt gern.", "Peter singt gern."),
        ("Peter singt, weil er froh ist.", "Anna singt, weil sie froh ist."),
        ("Heute kommt Anna mit Michael.", "Heute kommt Peter mit Maria."),
    ],
)
def test_given_names(text, other):
    assert swapped("Was steht da?", text, lexicon=NAMES)[1] == other
    with pytest.raises(NotSwapped, match="no mention"):
        swapped("Was steht da?", text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Die kleine Anna singt.", "agreement"),
        ("Anna Müller singt.", "name"),
        ("Da liegt Annas Buch, und Anna singt.", "agreement"),
        ("Anna, die gern singt, kommt.", "agreement"),
    ],
)
def test_given_names_that_are_left(text, reason):
    with pytest.raises(NotSwapped, match=reason):
        swapped("Was steht da?", text, lexicon=NAMES)


def test_other_dimensions_are_not_swapped():
    row = Row(RowKind.TEXT, (), (Message("text", "Die Juden und die Christen"),))
    with pytest.raises(NotSwapped, match="language"):
        swap_for(row, PLAIN, "religion")


def test_what_is_swapped_and_left_is_counted(tmp_path):
    pairs = [
        ("Was macht Herr Weber?", "Er kocht heute Suppe."),
        ("Wen siehst du da?", "Ich sehe Frau Weber."),
        ("Was ist die Summe von 2 und 2?", "Das ist 4."),
    ]
    source = tmp_path / "a.jsonl"
    source.write_text("".join(json.dumps({"prompt": p, "completion": c}) + "\n" for p, c in pairs), encoding="utf-8")
    result = fix_file(str(source), tmp_path / "b.jsonl", rules=[], balance=Balance(Method.SWAP, "gender"))
    rows = [(r.prompt[0].content, r.answer[0].content) for r in read_rows(str(tmp_path / "b.jsonl"))]
    assert rows == [pairs[0], ("Was macht Frau Weber?", "Sie kocht heute Suppe."), *pairs[1:]]
    assert result.balance.skipped == {"agreement": 1}
    assert list(read_manifest(result.manifest))[-1]["balance"]["skipped"] == {"agreement": 1}
    undo(result.manifest, tmp_path / "c.jsonl")
    assert (tmp_path / "c.jsonl").read_bytes() == source.read_bytes()


PIECES = [
    *("Herr Weber ", "Frau Weber ", "Herrn ", "Anna ", "Peter", "er ", "Sie ", "sein ", "ihre ", "weil sie ", "ist "),
    *(", ", "der ", "das ", "nicht ", "Hund ", ". ", "\n", "geehrter ", "x", "\u202e", "\ud800", "ß", "'", "singt"),
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join))
def test_no_text_breaks_it_and_what_is_swapped_has_changed(text):
    try:
        (_, other) = swapped("Was ist das? Frau Weber singt und sie lacht.", text, lexicon=NAMES)
    except NotSwapped:
        return
    assert other != text or "Weber" not in text


@pytest.mark.parametrize("piece", [*PIECES, "weil sie xxxx", "Weber Weber", "Anna. "])
def test_long_texts_take_no_longer_than_they_are_long(piece):
    text = f"Herr Weber ist {piece * (19_000 // len(piece))}"
    began = time.process_time()
    with contextlib.suppress(NotSwapped):
        swapped("Was?", text, lexicon=NAMES)
    assert time.process_time() - began < 5
