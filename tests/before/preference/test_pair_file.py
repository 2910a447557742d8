from __future__ import annotations

from dataclasses import replace

from limen.before.preference.pair_file import PairFile, are_pairs, encode_rejected
from limen.core import Message, Row, RowKind
from limen.data import encode_rows
from tests.tiny_models import make_tokenizer


def pair(i: int, chosen: str, rejected: str) -> Row:
    ask = (Message("user", f"Question {i}?"),)
    return Row(
        RowKind.PREFERENCE, ask, (Message("assistant", chosen),), rejected=(Message("assistant", rejected),), index=i
    )


def test_both_answers_are_read_after_the_same_prompt():
    tokenizer = make_tokenizer()
    rows = [pair(0, "yes indeed", "no")]
    (chosen,), (rejected,) = (
        encode_rows(rows, tokenizer, loss="completion"),
        encode_rejected(rows, tokenizer, loss="completion"),
    )
    start = int(chosen.trained.argmax())
    assert rejected.input_ids[:start].tolist() == chosen.input_ids[:start].tolist()
    assert "no" in tokenizer.decode(rejected.input_ids[rejected.trained])
    assert "yes" in tokenizer.decode(chosen.input_ids[chosen.trained])
    assert are_pairs(rows)
    assert not are_pairs([*rows, replace(rows[0], kind=RowKind.COMPLETION, rejected=())])
    assert not are_pairs([])


def test_pairs_that_are_alike_or_lack_an_answer_are_left_out_and_the_draw_is_reproducible():
    tokenizer = make_tokenizer()
    rows = [pair(i, f"yes {i}", f"no {i}") for i in range(20)] + [pair(20, "same", "same")]
    encoded = list(encode_rows(rows, tokenizer, loss="completion"))
    rejected = encode_rejected(rows, tokenizer, loss="completion")
    rejected[3] = replace(rejected[3], trained=rejected[3].trained & False)
    file = PairFile("f", rows, encoded, rejected=rejected)
    assert file.pairs(100, 0) == [i for i in range(20) if i != 3]
    some = file.pairs(5, 1)
    assert len(some) == 5
    assert some == file.pairs(5, 1) != file.pairs(5, 2)
